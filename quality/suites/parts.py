"""What is counted for a rule, block by block; two neighbours can be joined, in any grouping with one result."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from msgspec import Struct

from quality.suites.results import Unexpected
from quality.suites.viewing import SHOWN, Flags, View


class NotRun(Exception):
    """Why a rule cannot be run on a table."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(en)
        self.ko, self.en = ko, en


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a rule: counts of cells for rules about cells, ``observed`` for others."""

    success: bool
    element_count: int | None = None
    missing_count: int | None = None
    unexpected_count: int | None = None
    observed: Any = None
    details: dict[str, Any] = {}
    places: tuple[Unexpected, ...] = ()


class Part(Protocol):
    """Counts of one rule over consecutive blocks."""

    def add(self, view: View, before: int, /) -> None:
        """Take the next block, which begins after so many rows."""

    def merge(self, other: Any, before: int, /) -> None:
        """Take the blocks after these, which begin after so many rows."""

    def finish(self) -> Outcome:
        """Say what came of it."""


class Cells:
    """A count of cells that break a rule, and the first of them."""

    def __init__(self) -> None:
        self.rows = self.counted = self.broken = 0
        self.first: list[Unexpected] = []

    def take(
        self, view: View, before: int, ok: tuple[Flags, Flags], shown: Callable[[int], Any]
    ) -> None:
        """Take a block.

        Args:
            ok: which rows count at all, and which of them keep the rule, shape (n,) each
            shown: gives what stands in a row of the block
        """
        counted, kept = ok
        broken = counted & ~kept
        count = int(np.count_nonzero(broken))
        self.rows += view.rows
        self.counted += int(np.count_nonzero(counted))
        self.broken += count
        if count and len(self.first) < SHOWN:
            rows = np.flatnonzero(broken)[: SHOWN - len(self.first)].tolist()
            self.first += [Unexpected(before + row + 1, shown(row)) for row in rows]

    def merge(self, other: "Cells", before: int) -> None:
        """Take what another counted in the rows after ``before``."""
        self.rows += other.rows
        self.counted += other.counted
        self.broken += other.broken
        self.first += moved(other.first[: SHOWN - len(self.first)], before)

    def outcome(self, mostly: float, *, every: bool = False) -> Outcome:
        """Return what came of it.

        Args:
            every: missing cells are not told apart, since the rule is about them
        """
        return Outcome(
            success=holds(self.counted, self.broken, mostly),
            element_count=self.rows,
            missing_count=None if every else self.rows - self.counted,
            unexpected_count=self.broken,
            places=tuple(self.first),
        )


def moved(places: list[Unexpected], before: int) -> list[Unexpected]:
    """Return places with rows counted from the beginning of the table."""
    return [Unexpected(one.row + before, one.value) for one in places]


def holds(counted: int, broken: int, mostly: float) -> bool:
    """Whether enough cells keep a rule; where there are none it holds."""
    return counted == 0 or (counted - broken) / counted >= mostly


Test = Callable[[View], Flags]


class CellPart:
    """A rule that each cell of one column keeps or breaks by itself.

    Args:
        at: position of the column
        test: says of each row of a block whether the rule is kept; asked for cells that are there alone
        every: missing cells count, too, and are shown as they stand in the file
    """

    def __init__(self, at: int, test: Test, mostly: float, *, every: bool = False) -> None:
        self.at, self.test, self.mostly, self.every = at, test, mostly, every
        self.cells = Cells()

    def add(self, view: View, before: int) -> None:
        counted = np.ones(view.rows, dtype=bool) if self.every else view.filled(self.at)
        show = view.written if self.every else view.value
        self.cells.take(view, before, (counted, self.test(view)), lambda row: show(self.at, row))

    def merge(self, other: "CellPart", before: int) -> None:
        self.cells.merge(other.cells, before)

    def finish(self) -> Outcome:
        return self.cells.outcome(self.mostly, every=self.every)


class RowPart:
    """A rule over several columns of one row.

    Args:
        test: says of each row whether it counts, and whether it keeps the rule
        named: positions of the columns with their names, for what is shown
    """

    def __init__(
        self, named: dict[str, int], test: Callable[[View], tuple[Flags, Flags]], mostly: float
    ) -> None:
        self.named, self.test, self.mostly = named, test, mostly
        self.cells = Cells()

    def add(self, view: View, before: int) -> None:
        self.cells.take(view, before, self.test(view), lambda row: shown_row(view, self.named, row))

    def merge(self, other: "RowPart", before: int) -> None:
        self.cells.merge(other.cells, before)

    def finish(self) -> Outcome:
        return self.cells.outcome(self.mostly)


def shown_row(view: View, named: dict[str, int], row: int) -> dict[str, Any]:
    """Return what stands in some columns of a row."""
    return {name: view.value(at, row) for name, at in named.items()}


class OrderPart:
    """Values that rise or fall from one to the next; missing cells are stepped over.

    Args:
        sign: 1 for rising, -1 for falling
        strictly: equal neighbours break the rule
    """

    def __init__(self, at: int, sign: int, mostly: float, *, strictly: bool) -> None:
        self.at, self.sign, self.mostly, self.strictly = at, sign, mostly, strictly
        self.cells = Cells()
        self.first: tuple[int, Any, Unexpected] | None = None
        self.last: Any = None

    def add(self, view: View, before: int) -> None:
        filled = view.filled(self.at)
        rows = np.flatnonzero(filled)
        values = (view.numbers if view.kind(self.at) == "number" else view.stamps)(self.at)[rows]
        kept = np.ones(view.rows, dtype=bool)
        if len(rows):
            kept[rows[1:]] = self._ordered(values[:-1], values[1:])
            if self.first is None:
                row = int(rows[0])
                place = Unexpected(before + row + 1, view.value(self.at, row))
                self.first = (before + row, values[0], place)
            else:
                kept[rows[0]] = self._ordered(self.last, values[0])
            self.last = values[-1]
        self.cells.take(view, before, (filled, kept), lambda row: view.value(self.at, row))

    def _ordered(self, one: Any, after: Any) -> Any:
        if self.strictly:
            return after > one if self.sign > 0 else after < one
        return after >= one if self.sign > 0 else after <= one

    def merge(self, other: "OrderPart", before: int) -> None:
        if other.first is not None:
            row, value, place = other.first
            here = Unexpected(place.row + before, place.value)
            if self.first is None:
                self.first = (row + before, value, here)
            elif not self._ordered(self.last, value):
                self.cells.broken += 1
                if len(self.cells.first) < SHOWN:
                    self.cells.first.append(here)
            self.last = other.last
        self.cells.merge(other.cells, before)

    def finish(self) -> Outcome:
        return self.cells.outcome(self.mostly)


def all_of(flags: list[Flags]) -> Flags:
    """Return the rows in which all flags are set."""
    return np.asarray(np.logical_and.reduce(flags), dtype=bool)


def any_of(flags: list[Flags]) -> Flags:
    """Return the rows in which any flag is set."""
    return np.asarray(np.logical_or.reduce(flags), dtype=bool)
