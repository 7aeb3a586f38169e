"""Rules about a whole column: its mean, its ends, its different values."""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quality.profile.hashing import Hashes, numbers_of, unmixed
from quality.profile.parts.moments import Moments
from quality.profile.planned import ColumnPlan
from quality.suites.cells import between, ends_for, measured
from quality.suites.parts import NotRun, Outcome, Part
from quality.suites.suite import Expectation
from quality.suites.viewing import View, hashes_of, hidden, micro_of, shown_value

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
LISTED_MAX: Final = 20
NAMES_MAX: Final = 32_768
VALUES_MAX: Final = 60_000_000
CLOSE: Final = 1e-4


def figure_part(rule: Expectation, plan: ColumnPlan) -> Part:
    """Return what counts a rule about a whole column.

    Raises:
        NotRun: the rule is not for columns of this kind
    """
    name = rule.type.removeprefix("expect_column_").removesuffix("_to_be_between")
    if name in ("min", "max"):
        ends_for(plan, rule.kwargs)
        return Extremes(rule, plan, highest=name == "max")
    if name in ("mean", "stdev", "sum"):
        _numbers_alone(plan)
        return Sums(rule, plan, name)
    if name == "proportion_of_non_null_values":
        return Filled(rule, plan)
    if name in ("median", "quantile_values"):
        _numbers_alone(plan)
    return Values(rule, plan, _FINISHES[name])


def _numbers_alone(plan: ColumnPlan) -> None:
    measured(plan)
    if plan.kind == "time":
        raise NotRun(
            f"'{plan.name}' 열은 숫자가 아니라 일시입니다.",
            f"Column '{plan.name}' holds times, not numbers.",
        )


def judged(observed: float | int | None, kwargs: dict[str, Any]) -> Outcome:
    """Return what comes of a figure that must lie between ends; without a figure it does not."""
    inside = observed is not None and bool(between(kwargs, lambda end: end)(observed))
    return Outcome(success=inside, observed=observed)


class Extremes:
    """The lowest or highest value of a column."""

    def __init__(self, rule: Expectation, plan: ColumnPlan, *, highest: bool) -> None:
        self.rule, self.plan, self.highest = rule, plan, highest
        self.found: Any = None

    def add(self, view: View, _before: int) -> None:
        at = self.plan.position
        values = (view.numbers if self.plan.kind == "number" else view.stamps)(at)[view.filled(at)]
        if len(values):
            self._take(values.max() if self.highest else values.min())

    def _take(self, value: Any) -> None:
        if self.found is None:
            self.found = value
        else:
            self.found = max(self.found, value) if self.highest else min(self.found, value)

    def merge(self, other: "Extremes", _before: int) -> None:
        if other.found is not None:
            self._take(other.found)

    def finish(self) -> Outcome:
        if self.found is None:
            return Outcome(success=False)
        convert = micro_of if self.plan.kind == "time" else float
        inside = bool(between(self.rule.kwargs, convert)(self.found))
        return Outcome(success=inside, observed=shown_value(self.found, self.plan.kind))


class Sums:
    """Mean, standard deviation (n - 1) or sum of a column of numbers."""

    def __init__(self, rule: Expectation, plan: ColumnPlan, name: str) -> None:
        self.rule, self.at, self.name = rule, plan.position, name
        self.moments = Moments(1)
        self.sums: list[tuple[int, float]] = []

    def add(self, view: View, _before: int) -> None:
        values = view.numbers(self.at)
        self.moments.add(view.block.number, values.reshape(-1, 1))
        self.sums.append((view.block.number, float(np.nansum(values))))

    def merge(self, other: "Sums", _before: int) -> None:
        self.moments.merge(other.moments)
        self.sums += other.sums

    def finish(self) -> Outcome:
        folded = self.moments.folded()
        count = int(folded.count[0])
        if self.name == "sum":
            observed: float | None = math.fsum(one for _, one in sorted(self.sums))
        elif self.name == "mean":
            observed = float(folded.mean[0]) if count else None
        else:
            observed = math.sqrt(float(folded.squares[0]) / (count - 1)) if count > 1 else None
        if observed is not None and not math.isfinite(observed):
            observed = None
        return judged(observed, self.rule.kwargs)


