"""XLSX: each sheet with rows is a table; values are read, formulas never computed."""

import datetime
import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import pyarrow as pa
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from quality.findings import refuse
from quality.limits import Limits
from quality.reading import Reading, text_batch
from quality.reading.text import header_rows_of, joined_names
from quality.sources import Source

BLOCK_ROWS: Final = 20_000
BROKEN: Final = (
    zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, OSError, IndexError,
    AttributeError, SyntaxError,
)  # fmt: skip


def read(source: Source, limits: Limits) -> list[Reading]:
    """Return the sheets of a workbook that hold rows.

    Raises:
        Refused: it cannot be opened, or holds no rows
    """
    with source.open() as stream:
        content = stream.read()
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [(sheet.title, sheet) for sheet in book.worksheets]
        tables = [_table(title, sheet, limits) for title, sheet in sheets]
    except BROKEN as error:
        raise refuse("XLSX_BROKEN") from error
    found = [table for table in tables if table is not None]
    if not found:
        raise refuse("TABLE_NO_ROWS")
    return found


def _table(title: str, sheet: Any, limits: Limits) -> Reading | None:
    sheet.reset_dimensions()
    head = [row for row in islice(_rows(sheet), 12) if any(row)]
    if not head:
        return None
    header_rows = header_rows_of(head)
    width = max(len(row) for row in head)
    if width > limits.columns_max:
        raise refuse("COL_TOO_MANY", most=f"{limits.columns_max:,}")
    if header_rows == 0:
        columns = [f"열{at + 1}" for at in range(width)]
    else:
        columns = head[0] if header_rows == 1 else joined_names(head[0], head[1])
        columns = columns + [""] * (width - len(columns))
    if len(head) <= header_rows:
        raise refuse("TABLE_NO_ROWS")
    return Reading(
        name=title,
        columns=tuple(columns),
        declared=("",) * width,
        blocks=lambda: _blocks(sheet, header_rows, width, limits),
        header_rows=header_rows,
    )


def _rows(sheet: Any) -> Iterator[list[str]]:
    """Yield the rows that hold something, without empty cells at their end."""
    for row in sheet.iter_rows(values_only=True):
        cells = [_as_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield cells


def _blocks(sheet: Any, header_rows: int, width: int, limits: Limits) -> Iterator[pa.RecordBatch]:
    rows = islice(_rows(sheet), header_rows, None)
    while block := list(islice(rows, BLOCK_ROWS)):
        padded = [(row + [""] * width)[:width] for row in block]
        if any(len(cell) > limits.cell_bytes for row in padded for cell in row):
            raise refuse("CELL_TOO_LONG", row=1, most=f"{limits.cell_bytes:,}")
        yield text_batch([list(column) for column in zip(*padded, strict=True)])


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime.datetime) else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
