"""Cursors of lists: where the next page begins, opaque and signed, so that nobody makes one up."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

import msgspec

from marketplace.errors import FieldError, Malformed

PAGE_ROWS: Final = 50
PAGE_ROWS_MAX: Final = 100
_MAC_BYTES: Final = 16
_LENGTH_MAX: Final = 400


class CursorRefused(Malformed):
    """The cursor was not made here, belongs to another list, or was changed."""

    code = "cursor_refused"
    ko = "이 쪽 표시는 쓸 수 없습니다. 목록을 처음부터 다시 여십시오."
    en = "This page marker is not usable. Open the list from its beginning."

    def __init__(self) -> None:
        super().__init__([FieldError("cursor", self.code, type(self).ko, type(self).en)])


@dataclass(frozen=True)
class Cursors:
    """Makes and reads the cursors of one list.

    Args:
        key: secret of this installation
        list_name: a cursor of another list is refused
    """

    key: str
    list_name: str

    def seal(self, *position: str | int) -> str:
        """Return the cursor of a position, the sort key of the last row shown."""
        content = msgspec.json.encode(position)
        sealed = base64.urlsafe_b64encode(self._mac(content) + content)
        return sealed.rstrip(b"=").decode("ascii")

    def open(self, cursor: str) -> list[str | int]:
        """Return the position of a cursor.

        Raises:
            CursorRefused: not made by ``seal`` of the same list
        """
        if len(cursor) > _LENGTH_MAX:
            raise CursorRefused
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError) as error:
            raise CursorRefused from error
        mac, content = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(content)):
            raise CursorRefused
        return msgspec.json.decode(content, type=list[str | int])

    def _mac(self, content: bytes) -> bytes:
        text = b"cursor:" + self.list_name.encode() + b":" + content
        return hmac.new(self.key.encode(), text, hashlib.sha256).digest()[:_MAC_BYTES]
