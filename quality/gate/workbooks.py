"""XLSX: a ZIP of XML, looked over as bytes before a library opens it."""

import re
from typing import Final

from quality.findings import Refused, found, refuse
from quality.gate.archives import members
from quality.limits import MIB, Limits
from quality.report import Finding
from quality.sources import Source

UNPACKED_BYTES: Final = 512 * MIB
CELLS_MAX: Final = 4_000_000
PARTS_MAX: Final = 1_000
# A sheet may be this much larger than its cells before its extent is held against it.
EXTENT_FREE: Final = 1_000_000
EXTENT_RATIO: Final = 50
MACROS: Final = ("vbaproject.bin", "externallinks/", "embeddings/", "macrosheets/", "activex/")
_CELL: Final = re.compile(rb'<(?:\w+:)?c\b[^>]{0,200}?\br="([A-Z]{1,3})([0-9]{1,7})"')
OVERLAP_BYTES: Final = 256
_ERROR: Final = b' t="e"'
# The library makes room for as many texts as the part says that it holds.
_TEXTS: Final = re.compile(rb'<(?:\w+:)?sst\b[^>]{0,500}?\buniqueCount="([0-9]{1,20})"')
TEXTS_MAX: Final = CELLS_MAX
# What a workbook's ZIP says of itself, in a seller's words.
_CODES: Final = {"ARCHIVE_RATIO": "XLSX_EXPANSION", "ARCHIVE_BROKEN": "XLSX_BROKEN"}


def check(source: Source, limits: Limits) -> list[Finding]:
    """Look over a workbook.

    Raises:
        Refused: macros, links, entities, a size or an extent beyond the limits, or damage
    """
    parts = _parts(source, limits)
    names = {part.name.lower() for part in parts}
    if any(macro in name for name in names for macro in MACROS):
        raise refuse("XLSX_MACRO")
    if "xl/workbook.xml" not in names:
        raise refuse("XLSX_BROKEN")
    for part in parts:
        _refuse_entities(part)
    # A sheet may lie under any name.
    errors = sum(_check_extent(part) for part in parts)
    return [found("XLSX_ERRORS", count=errors)] if errors else []


def _parts(source: Source, limits: Limits) -> list[Source]:
    try:
        parts = members(source, limits, most=PARTS_MAX)
    except Refused as refused:
        code = _CODES.get(refused.finding.code)
        if code is None:
            raise
        raise Refused(found(code)) from refused
    if sum(part.size_bytes for part in parts) > UNPACKED_BYTES:
        raise refuse("XLSX_EXPANSION")
    return parts


def _refuse_entities(part: Source) -> None:
    tail = b""
    for chunk in part.chunks():
        joined = tail + chunk
        if b"<!DOCTYPE" in joined or b"<!ENTITY" in joined:
            raise refuse("XML_ENTITY")
        if not tail and joined.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
            raise refuse("XML_ENTITY")  # another encoding could hide one
        tail = chunk[-16:]


def _check_extent(sheet: Source) -> int:
    """Hold a sheet's extent against its cells; return how many of them hold errors."""
    cell_count = column_most = row_most = errors = 0
    tail = before = b""
    _refuse_texts(sheet)
    for chunk in sheet.chunks():
        joined, end = tail + chunk, 0
        errors += (before + chunk).count(_ERROR)
        before = chunk[1 - len(_ERROR) :]
        for cell in _CELL.finditer(joined):
            cell_count += 1
            column_most = max(column_most, _column_number(cell[1]))
            row_most = max(row_most, int(cell[2]))
            end = cell.end()
        if cell_count > CELLS_MAX:
            raise refuse("XLSX_EXPANSION")
        tail = joined[max(end, len(joined) - OVERLAP_BYTES) :]
    if column_most * row_most > EXTENT_RATIO * cell_count + EXTENT_FREE:
        raise refuse("XLSX_EXTENT")
    return errors


def _refuse_texts(part: Source) -> None:
    said = _TEXTS.search(part.head(4_096))
    if said and int(said[1]) > TEXTS_MAX:
        raise refuse("XLSX_EXPANSION")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
