"""JSON Lines, or one array: each object is a row, its keys are columns."""

from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from typing import Final

import pyarrow as pa
from msgspec import Struct

from quality.findings import found, refuse
from quality.gate.jsons import check, is_array
from quality.gate.names import BIDI
from quality.gate.texts import believed, damage_severity
from quality.limits import Limits
from quality.reading import Reading, text_batch
from quality.reading.objects import ODD, Fields, Parser
from quality.recoding import recoded
from quality.report import Finding, Severity
from quality.scans import TextFacts
from quality.sources import Source

SAMPLE_ROWS: Final = 1_000
SAMPLE_BYTES: Final = 4 << 20
BLOCK_ROWS: Final = 20_000
BLOCK_CELLS: Final = 1_000_000
BLOCK_BYTES: Final = 4 << 20
EXAMPLES_MAX: Final = 5
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


class _Damage:
    """What was found wrong, by code: how often, where first, and examples."""

    def __init__(self) -> None:
        self.rows = self._last = 0
        self.firsts: dict[str, tuple[int, str]] = {}
        self.counts: dict[str, int] = {}
        self.new_keys: dict[str, None] = {}

    def note(self, code: str, row: int, name: str = "") -> None:
        self.firsts.setdefault(code, (row, name))
        self.counts[code] = self.counts.get(code, 0) + 1
        if row != self._last:
            self.rows, self._last = self.rows + 1, row

    def note_keys(self, row: int, names: list[str]) -> None:
        """Note keys that the first rows do not have; the row itself is sound."""
        self.firsts.setdefault("JSON_NEW_KEYS", (row, ""))
        self.counts["JSON_NEW_KEYS"] = self.counts.get("JSON_NEW_KEYS", 0) + 1
        for name in names:
            if len(self.new_keys) < EXAMPLES_MAX:
                self.new_keys[ODD.sub("\ufffd", name)[:EXAMPLE_CHARS]] = None

    def findings(self, row_count: int, limits: Limits) -> tuple[Finding, ...]:
        return tuple(
            found(
                code,
                row=row,
                column=ODD.sub("\ufffd", name) or None,
                count=self.counts[code],
                examples=self.new_keys if code == "JSON_NEW_KEYS" else (),
                severity=self._severity(code, row_count, limits),
                lines=f"{SAMPLE_ROWS:,}",
            )
            for code, (row, name) in self.firsts.items()
        )

    def _severity(self, code: str, row_count: int, limits: Limits) -> Severity:
        if code == "JSON_NEW_KEYS":
            return Severity.warning
        return damage_severity(self.counts[code], row_count, limits)


def read(source: Source, limits: Limits, scanned: TextFacts | None = None) -> Reading:
    """Return JSON Lines, or an array of objects, as a table.

    Args:
        scanned: what somebody found who read it before

    Raises:
        Refused: no text, no objects, too many columns, or nesting beyond the limit
    """
    facts = believed(scanned, source) or check(source, limits)
    parser = Parser(limits)
    rows = _elements if is_array(source) else _lines
    columns, nested = _columns(rows(source, facts, parser), parser, limits)
    damage = _Damage()
    counted = [0]

    def told() -> tuple[int, tuple[Finding, ...]]:
        findings = damage.findings(counted[0], limits)
        return facts.damaged_count + damage.rows, findings

    return Reading(
        name=source.name,
        columns=columns,
        declared=tuple("nested" if name in nested else "" for name in columns),
        blocks=lambda: _blocks(
            rows(source, facts, parser), _Table(parser, columns, damage, counted)
        ),
        encoding=facts.encoding,
        header_rows=0,
        findings=facts.findings,
        damage=told,
    )


def _lines(source: Source, facts: TextFacts, parser: Parser) -> Iterator[Row]:
    """Yield the lines that hold something; one that is no JSON is marked."""
    with recoded(source, facts.encoding) as stream:
        for number, line in enumerate(stream, 1):
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

    def __init__(
        self, parser: Parser, columns: tuple[str, ...], damage: _Damage, counted: list[int]
    ) -> None:
        self.parser, self.columns, self.damage, self.counted = parser, columns, damage, counted
        self.known = frozenset(columns)
        self._get = itemgetter(*columns) if len(columns) > 1 else None

    def cells(self, row: Row) -> dict[str, str] | None:
        """Return a row's cells by column; none for what is no object."""
        self.counted[0] += 1
        if not isinstance(row.value, Fields):
            self.damage.note("JSON_LINE", row.number)
            return None
        cells, twice = self.parser.flat(row.value, row.number)
        if twice is not None:
            self.damage.note("JSON_DUPLICATE", row.number, twice)
        if row.nonfinite:
            self.damage.note("JSON_NAN", row.number)
        if row.escaped:
            self._clean(cells, row.number)
        if not cells.keys() <= self.known:
            self.damage.note_keys(row.number, [name for name in cells if name not in self.known])
        return cells

    def _clean(self, cells: dict[str, str], number: int) -> None:
        for name, cell in cells.items():
            odd = ODD.search(cell)
            if odd is None:
                continue
            code = {"\0": "CHAR_NUL"}.get(odd[0], "CHAR_CONTROL")
            self.damage.note("ENC_INVALID" if odd[0] >= "\ud800" else code, number, name)
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
