"""What a child tells while it works: bytes that it has counted, and tables that it has staged.

Each note is one byte that says of what, and a number of eight bytes, written at once.
"""

import os
import threading
from collections.abc import Callable
from typing import Final, Self

from msgspec import Struct

COUNTED, STAGED, TOO_LARGE = b"c", b"s", b"x"
NUMBER_BYTES: Final = 8
NOTE_BYTES: Final = 1 + NUMBER_BYTES
READ_BYTES: Final = NOTE_BYTES * 512
TABLES_MAX: Final = 10_000


class Notes(Struct, frozen=True):
    """The child's end.

    Args:
        fd: of a pipe, None where nobody wants to know
    """

    fd: int | None = None

    def write(self, kind: bytes, number: int) -> None:
        """Write a note; nobody may be there any more to read it."""
        if self.fd is not None:
            os.write(self.fd, kind + number.to_bytes(NUMBER_BYTES, "little"))

    def counted(self, size_bytes: int) -> None:
        """Tell that so many bytes more were counted."""
        self.write(COUNTED, size_bytes)


class Taken:
    """The parent's end: reads notes in a thread of its own until the child has ended.

    Args:
        counted: is told of bytes as they are counted
    """

    def __init__(self, counted: Callable[[int], None]) -> None:
        self.staged: list[int] = []
        self.too_large = False
        self._counted = counted
        self._read, self.fd = os.pipe()
        self._reader = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)
        self._reader.join()
        os.close(self._read)

    def _listen(self) -> None:
        rest = b""
        while piece := os.read(self._read, READ_BYTES):
            rest += piece
            whole = len(rest) // NOTE_BYTES * NOTE_BYTES
            for at in range(0, whole, NOTE_BYTES):
                number = int.from_bytes(rest[at + 1 : at + NOTE_BYTES], "little")
                self._take(rest[at : at + 1], number)
            rest = rest[whole:]

    def _take(self, kind: bytes, number: int) -> None:
        if kind == COUNTED:
            self._counted(number)
        elif kind == STAGED and len(self.staged) < TABLES_MAX:
            self.staged.append(number)
        elif kind == TOO_LARGE:
            self.too_large = True
