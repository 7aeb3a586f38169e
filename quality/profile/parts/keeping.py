"""Cells that break what was declared of their column, and rows that break a rule between two columns."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quality.profile.blocks import Block, Looked
from quality.profile.hashing import Floats
from quality.profile.numbers import parsed
from quality.profile.parts.places import SHOWN, Places
from quality.profile.parts.steps import NONE, Stamps
from quality.profile.parts.words import Coded, Flags, matching
from quality.profile.planned import ColumnPlan, Compared, Expected, Plan

OPERATORS: Final = {
    "<": np.less, "<=": np.less_equal, "==": np.equal, "!=": np.not_equal,
    ">=": np.greater_equal, ">": np.greater,
}  # fmt: skip


def written(value: float) -> str:
    """Return a number as people write it."""
    whole = value == np.rint(value) and abs(value) < 1e15  # noqa: PLR2004
    return str(int(value)) if whole else repr(float(value))


class Keeping:
    """Counts cells of columns of which something was declared: filled ones, broken ones, the places of each rule.

    Empty cells break nothing here; they are missing, which is counted elsewhere.
    """

    def __init__(self, plan: Plan) -> None:
        asked = [one for one in plan.columns if one.expected is not None]
        self.filled = {one.position: 0 for one in asked}
        self.broken = {one.position: 0 for one in asked}
        self.places = {
            one.position: {name: Places() for name in one.expected.rules}
            for one in asked
            if one.expected is not None
        }

    def add(self, block: Block, before: int) -> None:
        """Take the next block, which begins after ``before`` rows."""
        for at in self.filled:
            plan = block.plan.columns[at]
            assert plan.expected is not None, "only columns with expectations are kept"
            looked = block.words.get(at)
            if looked is None:
                self._floats(plan, plan.expected, block.numbers[:, block.slot(at)], before)
            else:
                self._texts(plan, plan.expected, looked, before)

    def _floats(self, plan: ColumnPlan, expected: Expected, values: Floats, before: int) -> None:
        told = ~np.isnan(values)
        flags = {name: told & bad for name, bad in _bad_numbers(expected, values).items()}
        self.filled[plan.position] += int(told.sum())
        self.broken[plan.position] += _any_count(flags)
        for name, bad in flags.items():
            rows = np.flatnonzero(bad)
            if len(rows):
                texts = [written(float(values[row])) for row in rows[:SHOWN]]
                self.places[plan.position][name].add(len(rows), rows[:SHOWN] + before, texts)

    def _texts(self, plan: ColumnPlan, expected: Expected, looked: Looked, before: int) -> None:
        cells = looked.cells
        told = ~cells.empty & ~cells.blank
        flags = {name: told & bad for name, bad in _bad_texts(expected, looked).items()}
        self.filled[plan.position] += int(cells.counts[told].sum())
        self.broken[plan.position] += _any_count(flags, cells.counts)
        for name, bad in flags.items():
            if bad.any():
                rows = cells.rows(bad, SHOWN)
                texts = [cells.values[int(cells.places[row])].as_py() for row in rows]
                count = int(cells.counts[bad].sum())
                self.places[plan.position][name].add(count, rows + before, texts)

    def merge(self, other: "Keeping", rows_before: int) -> None:
        """Take what was counted over the rows after these."""
        for at, places in other.places.items():
            self.filled[at] += other.filled[at]
            self.broken[at] += other.broken[at]
            for name, found in places.items():
                self.places[at][name].merge(found, rows_before)


def _any_count(flags: dict[str, Flags], counts: NDArray[np.int64] | None = None) -> int:
    if not flags:
        return 0
    every = np.logical_or.reduce(list(flags.values()))
    return int(every.sum() if counts is None else counts[every].sum())


def _bad_numbers(expected: Expected, values: Floats) -> dict[str, Flags]:
    flags: dict[str, Flags] = {}
    for name in expected.rules:
        if name == "kind":
            flags[name] = np.zeros(len(values), dtype=bool)
        elif name == "range":
            flags[name] = ~_inside(expected, values)
        elif name == "codes":
            flags[name] = ~np.isin(values, expected.numbers)
        else:
            texts = pa.array([written(float(one)) if one == one else "" for one in values])  # noqa: PLR0124
            flags[name] = ~matching(texts, expected.pattern or "")
    return flags


def _bad_texts(expected: Expected, looked: Looked) -> dict[str, Flags]:
    cells: Coded = looked.cells
    flags: dict[str, Flags] = {}
    values = parsed(cells.trimmed)[0] if expected.numbers or "range" in expected.rules else None
    for name in expected.rules:
        if name == "kind":
            flags[name] = looked.wrong
        elif name == "pattern":
            flags[name] = ~matching(cells.trimmed, expected.pattern or "")
        elif name == "codes":
            known = pc.is_in(cells.trimmed, value_set=pa.array(expected.codes, cells.trimmed.type))
            good = np.asarray(known.to_numpy(zero_copy_only=False), dtype=bool)
            if values is not None and expected.numbers:
                good = good | np.isin(values, expected.numbers)
            flags[name] = ~good
        else:
            assert values is not None, "numbers were read for the range"
            flags[name] = ~_inside(expected, values)
    return flags


def _inside(expected: Expected, values: Floats) -> Flags:
    """Return which values lie within the range; what is no number does not."""
    inside = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        if expected.low is not None:
            inside &= values >= expected.low
        if expected.high is not None:
            inside &= values <= expected.high
    return inside


class Relating:
    """Counts, for each rule between two columns, rows with both values, and the places of those that break it."""

    def __init__(self, plan: Plan) -> None:
        self.filled = [0 for _ in plan.relations]
        self.places = [Places() for _ in plan.relations]

    def add(self, block: Block, before: int) -> None:
        """Take the next block, which begins after ``before`` rows."""
        for at, one in enumerate(block.plan.relations):
            times = block.plan.columns[one.left].kind == "time"
            both, left, right = (_stamps if times else _values)(block, one)
            with np.errstate(invalid="ignore"):
                rows = np.flatnonzero(both & ~OPERATORS[one.op](left, right))
            self.filled[at] += int(both.sum())
            if len(rows):
                first = rows[:SHOWN]
                pairs = zip(left[first], right[first], strict=True)
                texts = [f"{_shown(low, times)} {one.op} {_shown(high, times)}" for low, high in pairs]  # fmt: skip
                self.places[at].add(len(rows), first + before, texts)

    def merge(self, other: "Relating", rows_before: int) -> None:
        """Take what was counted over the rows after these."""
        for at, found in enumerate(other.places):
            self.filled[at] += other.filled[at]
            self.places[at].merge(found, rows_before)


def _stamps(block: Block, one: Compared) -> tuple[Flags, Stamps, Stamps]:
    left, right = block.stamps[one.left], block.stamps[one.right]
    return (left != NONE) & (right != NONE), left, right


def _values(block: Block, one: Compared) -> tuple[Flags, Floats, Floats]:
    left, right = (block.numbers[:, block.slot(at)] for at in (one.left, one.right))
    return ~np.isnan(left) & ~np.isnan(right), left, right


def _shown(value: float, times: bool) -> str:  # noqa: FBT001 - said once, above
    if times:
        text = str(np.datetime64(int(value), "us"))
        return text.replace("T", " ").removesuffix(".000000")
    return written(float(value))
