"""XLS: the records of an old workbook, counted before a library reads them.

Source:
    [MS-XLS] 2.3 and 2.4: numbers and layout of the records.
"""

import struct
from typing import Final

from quality.findings import found, refuse
from quality.gate.ole import Container, broken
from quality.gate.workbooks import CELLS_MAX, EXTENT_FREE, EXTENT_RATIO
from quality.limits import MIB, Limits
from quality.report import Finding
from quality.sources import Source

FILE_BYTES: Final = 256 * MIB
SHEETS_MAX: Final = 1_024
STREAMS: Final = ("workbook", "book")
# Folders and streams of macros and of embedded files, and of a workbook behind a password.
MACROS: Final = ("_vba_project", "_vba_project_cur", "vba", "macros", "mbd", "\x01ole10native")
ENCRYPTED: Final = ("encryptedpackage", "encryptioninfo")
BOF, EOF, FILE_PASS, BOUND_SHEET, SUP_BOOK, VBA = 0x0809, 0x000A, 0x002F, 0x0085, 0x01AE, 0x00D3
DIMENSIONS, MUL_RK, BOOL_ERR = 0x0200, 0x00BD, 0x0205
# Number, label, rich label, boolean or error, small number, shared string, formula, small numbers.
CELLS: Final = frozenset((0x0203, 0x0204, 0x00D6, BOOL_ERR, 0x027E, 0x00FD, 0x0006, MUL_RK))
# Sheets of macros and modules of code.
CODE_SHEETS: Final = (1, 6)
OWN_BOOKS: Final = (0x0401, 0x3A01)
_HEAD: Final = struct.Struct("<HH")


def check(source: Source, limits: Limits) -> list[Finding]:
    """Look over an old workbook.

    Raises:
        Refused: a password, macros, links, a size or an extent beyond the limits, or damage
    """
    if source.size_bytes > min(FILE_BYTES, limits.file_bytes):
        raise refuse("XLSX_EXPANSION")
    container = Container(b"".join(source.chunks()))
    names = [entry.name.lower() for entry in container.entries]
    if any(name in ENCRYPTED for name in names):
        raise refuse("XLSX_ENCRYPTED")
    if any(name.startswith(MACROS) for name in names):
        raise refuse("XLSX_MACRO")
    books = [entry for entry in container.entries if entry.name.lower() in STREAMS]
    if not books:
        raise broken()
    errors = 0
    for entry in books:
        try:
            errors += _check_book(container.read(entry))
        except (struct.error, IndexError) as error:
            raise broken() from error
    return [found("XLSX_ERRORS", count=errors)] if errors else []


def _check_book(stream: bytes) -> int:
    """Walk the globals, then each sheet that they name; return how many cells hold errors."""
    places, end = _globals(stream)
    if len(places) > SHEETS_MAX:
        raise refuse("XLSX_EXPANSION")
    cells = errors = 0
    for place in sorted(places):
        # A sheet within another, or read twice, would multiply what the library holds.
        if place < end:
            raise broken()
        count, wrong, end = _sheet(stream, place)
        cells, errors = cells + count, errors + wrong
        if cells > CELLS_MAX:
            raise refuse("XLSX_EXPANSION")
    return errors


def _globals(stream: bytes) -> tuple[list[int], int]:
    """Return where the sheets begin, and where the globals end."""
    places: list[int] = []
    at = 0
    while True:
        kind, size = _HEAD.unpack_from(stream, at)
        data = stream[at + 4 : at + 4 + size]
        if (at == 0 and kind != BOF) or len(data) < size:
            raise broken()
        _refuse_record(kind, data)
        if kind == BOUND_SHEET:
            places.append(int.from_bytes(data[:4], "little"))
        at += 4 + size
        if kind == EOF:
            return places, at


def _refuse_record(kind: int, data: bytes) -> None:
    if kind == FILE_PASS:
        raise refuse("XLSX_ENCRYPTED")
    macro_sheet = kind == BOUND_SHEET and data[5] in CODE_SHEETS
    other_book = kind == SUP_BOOK and int.from_bytes(data[2:4], "little") not in OWN_BOOKS
    if kind == VBA or macro_sheet or other_book:
        raise refuse("XLSX_MACRO")


class _Sheet:
    """What one sheet's records add up to."""

    def __init__(self) -> None:
        self.cells = self.errors = self.rows = self.columns = self.declared = 0

    def add(self, kind: int, data: bytes) -> None:
        if kind == DIMENSIONS:
            self.declared = max(self.declared, _declared(data))
        elif kind in CELLS:
            row, first = _HEAD.unpack_from(data)
            last = int.from_bytes(data[-2:], "little") if kind == MUL_RK else first
            self.errors += kind == BOOL_ERR and data[7] == 1
            self.cells += max(last - first + 1, 1)
            self.rows, self.columns = max(self.rows, row + 1), max(self.columns, last + 1)


def _sheet(stream: bytes, at: int) -> tuple[int, int, int]:
    """Return a sheet's cells, its errors, and where it ends."""
    sheet, depth = _Sheet(), 0
    while True:
        kind, size = _HEAD.unpack_from(stream, at)
        data = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if at > len(stream) or (depth == 0 and kind != BOF):
            raise broken()
        depth += (kind == BOF) - (kind == EOF)
        if depth == 0:
            break
        sheet.add(kind, data)
    extent = max(sheet.rows * sheet.columns, sheet.declared)
    if extent > EXTENT_RATIO * sheet.cells + EXTENT_FREE:
        raise refuse("XLSX_EXTENT")
    return sheet.cells, sheet.errors, at


def _declared(data: bytes) -> int:
    """Return how many cells a sheet says that it spans."""
    if len(data) == 14:  # the newer layout
        first_row, last_row, _, last = struct.unpack_from("<IIHH", data)
    else:
        first_row, last_row, _, last = struct.unpack_from("<HHHH", data)
    return int(max(last_row - first_row, 1) * max(last, 1))
