"""JSON Lines, or one array: each object is a row, its keys are columns."""

import io
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from typing import Final

import pyarrow as pa
from msgspec import Struct

from quality.findings import refuse
from quality.gate.jsons import check, is_array
from quality.gate.names import BIDI
from quality.gate.texts import believed
from quality.limits import Limits
from quality.reading import Reading, TextCells, text_batch
from quality.reading.cells import Cell
from quality.reading.cutting import Shape, layout_of, text_cells
from quality.reading.layout import Layout
from quality.reading.objects import ODD, SAMPLE_ROWS, Fields, Parser
from quality.reading.odd import Odd
from quality.recoding import recoded
from quality.scans import TextFacts
from quality.sources import Source

SAMPLE_BYTES: Final = 4 << 20
BLOCK_ROWS: Final = 20_000
BLOCK_CELLS: Final = 1_000_000
BLOCK_BYTES: Final = 4 << 20
EXAMPLE_CHARS: Final = 80
# The kind of a value that no parser could read.
WRONG: Final = object()


class Row(Struct):
    """One value of the file: its line or number, its size, and what it is."""

    number: int
    size: int
    value: object
    escaped: bool
    nonfinite: bool


def read(source: Source, limits: Limits, scanned: TextFacts | None = None) -> Reading:
    """Return JSON Lines, or an array of objects, as a table.

    Args:
        scanned: what somebody found who read it before

    Raises:
        Refused: no text, no objects, too many columns, or nesting beyond the limit
    """
    facts = believed(scanned, source, limits) or check(source, limits)
    parser, odd = Parser(limits), Odd()
    begun = None if is_array(source) else text_cells(source, layout_of(facts, _shape(())), odd)

    def rows() -> Iterator[Row]:
        return _elements(source, facts, parser) if begun is None else _lines_of(begun, parser)

    columns, nested = _columns(rows(), parser, limits)
    layout = layout_of(facts, _shape(columns))
    return Reading(
        name=source.name,
        columns=columns,
        declared=tuple("nested" if name in nested else "" for name in columns),
        blocks=lambda: _blocks(rows(), _Table(parser, columns, odd)),
        encoding=facts.encoding,
        header_rows=0,
        findings=facts.findings,
        odd=odd,
        damaged_count=facts.damaged_count,
        cells=None if begun is None else text_cells(source, layout, odd),
    )


def _shape(columns: tuple[str, ...]) -> Shape:
    return Shape(delimiter="", header_rows=0, columns=columns)


