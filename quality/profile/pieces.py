"""Cells of a table become blocks and are counted: one after the other, or in several threads."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Final

import numpy as np
import pyarrow as pa
from msgspec import Struct

from quality.findings import refuse
from quality.limits import Limits
from quality.profile.blocks import Block
from quality.profile.hashing import Floats
from quality.profile.partial import Partial
from quality.profile.planned import Plan
from quality.profile.staging import Staging
from quality.profile.watching import Rules
from quality.reading import jsonl, parquet
from quality.reading.cells import Cell, Cutting, Ragged, parse
from quality.reading.cutting import cell_of
from quality.reading.layout import Layout
from quality.reading.odd import Odd
from quality.sources import ReadRange

Columns = list[pa.Array]
# Blocks of one cell have numbers of their own, so that no cell needs to know how many came before.
BLOCKS_OF_CELL_BITS: Final = 20
# Gets blocks in the order of the table.
Take = Callable[[Block], None]


class Counted:
    """What was counted of consecutive cells, and what was odd in them."""

    def __init__(self, plan: Plan) -> None:
        self.partial, self.odd = Partial(plan), Odd()

    def merge(self, other: "Counted") -> None:
        """Take the cells after these."""
        self.partial.merge(other.partial)
        self.odd.merge(other.odd)


class Work(Struct, frozen=True):
    """How a table is counted.

    Args:
        threads: how many cells are counted at once, where the file can be read anywhere
        cells_in_flight: how many cells lie in memory at once, read or counted and not yet joined
        tick: is told of bytes that were counted
        staging: gets the tables
        rules: are fed with the same blocks
    """

    threads: int = 1
    cells_in_flight: int = 4
    tick: Callable[[int], None] = lambda _: None
    staging: Staging | None = None
    rules: Rules | None = None


class Part(Struct, frozen=True, kw_only=True):
    """A table that can be read anywhere, or some cells of it."""

    layout: Layout
    plan: Plan
    read: ReadRange
    limits: Limits

    def blocks(self, cells: range, odd: Odd, tick: Callable[[int], None]) -> Iterator[Block]:
        """Yield the blocks of consecutive cells.

        Raises:
            Refused: a cell that cannot be read, or beyond its limit
        """
        layout = self.layout
        file = parquet.opened(self.read, layout) if layout.kind == "parquet" else None
        for number in cells:
            if file is None:
                cell = cell_of(self.read, layout, number)
                yield from blocks_of(cell, layout, self.plan, odd, self.limits)
            else:
                batches = parquet.batches(file, layout, number, self.limits)
                numbered = enumerate(batches, number << BLOCKS_OF_CELL_BITS)
                for at, batch in numbered:
                    if batch.num_rows:
                        yield checked(Block(at, self.plan, list(batch.columns)), self.limits, at)
            tick(layout.weight(number))

    def count(
        self, cells: range, tick: Callable[[int], None], stage: Take | None = None
    ) -> Counted:
        """Count consecutive cells, one after the other.

        Args:
            stage: gets each block
        """
        counted = Counted(self.plan)
        for block in self.blocks(cells, counted.odd, tick):
            if stage is not None:
                stage(block)
            counted.partial.add(block)
            refuse_rows(counted, self.limits)
        return counted


def refuse_rows(counted: Counted, limits: Limits) -> None:
    """Raise ``Refused`` for a table of too many rows."""
    if counted.partial.row_count > limits.rows_max:
        raise refuse("TABLE_ROWS", most=f"{limits.rows_max:,}")


def count_in_threads(part: Part, work: Work, stage: Take | None) -> Counted:
    """Count all cells, several at once, joined in their order.

    Raises:
        Refused: as for one thread; of several the first in the order of the table
    """
    size = max(work.cells_in_flight // (work.threads + 1), 1)
    count = part.layout.cell_count
    pieces = iter([range(at, min(at + size, count)) for at in range(0, count, size)])
    whole = Counted(part.plan)
    waiting: deque[Future[tuple[Counted, list[Block]]]] = deque()
    keep = stage is not None
    with ThreadPoolExecutor(work.threads) as pool:
        try:
            for cells in islice(pieces, work.threads + 1):
                waiting.append(pool.submit(_counted, part, cells, work.tick, keep=keep))
            while waiting:
                counted, blocks = waiting.popleft().result()
                if stage is not None:
                    for block in blocks:
                        stage(block)
                whole.merge(counted)
                refuse_rows(whole, part.limits)
                for cells in islice(pieces, 1):
                    waiting.append(pool.submit(_counted, part, cells, work.tick, keep=keep))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return whole


def _counted(
    part: Part, cells: range, tick: Callable[[int], None], *, keep: bool
) -> tuple[Counted, list[Block]]:
    kept: list[Block] = []
    return part.count(cells, tick, kept.append if keep else None), kept


def blocks_of(cell: Cell, layout: Layout, plan: Plan, odd: Odd, limits: Limits) -> Iterator[Block]:
    """Yield the blocks of a cell of text."""
    if not cell.content:
        return
    if layout.kind == "csv":
        columns = _parsed(cell, layout, plan, odd)
        if len(columns[0]):
            yield checked(Block(cell.number, plan, columns), limits, cell.first_line)
        return
    batches = jsonl.batches(cell, layout, odd, limits)
    for number, batch in enumerate(batches, cell.number << BLOCKS_OF_CELL_BITS):
        yield checked(Block(number, plan, list(batch.columns)), limits, cell.first_line)


def _parsed(cell: Cell, layout: Layout, plan: Plan, odd: Odd) -> Columns:
    """Return the columns of a cell; all as texts where one of floats holds something else."""
    cutting = Cutting(layout.delimiter, len(layout.columns))
    floats = frozenset(one.position for one in plan.of("number") if one.clean)
    coded = frozenset(one.position for one in plan.columns if one.few)
    ragged: list[Ragged] = []
    columns: Columns = []
    try:
        columns = parse(cell, cutting, ragged, floats=floats, coded=coded)
        plain = not any(_endless(columns[at]) for at in floats)
    except pa.ArrowInvalid:
        plain = False
    if not plain:
        ragged = []
        columns = parse(cell, cutting, ragged, coded=coded)
    odd.add_ragged(ragged)
    return columns


def _endless(column: pa.Array) -> bool:
    """Whether floats hold infinities or no numbers, which are told apart only as text."""
    values: Floats = column.to_numpy(zero_copy_only=False)
    filled = len(values) - int(column.null_count)
    return int(np.count_nonzero(np.isfinite(values))) != filled


def checked(block: Block, limits: Limits, row: int) -> Block:
    """Return a block whose cells are within their limit.

    Args:
        row: where it begins, for the refusal
    """
    if any(one.cells.bytes_max > limits.cell_bytes for one in block.words.values()):
        raise refuse("CELL_TOO_LONG", row=row, most=f"{limits.cell_bytes:,}")
    return block
