"""From a reading to the pass: the sample for the plan, then each block by the plan."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

import pyarrow as pa
from msgspec import Struct

from quality.limits import Limits
from quality.profile.blocks import Block
from quality.profile.pieces import (
    Columns,
    Counted,
    Part,
    Take,
    Work,
    blocks_of,
    checked,
    count_in_threads,
    refuse_rows,
)
from quality.profile.plan import plan_of
from quality.profile.planned import Plan
from quality.reading import Reading, TextCells, jsonl
from quality.reading.cells import Cutting, parse
from quality.reading.odd import Odd
from quality.settings import NOTHING_SAID, Settings

SAMPLE_ROWS: Final = 100_000
# The sample lies in memory while the plan is made; a thousand columns or long texts fill it sooner.
SAMPLE_BYTES: Final = 128 << 20


class Fed(Struct, frozen=True):
    """A table with its plan, and the sample it was made from as texts.

    Args:
        rest: batches of the table after the sample, where they are read only once
    """

    reading: Reading
    plan: Plan
    parts: list[Columns]
    rest: Iterator[pa.RecordBatch]


def feed(reading: Reading, limits: Limits, settings: Settings = NOTHING_SAID) -> Fed | None:
    """Return a table with its plan, None for a table without rows."""
    rest: Iterator[pa.RecordBatch] = iter(())
    if reading.cells is not None:
        parts = _sample(reading.cells, limits)
    else:
        rest = reading.blocks()
        parts = _bounded(rest, SAMPLE_ROWS, SAMPLE_BYTES)
    if not parts:
        return None
    plan = plan_of(reading.columns, reading.declared, parts, settings)
    return Fed(reading, plan, parts, rest)


def _sample(cells: TextCells, limits: Limits) -> list[Columns]:
    layout, found = cells.layout, cells.sample()
    parts: list[Columns] = []
    for cell in found:
        if not cell.content:
            continue
        if layout.kind == "csv":
            columns = parse(cell, Cutting(layout.delimiter, len(layout.columns)), [])
            parts += [columns] if len(columns[0]) else []
        else:
            batches = jsonl.batches(cell, layout, Odd(), limits)
            parts += _bounded(batches, SAMPLE_ROWS // len(found), SAMPLE_BYTES // len(found))
    return parts


def _bounded(batches: Iterator[pa.RecordBatch], most_rows: int, most_bytes: int) -> list[Columns]:
    """Take batches until they hold so much."""
    parts, rows, size = [], 0, 0
    for batch in batches:
        if batch.num_rows:
            parts.append(list(batch.columns))
            rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= most_rows or size >= most_bytes:
            break
    return parts


def count(fed: Fed, limits: Limits, work: Work, stage: Take | None = None) -> Counted:
    """Count a table to its end.

    Args:
        stage: gets each block

    Raises:
        Refused: too many rows, or a cell that cannot be read or is beyond its limit
    """
    part = part_of(fed, limits)
    if part is not None and work.threads > 1:
        return count_in_threads(part, work, stage)
    if part is not None:
        return part.count(range(part.layout.cell_count), work.tick, stage)
    counted = Counted(fed.plan)
    batches = chain(fed.parts, (list(one.columns) for one in fed.rest))
    for block in _blocks(fed, batches, limits, counted.odd):
        if stage is not None:
            stage(block)
        counted.partial.add(block)
        refuse_rows(counted, limits)
    counted.odd.merge(fed.reading.odd)
    return counted


def part_of(fed: Fed, limits: Limits) -> Part | None:
    """Return the table as one that can be read anywhere, None where its bytes do not lie open."""
    cells = fed.reading.groups or fed.reading.cells
    if cells is None or cells.read is None:
        return None
    return Part(layout=cells.layout, plan=fed.plan, read=cells.read, limits=limits)


def again(fed: Fed, limits: Limits) -> Iterator[Block]:
    """Yield the blocks of a table once more."""
    part = part_of(fed, limits)
    if part is not None:
        yield from part.blocks(range(part.layout.cell_count), Odd(), lambda _: None)
        return
    batches = (list(one.columns) for one in fed.reading.blocks())
    yield from _blocks(fed, batches, limits, Odd())


def _blocks(fed: Fed, batches: Iterator[Columns], limits: Limits, odd: Odd) -> Iterator[Block]:
    cells = fed.reading.cells
    if cells is not None:
        for cell in cells.all():
            yield from blocks_of(cell, cells.layout, fed.plan, odd, limits)
        return
    for number, columns in enumerate(batch for batch in batches if len(batch[0])):
        yield checked(Block(number, fed.plan, columns), limits, number)
