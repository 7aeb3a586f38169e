"""JSON before it is parsed: one object a line, or one array that fits into memory."""

import codecs
from typing import Final

from msgspec.structs import replace

from quality.findings import refuse
from quality.gate.texts import scan
from quality.limits import Limits
from quality.scans import TextFacts
from quality.sources import Source

HEAD_BYTES: Final = 64 * 1024


def check(source: Source, limits: Limits) -> TextFacts:
    """Read JSON once as text and say how it is written.

    Raises:
        Refused: it is no text, an array beyond its limit, or has a line beyond its limit
    """
    if not is_array(source):
        return scan(source, limits, quoting=False)
    if source.size_bytes > limits.json_array_bytes:
        raise refuse("JSON_TOO_LARGE", most=f"{limits.json_array_bytes:,}")
    # An array is often one line.
    return scan(source, replace(limits, line_bytes=limits.json_array_bytes), quoting=False)


def is_array(source: Source) -> bool:
    """Whether the first character that says something opens an array."""
    head = source.head(HEAD_BYTES)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace")
    return text.lstrip(" \t\r\n").startswith("[")
