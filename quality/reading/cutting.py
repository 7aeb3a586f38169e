"""The cells of a text file, wherever it lies and however it is encoded."""

import codecs
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from quality.reading import TextCells
from quality.reading.cells import Cell, cells_of_stream, read_cell, record_after
from quality.reading.layout import Layout
from quality.reading.odd import Odd
from quality.recoding import recoded
from quality.scans import TextFacts
from quality.sources import ReadRange, Source

SPACES: Final = " "
# Cells in which every byte means what it does in ASCII can be cut before they are decoded.
CUT_AS_THEY_ARE: Final = ("utf-8", "utf-8-sig", "cp949")
SAMPLES: Final = 6
SAMPLE_BYTES: Final = 4 << 20


class Shape(Struct, frozen=True, kw_only=True):
    """How a text is cut into cells."""

    delimiter: str
    header_rows: int
    columns: tuple[str, ...]


def layout_of(facts: TextFacts, shape: Shape) -> Layout:
    """Return how a text lies in its file."""
    return Layout(
        kind="csv" if facts.grid.quoting else "jsonl",
        size_bytes=facts.grid.size_bytes,
        columns=shape.columns,
        encoding=facts.encoding,
        delimiter=shape.delimiter,
        header_rows=shape.header_rows,
        line_end=facts.line_end,
        grid=facts.grid,
    )


def text_cells(source: Source, layout: Layout, odd: Odd) -> TextCells:
    """Return a text's cells, read from anywhere where the file lies open, else from its beginning."""
    assert layout.grid is not None, "a text has a grid"
    grid = layout.grid
    as_it_is = layout.encoding in CUT_AS_THEY_ARE and layout.delimiter != SPACES
    read = source.read
    if as_it_is and read is not None:
        return TextCells(
            layout=layout,
            all=lambda: _anywhere(read, layout),
            sample=lambda: _spread(read, layout),
            odd=odd,
            read=read,
        )

    def streamed() -> Iterator[Cell]:
        encoding = "utf-8" if as_it_is else layout.encoding
        spaces = layout.delimiter == SPACES
        with recoded(source, encoding, spaces=spaces) as stream:
            for cell in cells_of_stream(
                stream, end=layout.line_end, cell_bytes=grid.cell_bytes, quoting=grid.quoting
            ):
                yield _ready(cell, layout, decode=as_it_is)

    return TextCells(layout=layout, all=streamed, sample=lambda: [next(streamed())], odd=odd)


def cell_of(read: ReadRange, layout: Layout, number: int, most_bytes: int | None = None) -> Cell:
    """Return one cell of a text, without its header, as UTF-8.

    Args:
        most_bytes: the cell's first so many bytes are enough
    """
    assert layout.grid is not None, "a text has a grid"
    cell = read_cell(read, layout.grid, number, end=layout.line_end, most_bytes=most_bytes)
    return _ready(cell, layout)


def _anywhere(read: ReadRange, layout: Layout) -> Iterator[Cell]:
    for number in range(layout.cell_count):
        yield cell_of(read, layout, number)


def _spread(read: ReadRange, layout: Layout) -> list[Cell]:
    """Return the whole of a small file, else the beginnings of six cells."""
    size = layout.size_bytes
    if size <= SAMPLES * SAMPLE_BYTES:
        return list(_anywhere(read, layout))
    assert layout.grid is not None, "a text has a grid"
    last = (size - 1) // layout.grid.cell_bytes
    numbers = sorted({round(at * last / (SAMPLES - 1)) for at in range(SAMPLES)})
    most = min(SAMPLE_BYTES, layout.grid.cell_bytes)
    return [cell_of(read, layout, number, most) for number in numbers]


def _ready(cell: Cell, layout: Layout, *, decode: bool = True) -> Cell:
    """Take the header off the first cell, and bring any to UTF-8."""
    if cell.number == 0:
        cell = _without_header(cell, layout)
    if decode and layout.encoding == "cp949":
        text = cell.content.decode("cp949", "replace")
        return replace(cell, content=text.encode("utf-8", "replace"))
    return cell


def _without_header(cell: Cell, layout: Layout) -> Cell:
    content = cell.content.removeprefix(codecs.BOM_UTF8)
    left, at = layout.header_rows, 0
    while left:
        after = record_after(content[at:], 0, quoted=False, end=layout.line_end)
        stop = len(content) if after is None else at + after
        left -= bool(content[at:stop].strip())
        at = stop
    lines = content.count(layout.line_end, 0, at)
    return replace(cell, content=content[at:], first_line=cell.first_line + lines)
