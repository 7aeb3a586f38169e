"""The cells of a text file, wherever it lies and however it is encoded."""

import codecs
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from quality.reading import TextCells
from quality.reading.cells import (
    Cell,
    Cutting,
    Ragged,
    cells_of_stream,
    read_cell,
    record_after,
)
from quality.recoding import recoded
from quality.scans import CELL_BYTES, TextFacts
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


def text_cells(source: Source, facts: TextFacts, shape: Shape, ragged: list[Ragged]) -> TextCells:
    """Return a text's cells, read from anywhere where the file lies open, else from its beginning."""
    cutting = Cutting(delimiter=shape.delimiter, width=len(shape.columns))
    as_it_is = facts.encoding in CUT_AS_THEY_ARE and shape.delimiter != SPACES
    read = source.read
    if as_it_is and read is not None:
        return TextCells(
            cutting=cutting,
            all=lambda: _anywhere(read, facts, shape),
            sample=lambda: _spread(read, facts, shape),
            ragged=ragged,
        )

    def streamed() -> Iterator[Cell]:
        encoding = "utf-8" if as_it_is else facts.encoding
        spaces = shape.delimiter == SPACES
        with recoded(source, encoding, spaces=spaces) as stream:
            for cell in cells_of_stream(stream, end=facts.line_end):
                yield _ready(cell, facts, shape, decode=as_it_is)

    return TextCells(
        cutting=cutting, all=streamed, sample=lambda: [next(streamed())], ragged=ragged
    )


def _anywhere(read: ReadRange, facts: TextFacts, shape: Shape) -> Iterator[Cell]:
    for number in range(len(facts.grid.lines)):
        yield _ready(read_cell(read, facts.grid, number, end=facts.line_end), facts, shape)


def _spread(read: ReadRange, facts: TextFacts, shape: Shape) -> list[Cell]:
    """Return the whole of a small file, else the beginnings of six cells."""
    if facts.grid.size_bytes <= SAMPLES * SAMPLE_BYTES:
        return list(_anywhere(read, facts, shape))
    last = facts.grid.size_bytes // CELL_BYTES - (facts.grid.size_bytes % CELL_BYTES == 0)
    numbers = sorted({round(at * last / (SAMPLES - 1)) for at in range(SAMPLES)})
    return [
        _ready(
            read_cell(read, facts.grid, number, end=facts.line_end, most_bytes=SAMPLE_BYTES),
            facts,
            shape,
        )
        for number in numbers
    ]


def _ready(cell: Cell, facts: TextFacts, shape: Shape, *, decode: bool = True) -> Cell:
    """Take the header off the first cell, and bring any to UTF-8."""
    if cell.number == 0:
        cell = _without_header(cell, facts, shape)
    if decode and facts.encoding == "cp949":
        text = cell.content.decode("cp949", "replace")
        return replace(cell, content=text.encode("utf-8", "replace"))
    return cell


def _without_header(cell: Cell, facts: TextFacts, shape: Shape) -> Cell:
    content = cell.content.removeprefix(codecs.BOM_UTF8)
    left, at = shape.header_rows, 0
    while left:
        after = record_after(content[at:], 0, quoted=False, end=facts.line_end)
        stop = len(content) if after is None else at + after
        left -= bool(content[at:stop].strip())
        at = stop
    lines = content.count(facts.line_end, 0, at)
    return replace(cell, content=content[at:], first_line=cell.first_line + lines)
