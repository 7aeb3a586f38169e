"""Which files are taken as proof: extension and first bytes must agree; nothing is parsed. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from marketplace.errors import FieldError, Invalid

NAME_CHARS_MAX: Final = 255
HEAD_BYTES: Final = 16


@dataclass(frozen=True)
class FileKind:
    """A kind of file: the extensions it may have, how it begins, what it is called."""

    extensions: tuple[str, ...]
    magic: bytes
    content_type: str
    name: str


KINDS: Final = (
    FileKind(("pdf",), b"%PDF-", "application/pdf", "PDF"),
    FileKind(("jpg", "jpeg"), b"\xff\xd8\xff", "image/jpeg", "JPG"),
    FileKind(("png",), b"\x89PNG\r\n\x1a\n", "image/png", "PNG"),
)
ACCEPTED: Final = ".pdf,.jpg,.jpeg,.png"

_PATH = re.compile(r".*[/\\]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class PaperRefused(Invalid):
    """The file is none that is taken as proof."""

    code = "paper_refused"
    ko = "올릴 수 없는 파일입니다."
    en = "This file is not accepted."


def display_name(given: str) -> str:
    """Return the name as it is shown: without folders and control characters, composed, cut."""
    name = _CONTROL.sub("", unicodedata.normalize("NFC", _PATH.sub("", given))).strip(" .")
    if len(name) <= NAME_CHARS_MAX:
        return name or "file"
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: NAME_CHARS_MAX - len(extension) - 1]}{dot}{extension}"


def kind_of(name: str, head: bytes, *, field: str = "file") -> FileKind:
    """Return what a file is; its extension and its first bytes must say the same.

    Args:
        name: as shown
        head: at least the first ``HEAD_BYTES`` bytes, or all of them

    Raises:
        PaperRefused: empty, another kind, or a name that says something else than the content
    """
    if not head:
        raise PaperRefused([_empty(field)])
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    named = next((kind for kind in KINDS if extension in kind.extensions), None)
    found = next((kind for kind in KINDS if head.startswith(kind.magic)), None)
    if named is None:
        raise PaperRefused([_other_kind(field)])
    if named is not found:
        raise PaperRefused([_differs(field, name, named)])
    return named


def _empty(field: str) -> FieldError:
    return FieldError(
        field,
        "file_empty",
        "파일이 비어 있습니다. 파일을 열어 내용이 있는지 확인한 뒤 다시 올리십시오.",
        "The file is empty. Open it to see whether it has content and upload it again.",
    )


def _other_kind(field: str) -> FieldError:
    return FieldError(
        field,
        "file_kind",
        "PDF, JPG, PNG 파일만 올릴 수 있습니다. 한글(HWP)이나 워드 문서는 PDF로 저장해 올리십시오.",
        "Only PDF, JPG and PNG files are accepted. Save HWP or Word documents as PDF first.",
    )


def _differs(field: str, name: str, named: FileKind) -> FieldError:
    return FieldError(
        field,
        "file_content",
        f"{name[:80]}의 내용이 {named.name} 형식이 아닙니다. 확장자만 바꾼 파일이거나 손상된 파일입니다. {named.name}(으)로 다시 저장해 올리십시오.",
        f"The content of {name[:80]} is not {named.name}: it was renamed or is damaged. Save it as {named.name} again and upload it.",
    )
