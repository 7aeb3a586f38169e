"""Text tables: delimiter and header found by looking, cells read by Arrow in blocks."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from quality.findings import refuse
from quality.gate.names import BIDI
from quality.gate.texts import believed, scan
from quality.limits import Limits
from quality.reading import Reading, TextCells, text_batch
from quality.reading.cells import Cutting, parse
from quality.reading.cutting import SPACES, Shape, layout_of, text_cells
from quality.reading.odd import Odd
from quality.recoding import recoded
from quality.scans import TextFacts
from quality.sources import CHUNK_BYTES, Source

DELIMITERS: Final = (",", ";", "\t", "|")
SAMPLE_LINES: Final = 200
NUMBER: Final = re.compile(r"\s*[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
CONSISTENT: Final = 0.9


def read(source: Source, limits: Limits, scanned: TextFacts | None = None) -> Reading:
    """Return a text file as a table.

    Args:
        scanned: what somebody found who read it before

    Raises:
        Refused: no text, no clear delimiter, no rows, or too many columns
    """
    facts = believed(scanned, source, limits) or scan(source, limits)
    sample = _sample(source, facts)
    shape = _shape(sample, limits)
    row_count = facts.record_count - shape.header_rows
    if row_count < 1:
        raise refuse("TABLE_NO_ROWS")
    if row_count > limits.rows_max:
        raise refuse("TABLE_ROWS", most=f"{limits.rows_max:,}")
    odd = Odd()
    cells = text_cells(source, layout_of(facts, shape), odd)
    return Reading(
        name=source.name,
        columns=shape.columns,
        declared=("",) * len(shape.columns),
        blocks=lambda: _blocks(cells),
        encoding=facts.encoding,
        delimiter=shape.delimiter,
        header_rows=shape.header_rows,
        findings=facts.findings,
        odd=odd,
        damaged_count=facts.damaged_count,
        expected_count=row_count,
        cells=cells,
    )


def _sample(source: Source, facts: TextFacts) -> list[str]:
    with recoded(source, facts.encoding) as stream:
        text = stream.read(4 * CHUNK_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")
    lines = re.split(r"\r\n|\n|\r", text)
    if len(lines) > SAMPLE_LINES:
        lines = lines[:SAMPLE_LINES]
    return [line for line in lines if line.strip()]


def _shape(lines: list[str], limits: Limits) -> Shape:
    delimiter = _delimiter(lines)
    rows = _cut(lines, delimiter)
    if max(len(row) for row in rows[:1]) > limits.columns_max:
        raise refuse("COL_TOO_MANY", most=f"{limits.columns_max:,}")
    header_rows = header_rows_of(rows)
    if header_rows == 0:
        columns = [f"열{at + 1}" for at in range(len(rows[0]))]
    elif header_rows == 1:
        columns = rows[0]
    else:
        columns = joined_names(rows[0], rows[1])
    for name in columns:
        if BIDI.search(name):
            raise refuse("CHAR_BIDI", name=BIDI.sub("", name))
    return Shape(delimiter=delimiter, header_rows=header_rows, columns=tuple(columns))


def _cut(lines: list[str], delimiter: str) -> list[list[str]]:
    if delimiter == SPACES:
        return [line.split() for line in lines]
    return [row for row in csv.reader(lines, delimiter=delimiter) if row]


def _delimiter(lines: list[str]) -> str:
    """Return the one sign that cuts the lines evenly.

    Raises:
        Refused: two signs cut them evenly, and the header decides for neither
    """
    csv.field_size_limit(1 << 24)
    even: dict[str, int] = {}
    uneven: dict[str, float] = {}
    for sign in DELIMITERS:
        counts = Counter(len(row) for row in _cut(lines, sign))
        width, often = counts.most_common(1)[0]
        width = max(width, len(_cut(lines[:1], sign)[0]) if len(lines) < 4 else width)
        if width < 2:
            continue
        share = often / counts.total()
        if share >= CONSISTENT:
            even[sign] = width
        else:
            uneven[sign] = share * width
    if len(even) > 1:
        in_header = {sign: lines[0].count(sign) for sign in even if sign in lines[0]}
        if len(in_header) != 1:
            raise refuse("CSV_DELIMITER")
        return next(iter(in_header))
    if even:
        return next(iter(even))
    if uneven:
        return max(uneven, key=lambda sign: uneven[sign])
    return SPACES if _cut_by_spaces(lines) else ","


def _cut_by_spaces(lines: list[str]) -> bool:
    widths = Counter(len(line.split()) for line in lines)
    width, often = widths.most_common(1)[0]
    cells = [cell for line in lines[1:] for cell in line.split()]
    numbers = sum(NUMBER.fullmatch(cell) is not None for cell in cells)
    even = often >= CONSISTENT * len(lines)
    return width > 1 and even and numbers >= CONSISTENT * max(len(cells), 1)


def header_rows_of(rows: list[list[str]]) -> int:
    """Return 0, 1 or 2: numbers in the first row mean no header, names in two rows mean two."""
    if not rows:
        return 0
    data = rows[2:12] or rows[1:]
    numeric = {
        at
        for at in range(len(rows[0]))
        if data and all(at < len(row) and _number_or_blank(row[at]) for row in data)
    }
    first_numbers = [at for at, cell in enumerate(rows[0]) if NUMBER.fullmatch(cell)]
    if first_numbers and numeric and len(first_numbers) >= 0.5 * len(numeric):
        return 0
    if len(rows) > 2 and numeric and _all_names(rows[1], numeric) and _grouped(rows[0]):
        return 2
    return 1


def _number_or_blank(cell: str) -> bool:
    return not cell.strip() or NUMBER.fullmatch(cell) is not None


def _all_names(row: list[str], numeric: set[int]) -> bool:
    return all(at < len(row) and not _number_or_blank(row[at]) for at in numeric)


def _grouped(row: list[str]) -> bool:
    """Whether a row names groups: names repeat, or stand over several columns."""
    named = [cell for cell in row if cell.strip()]
    return len(set(named)) < len(row)


def joined_names(groups: list[str], names: list[str]) -> list[str]:
    """Return the names of two header rows as one: the group, which stands once, before each name."""
    joined, last = [], ""
    for at, name in enumerate(names):
        last = groups[at].strip() if at < len(groups) and groups[at].strip() else last
        joined.append(f"{last} / {name}" if last else name)
    return joined


def _blocks(cells: TextCells) -> Iterator[pa.RecordBatch]:
    """Yield the rows as text, in blocks."""
    cutting = Cutting(cells.layout.delimiter, len(cells.layout.columns))
    for cell in cells.all():
        if cell.content:
            yield text_batch(parse(cell, cutting, []))
