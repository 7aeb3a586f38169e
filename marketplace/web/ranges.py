"""Sending a part of a file, as players of films ask for it."""

import re
from typing import Any, Final

from litestar import Response

_ONE: Final = re.compile(r"bytes=(\d*)-(\d*)")


def part_of(content: bytes, wanted: str | None, *, media_type: str, kept: str) -> Response[Any]:
    """Return a file, or the part that a ``Range`` header asks for.

    Args:
        wanted: the header; several ranges, or none that makes sense, get the whole file
        kept: the answer's ``cache-control``

    Source:
        RFC 9110, 14: 206 with ``content-range``; 416 where the range begins behind the end.
    """
    headers = {"accept-ranges": "bytes", "cache-control": kept}
    found = _ONE.fullmatch(wanted or "")
    if found is None or found[0] == "bytes=-":
        return Response(content, media_type=media_type, headers=headers)
    size = len(content)
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
    else:
        first, last = max(size - int(found[2]), 0), size - 1
    if first >= size or first > last:
        headers["content-range"] = f"bytes */{size}"
        return Response(b"", status_code=416, media_type=media_type, headers=headers)
    headers["content-range"] = f"bytes {first}-{last}/{size}"
    part = content[first : last + 1]
    return Response(part, status_code=206, media_type=media_type, headers=headers)
