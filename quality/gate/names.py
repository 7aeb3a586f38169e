"""Names of files, members and columns: composed, and without characters that deceive."""

import re
import unicodedata
from typing import Final

BIDI: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def shown(name: str) -> str:
    """Return a name as people know it: NFC, as macOS sends Hangul decomposed."""
    return unicodedata.normalize("NFC", name)


def last_part(name: str) -> str:
    """Return the name without folders."""
    return shown(re.split(r"[/\\]", name)[-1])
