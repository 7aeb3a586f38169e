"""The header that gives a download its name, for names in any script."""

import re
from typing import Final
from urllib.parse import quote

NAME_LIMIT_BYTES: Final = 240
"""Longest file name in UTF-8; common file systems allow 255 bytes, a browser may append "(1)"."""
UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f"\\/:*?<>|\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
ATTRIBUTE_CHARACTERS: Final = "!#$&+-.^_`|~"


def attachment(file_name: str) -> str:
    """Return ``Content-Disposition`` for saving under a name.

    Characters that file systems or terminals interpret become ``_``; a name that is too long
    loses its middle, not its extension. Old programs read the ASCII form, all others the UTF-8
    form.

    Source:
        RFC 6266 section 4.3 (both forms, the second wins) and RFC 8187 section 3.2.1 (which
        characters stay unescaped).
    """
    cleaned = _shortened(UNSAFE.sub("_", file_name).strip(" .") or "download")
    plain = re.sub(r"[^\x20-\x7e]", "_", cleaned).replace("%", "_")
    escaped = quote(cleaned, safe=ATTRIBUTE_CHARACTERS)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{escaped}"


def _shortened(name: str) -> str:
    if len(name.encode()) <= NAME_LIMIT_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 16:
        stem, dot, extension = name, "", ""
    room = NAME_LIMIT_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + extension
