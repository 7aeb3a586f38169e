"""XLSX and XLS: each sheet with rows is a table; values are read, formulas never computed."""

import datetime
import io
from collections.abc import Iterator
from itertools import islice
from typing import Final

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

from quality.findings import refuse
from quality.limits import Limits
from quality.reading import Reading, text_batch
from quality.reading.text import header_rows_of, joined_names
from quality.sources import Source

BLOCK_ROWS: Final = 20_000
BROKEN: Final = (CalamineError, ValueError, TypeError, OSError, OverflowError)
MIDNIGHT: Final = datetime.time()


def read(source: Source, limits: Limits) -> list[Reading]:
    """Return the sheets of a workbook that hold rows.

    Raises:
        Refused: it cannot be opened, or holds no rows
    """
    content = b"".join(source.chunks())
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        tables = [
            _table(book, at, sheet.name, limits)
            for at, sheet in enumerate(book.sheets_metadata)
            if sheet.typ is SheetTypeEnum.WorkSheet
        ]
    except PasswordError as error:
        raise refuse("XLSX_ENCRYPTED") from error
    except BROKEN as error:
        raise refuse("XLSX_BROKEN") from error
    found = [table for table in tables if table is not None]
    if not found:
        raise refuse("TABLE_NO_ROWS")
    return found


def _table(book: CalamineWorkbook, at: int, title: str, limits: Limits) -> Reading | None:
    head = list(islice(_rows(book, at), 12))
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
        # The sheet is read again, so that the others need no memory meanwhile.
        blocks=lambda: _blocks(_rows(book, at), header_rows, width, limits),
        header_rows=header_rows,
    )


def _rows(book: CalamineWorkbook, at: int) -> Iterator[list[str]]:
    """Yield the rows that hold something, without empty cells at their end."""
    for row in book.get_sheet_by_index(at).iter_rows():
        cells = [_as_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield cells


def _blocks(
    rows: Iterator[list[str]], header_rows: int, width: int, limits: Limits
) -> Iterator[pa.RecordBatch]:
    rows = islice(rows, header_rows, None)
    while block := list(islice(rows, BLOCK_ROWS)):
        padded = [(row + [""] * width)[:width] for row in block]
        if any(len(cell) > limits.cell_bytes for row in padded for cell in row):
            raise refuse("CELL_TOO_LONG", row=1, most=f"{limits.cell_bytes:,}")
        yield text_batch([list(column) for column in zip(*padded, strict=True)])


def _as_text(cell: object) -> str:
    if type(cell) is str:
        return cell
    if type(cell) is float:
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, datetime.date):
        # The library gives midnight as a date without time, in a column of stamps.
        stamp = cell if isinstance(cell, datetime.datetime) else _midnight(cell)
        return stamp.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, datetime.time) else str(cell)


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, MIDNIGHT)
