"""A text table cut into cells of 16 MiB: each holds the records that begin in it, so any part can be read alone.

A record ends at a line end outside quotes. Where a cell begins inside quotes is known from the scan, so
that no reader has to begin at the start of the file.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pyarrow as pa
from msgspec import Struct
from pyarrow import csv as arrow_csv

from quality.scans import CELL_BYTES, Grid
from quality.sources import ReadRange

# Read beyond a cell to find the end of its last record.
AHEAD_BYTES: Final = 1 << 16
# Arrow parses small blocks faster, because they stay near the processor.
PARSE_BYTES: Final = 1 << 20
NEWLINE, QUOTE = b"\n", b'"'
CODED: Final = pa.dictionary(pa.int32(), pa.string())


class Cell(Struct, frozen=True):
    """Whole records as bytes, and the line of the file in which the first begins, from 1."""

    number: int
    content: bytes
    first_line: int
    lines_in_quotes: bool = True


def record_after(
    content: bytes | bytearray, at: int, *, quoted: bool, end: bytes, quoting: bool = True
) -> int | None:
    """Return where the first record begins after the line end at or behind ``at``; None if there is none.

    Args:
        quoted: whether ``at`` lies inside quotes
        end: the byte that ends a line
        quoting: whether quotes can hold line ends
    """
    inside = quoted
    while True:
        found = content.find(end, at)
        if found < 0:
            return None
        if not quoting:
            return found + 1
        inside ^= bool(content.count(QUOTE, at, found) & 1)
        if not inside:
            return found + 1
        at = found + 1


def read_cell(
    read: ReadRange, grid: Grid, number: int, *, end: bytes = NEWLINE, most_bytes: int | None = None
) -> Cell:
    """Return one cell of a text whose bytes can be read anywhere.

    Args:
        read: gives the bytes from one place to before another
        most_bytes: the cell's first so many bytes are enough
    """
    begin = number * grid.cell_bytes
    low = max(begin - 1, 0)
    high = min(begin + (most_bytes or grid.cell_bytes), grid.size_bytes)
    content = read(low, min(high + AHEAD_BYTES, grid.size_bytes))
    quoted = grid.quoted[number]
    if begin:
        # The byte before the cell is looked at, too: a record begins right behind a line end.
        quoted ^= content[0:1] == QUOTE
        start = record_after(content, 0, quoted=quoted, end=end, quoting=grid.quoting)
    else:
        start = 0
    last = high - low - 1
    if high == begin + grid.cell_bytes and number + 1 < len(grid.quoted):
        inside = grid.quoted[number + 1] ^ (content[last : last + 1] == QUOTE)
    else:
        inside = quoted ^ bool(content.count(QUOTE, 0, last) & 1)
    while True:
        at_end = low + len(content) >= grid.size_bytes
        stop = record_after(content, last, quoted=inside, end=end, quoting=grid.quoting)
        if stop is not None or at_end:
            break
        content += read(low + len(content), min(low + len(content) + AHEAD_BYTES, grid.size_bytes))
    stop = len(content) if stop is None else stop
    if start is None or start >= stop:
        return Cell(number, b"", grid.lines[number] + 1)
    before = content.count(end, 1 if begin else 0, start)
    first_line = grid.lines[number] + before + 1
    return Cell(number, content[start:stop], first_line, grid.lines_in_quotes)


def cells_of_stream(
    stream: BinaryIO, *, end: bytes = NEWLINE, cell_bytes: int = CELL_BYTES, quoting: bool = True
) -> Iterator[Cell]:
    """Yield the cells of a text that can be read only from its beginning; the same as ``read_cell`` gives."""
    content, base, line, number, over = bytearray(), 0, 1, 0, False
    while content or not over:
        want = (number + 1) * cell_bytes - base
        while not over and len(content) < want + AHEAD_BYTES:
            more = stream.read(cell_bytes)
            over = not more
            content += more
        last = max(want - 1, 0)
        inside = bool(content.count(QUOTE, 0, last) & 1)
        stop = (
            record_after(content, last, quoted=inside, end=end, quoting=quoting) if want > 0 else 0
        )
        while stop is None and not over:
            more = stream.read(cell_bytes)
            over = not more
            content += more
            inside = bool(content.count(QUOTE, 0, last) & 1)
            stop = record_after(content, last, quoted=inside, end=end, quoting=quoting)
        stop = len(content) if stop is None else stop
        yield Cell(number, bytes(content[:stop]), line)
        line += content.count(end, 0, stop)
        del content[:stop]
        base += stop
        number += 1


class Cutting(Struct, frozen=True):
    """How the records of a text are cut into columns."""

    delimiter: str
    width: int


class Ragged(Struct, frozen=True):
    """A record with another number of columns: its line, how many, and its beginning."""

    line: int
    count: int
    text: str


def parse(
    cell: Cell,
    cutting: Cutting,
    ragged: list[Ragged],
    *,
    floats: frozenset[int] = frozenset(),
    coded: frozenset[int] = frozenset(),
) -> list[pa.Array]:
    """Return the columns of a cell: floats where asked for, else texts.

    Args:
        ragged: gets the records that are left out
        floats: positions of columns that hold nothing but plain numbers and empty cells
        coded: positions of columns of few different texts

    Raises:
        pyarrow.ArrowInvalid: a column of floats holds something else
    """
    names = [str(at) for at in range(cutting.width)]
    found: list[Ragged] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        line = cell.first_line + (row.number or 1) - 1
        found.append(Ragged(line, row.actual_columns, row.text[:200]))
        return "skip"

    kinds: dict[str, Any] = {
        name: pa.float64() if at in floats else CODED if at in coded else pa.string()
        for at, name in enumerate(names)
    }
    table = arrow_csv.read_csv(
        pa.py_buffer(cell.content),
        read_options=arrow_csv.ReadOptions(
            use_threads=False, block_size=PARSE_BYTES, column_names=names
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=cutting.delimiter,
            newlines_in_values=cell.lines_in_quotes and QUOTE in cell.content,
            invalid_row_handler=skip,
            ignore_empty_lines=True,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=kinds, null_values=[""], strings_can_be_null=False, check_utf8=False
        ),
    )
    ragged += found
    return [column.combine_chunks() for column in table.unify_dictionaries().columns]
