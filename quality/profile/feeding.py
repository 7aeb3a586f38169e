"""From a reading to the blocks of the pass: the sample for the plan, then each block by the plan."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

import numpy as np
import pyarrow as pa

from quality.findings import refuse
from quality.limits import Limits
from quality.profile.blocks import Block
from quality.profile.hashing import Floats
from quality.profile.plan import plan_of
from quality.profile.planned import Plan
from quality.reading import Reading, TextCells
from quality.reading.cells import Cell, Ragged, parse
from quality.settings import NOTHING_SAID, Settings

SAMPLE_ROWS: Final = 100_000
# The sample lies in memory while the plan is made; a thousand columns or long texts fill it sooner.
SAMPLE_BYTES: Final = 128 << 20
BLOCK_ROWS: Final = 65_536

Columns = list[pa.Array]


def feed(
    reading: Reading, limits: Limits, settings: Settings = NOTHING_SAID
) -> tuple[Plan | None, list[Columns], Iterator[Block]]:
    """Return the plan of a table, the sample it was made from as texts, and the blocks.

    The plan is None for a table without rows.
    """
    if reading.cells is not None:
        cells = reading.cells
        parts = [
            part
            for cell in cells.sample()
            if cell.content and len((part := parse(cell, cells.cutting, []))[0])
        ]
        plan = plan_of(reading.columns, reading.declared, parts, settings) if parts else None
        blocks = _of_cells(cells, plan, limits) if plan else iter(())
        return plan, parts, blocks
    blocks_of = reading.blocks()
    parts, rows, size = [], 0, 0
    for batch in blocks_of:
        if batch.num_rows:
            parts.append(list(batch.columns))
            rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= SAMPLE_ROWS or size >= SAMPLE_BYTES:
            break
    if not parts:
        return None, [], iter(())
    plan = plan_of(reading.columns, reading.declared, parts, settings)
    typed = reading.typed
    # A column of numbers that was declared to be text has no place among floats.
    fits = all(one.kind == "number" for one in plan.columns if one.declared == "number")
    if typed is not None and fits:
        return plan, parts, _of_batches(plan, (list(one.columns) for one in typed()), limits)
    whole = chain(parts, (list(one.columns) for one in blocks_of))
    return plan, parts, _of_batches(plan, whole, limits)


def _of_batches(plan: Plan, batches: Iterator[Columns], limits: Limits) -> Iterator[Block]:
    for number, columns in enumerate(batch for batch in batches if len(batch[0])):
        yield _checked(Block(number, plan, columns), limits, number)


def _of_cells(cells: TextCells, plan: Plan, limits: Limits) -> Iterator[Block]:
    floats = frozenset(one.position for one in plan.of("number") if one.clean)
    coded = frozenset(one.position for one in plan.columns if one.few)
    for cell in cells.all():
        if cell.content:
            columns = _parsed(cells, cell, floats, coded)
            if len(columns[0]):
                yield _checked(Block(cell.number, plan, columns), limits, cell.first_line)


def _parsed(cells: TextCells, cell: Cell, floats: frozenset[int], coded: frozenset[int]) -> Columns:
    """Return the columns of a cell; all as texts where one of floats holds something else."""
    ragged: list[Ragged] = []
    try:
        columns = parse(cell, cells.cutting, ragged, floats=floats, coded=coded)
    except pa.ArrowInvalid:
        return parse(cell, cells.cutting, cells.ragged, coded=coded)
    if any(endless(columns[at]) for at in floats):
        return parse(cell, cells.cutting, cells.ragged, coded=coded)
    cells.ragged.extend(ragged)
    return columns


def endless(column: pa.Array) -> bool:
    """Whether floats hold infinities or no numbers, which are told apart only as text."""
    values: Floats = column.to_numpy(zero_copy_only=False)
    filled = len(values) - int(column.null_count)
    return int(np.count_nonzero(np.isfinite(values))) != filled


def _checked(block: Block, limits: Limits, row: int) -> Block:
    if any(one.cells.bytes_max > limits.cell_bytes for one in block.words.values()):
        raise refuse("CELL_TOO_LONG", row=row, most=f"{limits.cell_bytes:,}")
    return block
