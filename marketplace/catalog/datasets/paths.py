"""Names of uploaded files: folders kept, composed, and without characters that deceive. Pure."""

import re
import unicodedata
from typing import Final

from marketplace.catalog.datasets.errors import NameRefused

CHARS_MAX: Final = 500
DEPTH_MAX: Final = 16
_REFUSED: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def shown_path(given: str) -> str:
    """Return the path as it is kept and shown: NFC, ``/`` between folders, no empty part.

    Raises:
        NameRefused: empty, too long, too deep, leading out, or with characters that deceive
    """
    path = unicodedata.normalize("NFC", given.replace("\\", "/"))
    parts = [part.strip() for part in path.split("/")]
    parts = [part for part in parts if part not in ("", ".")]
    bad = not parts or len(parts) > DEPTH_MAX or ".." in parts or _REFUSED.search(path)
    path = "/".join(parts)
    if bad or len(path) > CHARS_MAX:
        raise NameRefused
    return path