def batches(cell: Cell, layout: Layout, odd: Odd, limits: Limits) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a cell as text columns, in blocks of bounded size.

    Args:
        odd: gets what is no object

    Raises:
        Refused: nesting beyond the limit
    """
    parser = Parser(limits)
    return _blocks(_lines(cell, parser), _Table(parser, layout.columns, odd))


def _lines_of(cells: TextCells, parser: Parser) -> Iterator[Row]:
    for cell in cells.all():
        yield from _lines(cell, parser)


def _lines(cell: Cell, parser: Parser) -> Iterator[Row]:
    """Yield the lines that hold something; one that is no JSON is marked."""
    for number, line in enumerate(io.BytesIO(cell.content), cell.first_line):
        text = line.decode("utf-8", "replace").removeprefix("\ufeff").strip(" \t\r\n")
        if not text:
            continue
        try:
            value, end = parser.value(text, 0, number)
        except ValueError:
            value, end = WRONG, len(text)
        whole = value if end == len(text) else WRONG
        yield Row(number, len(line), whole, b"\\" in line, parser.nonfinite)


def _elements(source: Source, facts: TextFacts, parser: Parser) -> Iterator[Row]:
    """Yield the values of an array, one at a time.

    Raises:
        Refused: where it is no JSON, since nothing behind can be told apart
    """
    with recoded(source, facts.encoding) as stream:
        text = stream.read().decode("utf-8", "replace").removeprefix("\ufeff")
    escaped = "\\" in text
    at, number = _skipped(text, text.index("[") + 1), 1
    while text[at : at + 1] != "]" or number > 1:
        try:
            value, end = parser.value(text, at, number)
        except ValueError as error:
            raise refuse("JSON_BROKEN", row=number) from error
        yield Row(number, end - at, value, escaped, parser.nonfinite)
        at = _skipped(text, end)
        if text[at : at + 1] == "]":
            break
        if text[at : at + 1] != ",":
            raise refuse("JSON_BROKEN", row=number)
        at, number = _skipped(text, at + 1), number + 1
    if text[at + 1 :].strip(" \t\r\n"):
        raise refuse("JSON_BROKEN", row=number)


def _skipped(text: str, at: int) -> int:
    """Return where the next character stands that is no space."""
    while text[at : at + 1] in (" ", "\t", "\r", "\n"):
        at += 1
    return at


def _columns(
    rows: Iterator[Row], parser: Parser, limits: Limits
) -> tuple[tuple[str, ...], set[str]]:
    """Return the keys of the first rows in order of appearance, and which hold arrays alone."""
    names: dict[str, None] = {}
    plain: set[str] = set()
    nested: set[str] = set()
    size = 0
    for row in islice(rows, SAMPLE_ROWS):
        size += row.size
        if isinstance(row.value, Fields):
            cells, _ = parser.flat(row.value, row.number)
            names |= dict.fromkeys(cells)
            inner = {name for name, cell in cells.items() if cell.startswith(("[", "{"))}
            nested |= inner
            plain |= {name for name, cell in cells.items() if cell and name not in inner}
        if len(names) > limits.columns_max:
            raise refuse("COL_TOO_MANY", most=f"{limits.columns_max:,}")
        if size > SAMPLE_BYTES:
            break
    if not names:
        raise refuse("JSON_SHAPE" if size else "TABLE_NO_ROWS")
    for name in names:
        _refuse_name(name)
    return tuple(names), nested - plain


def _refuse_name(name: str) -> None:
    if BIDI.search(name):
        raise refuse("CHAR_BIDI", name=BIDI.sub("", name))
    if ODD.search(name):
        raise refuse("CHAR_NUL_HEADER" if "\0" in name else "JSON_SHAPE", row=1)


class _Table:
    """Turns rows into blocks of columns and notes what is wrong with them."""

    def __init__(self, parser: Parser, columns: tuple[str, ...], odd: Odd) -> None:
        self.parser, self.columns, self.odd = parser, columns, odd
        self.known = frozenset(columns)
        self._get = itemgetter(*columns) if len(columns) > 1 else None

    def cells(self, row: Row) -> dict[str, str] | None:
        """Return a row's cells by column; none for what is no object."""
        self.odd.record_count += 1
        if not isinstance(row.value, Fields):
            self.odd.note("JSON_LINE", row.number)
            return None
        cells, twice = self.parser.flat(row.value, row.number)
        if twice is not None:
            self.odd.note("JSON_DUPLICATE", row.number, twice)
        if row.nonfinite:
            self.odd.note("JSON_NAN", row.number)
        if row.escaped:
            self._clean(cells, row.number)
        if not cells.keys() <= self.known:
            fresh = [name for name in cells if name not in self.known]
            shown = [ODD.sub("\ufffd", name)[:EXAMPLE_CHARS] for name in fresh]
            self.odd.note_keys(row.number, shown)
        return cells

    def _clean(self, cells: dict[str, str], number: int) -> None:
        for name, cell in cells.items():
            odd = ODD.search(cell)
            if odd is None:
                continue
            code = {"\0": "CHAR_NUL"}.get(odd[0], "CHAR_CONTROL")
            self.odd.note("ENC_INVALID" if odd[0] >= "\ud800" else code, number, name)
            cells[name] = ODD.sub("\ufffd", cell)

    def batch(self, rows: list[dict[str, str]]) -> pa.RecordBatch:
        """Return rows as text columns; what a row does not have is empty."""
        if self._get is not None and all(row.keys() >= self.known for row in rows):
            return text_batch(list(zip(*map(self._get, rows), strict=True)))
        return text_batch([[row.get(name, "") for row in rows] for name in self.columns])


def _blocks(rows: Iterator[Row], table: _Table) -> Iterator[pa.RecordBatch]:
    most = max(1, min(BLOCK_ROWS, BLOCK_CELLS // len(table.columns)))
    gathered: list[dict[str, str]] = []
    size = 0
    for row in rows:
        cells = table.cells(row)
        if cells is None:
            continue
        gathered.append(cells)
        size += row.size
        if len(gathered) >= most or size > BLOCK_BYTES:
            yield table.batch(gathered)
            gathered, size = [], 0
    if gathered:
        yield table.batch(gathered)