class Filled:
    """The share of cells that hold a value."""

    def __init__(self, rule: Expectation, plan: ColumnPlan) -> None:
        self.rule, self.at = rule, plan.position
        self.rows = self.filled = 0

    def add(self, view: View, _before: int) -> None:
        self.rows += view.rows
        self.filled += int(np.count_nonzero(view.filled(self.at)))

    def merge(self, other: "Filled", _before: int) -> None:
        self.rows += other.rows
        self.filled += other.filled

    def finish(self) -> Outcome:
        return judged(self.filled / self.rows if self.rows else 0, self.rule.kwargs)


class Values:
    """The different values of a column with how often each stands.

    Args:
        judge: says what comes of them
    """

    def __init__(self, rule: Expectation, plan: ColumnPlan, judge: "Judge") -> None:
        self.rule, self.plan, self.judge = rule, plan, judge
        self.row_count = 0
        self.blocks: list[tuple[Hashes, Counts]] = []
        self.waiting = 0
        self.names: dict[int, str] = {}

    def add(self, view: View, _before: int) -> None:
        at = self.plan.position
        self.row_count += view.rows
        if self.plan.kind == "text":
            cells = view.coded(at)
            there = ~cells.empty
            hashes, counts = cells.value_hashes[there], cells.counts[there]
            if len(self.names) < NAMES_MAX:
                self.names |= zip(
                    hashes.tolist(), cells.values.filter(there).to_pylist(), strict=True
                )
        else:
            known = view.hashes(at)[view.filled(at)]
            hashes, counts = np.unique(known, return_counts=True)
        self._keep(hashes, counts)

    def _keep(self, hashes: Hashes, counts: Counts) -> None:
        self.blocks.append((hashes, counts.astype(np.int32)))
        self.waiting += len(hashes)
        if len(self.blocks) > 1 and self.waiting > 2 * len(self.blocks[0][0]) + NAMES_MAX:
            self.settle()

    def settle(self) -> None:
        """Put equal values together."""
        hashes = np.concatenate([np.empty(0, dtype=np.uint64), *(one for one, _ in self.blocks)])
        counts = np.concatenate([np.empty(0, dtype=np.int32), *(one for _, one in self.blocks)])
        order = np.argsort(hashes, kind="stable")
        hashes, counts = hashes[order], counts[order]
        if len(hashes):
            starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]]))
            hashes, counts = hashes[starts], np.add.reduceat(counts, starts)
        if len(hashes) > VALUES_MAX:
            raise NotRun(
                f"서로 다른 값이 {VALUES_MAX:,}가지보다 많아 셀 수 없습니다.",
                f"More than {VALUES_MAX:,} different values cannot be counted.",
            )
        self.blocks, self.waiting = [(hashes, counts)], len(hashes)

    def merge(self, other: "Values", _before: int) -> None:
        self.row_count += other.row_count
        self.names |= other.names
        for hashes, counts in other.blocks:
            self._keep(hashes, counts)

    def finish(self) -> Outcome:
        self.settle()
        hashes, counts = self.blocks[0]
        return self.judge(self, hashes, counts.astype(np.int64))

    def shown(self, hashes: Hashes) -> list[Any]:
        """Return some of the values that stand behind hashes, in order."""
        if self.plan.kind == "text":
            known = [hidden(self.names[one]) for one in hashes.tolist() if one in self.names]
            return sorted(known)[:LISTED_MAX]
        values = unmixed(hashes).view(np.int64) if self.plan.kind == "time" else numbers_of(hashes)
        return [shown_value(one, self.plan.kind) for one in np.sort(values)[:LISTED_MAX]]


Judge = Callable[[Values, Hashes, Counts], Outcome]


def _unique_count(values: Values, hashes: Hashes, _counts: Counts) -> Outcome:
    return judged(len(hashes), values.rule.kwargs)


def _unique_share(values: Values, hashes: Hashes, counts: Counts) -> Outcome:
    filled = int(counts.sum())
    return judged(len(hashes) / filled if filled else 0, values.rule.kwargs)


def _median(values: Values, hashes: Hashes, counts: Counts) -> Outcome:
    numbers, ends = _ordered(hashes, counts)
    if not len(numbers):
        return Outcome(success=False)
    total = int(ends[-1])
    pair = [_ranked(numbers, ends, place) for place in ((total - 1) // 2, total // 2)]
    return judged((pair[0] + pair[1]) / 2, values.rule.kwargs)


def _quantiles(values: Values, hashes: Hashes, counts: Counts) -> Outcome:
    ranges = values.rule.kwargs["quantile_ranges"]
    points = ranges["quantiles"]
    numbers, ends = _ordered(hashes, counts)
    if not len(numbers):
        nothing = {"quantiles": points, "values": [None for _ in points]}
        return Outcome(success=False, observed=nothing)
    total = int(ends[-1])
    # The nearest value, of two equally near the one with the even place.
    found = [_ranked(numbers, ends, round((total - 1) * point)) for point in points]
    kept = [
        _in_range(one, low, high)
        for one, (low, high) in zip(found, ranges["value_ranges"], strict=True)
    ]
    return Outcome(
        success=all(kept),
        observed={"quantiles": points, "values": found},
        details={"success_details": kept},
    )


def _in_range(value: float, low: float | None, high: float | None) -> bool:
    near = any(end is not None and math.isclose(value, end, rel_tol=CLOSE) for end in (low, high))
    return near or ((low is None or value >= low) and (high is None or value <= high))


def _ordered(hashes: Hashes, counts: Counts) -> tuple[Floats, Counts]:
    numbers = numbers_of(hashes) if len(hashes) else np.empty(0)
    order = np.argsort(numbers)
    return numbers[order], np.cumsum(counts[order])


def _ranked(numbers: Floats, ends: Counts, place: int) -> float:
    return float(numbers[np.searchsorted(ends, place, side="right")])


def _most_common(values: Values, hashes: Hashes, counts: Counts) -> Outcome:
    kwargs = values.rule.kwargs
    if not len(hashes):
        return Outcome(success=False, observed=[])
    most = hashes[counts == counts.max()]
    among = int(np.isin(most, hashes_of(kwargs["value_set"], values.plan.kind)).sum())
    success = among > 0 if kwargs.get("ties_okay") else len(most) == 1 and among == 1
    return Outcome(success=success, observed=values.shown(most))


def _distinct(*, inside: bool, whole: bool) -> Judge:
    """Return what judges the different values of a column against a set.

    Args:
        inside: no other value may stand there
        whole: every value of the set must
    """

    def judge(values: Values, hashes: Hashes, _counts: Counts) -> Outcome:
        asked = values.rule.kwargs["value_set"]
        wanted = hashes_of(asked, values.plan.kind)
        others = hashes[~np.isin(hashes, wanted)] if inside else hashes[:0]
        lacking = (
            [
                one
                for one in dict.fromkeys(map(str, asked) if values.plan.kind == "text" else asked)
                if not np.isin(hashes_of([one], values.plan.kind), hashes).any()
            ]
            if whole
            else []
        )
        details: dict[str, Any] = {}
        if inside:
            details |= {
                "unexpected_count": len(others),
                "partial_unexpected_list": values.shown(others),
            }
        if whole:
            details |= {"missing_count": len(lacking), "partial_missing_list": lacking[:LISTED_MAX]}
        return Outcome(success=not len(others) and not lacking, details=details)

    return judge


_FINISHES: Final[dict[str, Judge]] = {
    "unique_value_count": _unique_count,
    "proportion_of_unique_values": _unique_share,
    "median": _median,
    "quantile_values": _quantiles,
    "most_common_value_to_be_in_set": _most_common,
    "distinct_values_to_be_in_set": _distinct(inside=True, whole=False),
    "distinct_values_to_contain_set": _distinct(inside=False, whole=True),
    "distinct_values_to_equal_set": _distinct(inside=True, whole=True),
}
