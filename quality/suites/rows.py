"""Rules over several columns of one row: pairs, sums, keys, and rules that are written as a small tree."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from quality.profile.blocks import factor
from quality.profile.hashing import NULL, Hashes
from quality.profile.planned import ColumnPlan
from quality.suites.arguments import STATES, columns_of
from quality.suites.cells import measured, mostly_of
from quality.suites.keys import Keys
from quality.suites.parts import NotRun, Part, RowPart, all_of, any_of
from quality.suites.suite import Expectation
from quality.suites.types import ROW_RULE
from quality.suites.viewing import Flags, Floats, View, hashes_of, micro_of

Columns = dict[str, ColumnPlan]
MICRO_S: Final = 1e6
_COMPARED: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    "==": np.equal, "!=": np.not_equal,
}  # fmt: skip


def row_part(rule: Expectation, columns: Columns) -> Part:
    """Return what counts a rule over several columns.

    Args:
        columns: the plans of the columns that the rule names

    Raises:
        NotRun: columns of kinds that cannot be compared
    """
    mostly = mostly_of(rule)
    named = {name: plan.position for name, plan in columns.items()}
    if rule.type == ROW_RULE:
        return RowPart(named, _tree(rule, columns), mostly)
    if rule.type.startswith("expect_column_pair"):
        pair = columns[rule.kwargs["column_A"]], columns[rule.kwargs["column_B"]]
        return RowPart(named, _pair(rule, pair), mostly)
    ignore = rule.kwargs.get("ignore_row_if", "all_values_are_missing")
    places = list(named.values())
    if rule.type == "expect_compound_columns_to_be_unique":
        return Keys(lambda view: _row_hashes(view, places, ignore), mostly, columns=named)
    if rule.type == "expect_multicolumn_sum_to_equal":
        return RowPart(named, _sum(rule, list(columns.values()), ignore), mostly)
    different = rule.type == "expect_select_column_values_to_be_unique_within_record"
    judge = _different if different else _equal
    return RowPart(named, lambda view: judge(view, places, ignore), mostly)


def counted_rows(view: View, places: list[int], ignore: str) -> Flags:
    """Return which rows count, by what becomes of missing cells."""
    filled = [view.filled(at) for at in places]
    if ignore in ("either_value_is_missing", "any_value_is_missing"):
        return all_of(filled)
    if ignore in ("both_values_are_missing", "all_values_are_missing"):
        return any_of(filled)
    return np.ones(view.rows, dtype=bool)


def _row_hashes(view: View, places: list[int], ignore: str) -> tuple[Flags, Hashes]:
    total = np.zeros(view.rows, dtype=np.uint64)
    for order, at in enumerate(places):
        total += view.hashes(at) * factor(order)
    return counted_rows(view, places, ignore), total ^ (total >> np.uint64(29))


def _different(view: View, places: list[int], ignore: str) -> tuple[Flags, Flags]:
    """Say which rows hold another value in each column; missing cells are one value."""
    cells = np.sort(np.stack([view.hashes(at) for at in places]), axis=0)
    return counted_rows(view, places, ignore), (cells[1:] != cells[:-1]).all(axis=0)


def _equal(view: View, places: list[int], ignore: str) -> tuple[Flags, Flags]:
    """Say which rows hold the same value in every column; missing cells are one value."""
    first, *others = (view.hashes(at) for at in places)
    return counted_rows(view, places, ignore), all_of([first == other for other in others])


def _sum(
    rule: Expectation, plans: list[ColumnPlan], ignore: str
) -> Callable[[View], tuple[Flags, Flags]]:
    if any(plan.kind != "number" for plan in plans):
        raise NotRun("숫자가 아닌 열은 더할 수 없습니다.", "Only columns of numbers can be added.")
    places, wanted = [plan.position for plan in plans], float(rule.kwargs["sum_total"])

    def test(view: View) -> tuple[Flags, Flags]:
        total = np.zeros(view.rows)
        for at in places:
            total = total + view.numbers(at)
        return counted_rows(view, places, ignore), total == wanted

    return test


def _pair(
    rule: Expectation, pair: tuple[ColumnPlan, ColumnPlan]
) -> Callable[[View], tuple[Flags, Flags]]:
    first, second = pair
    if first.kind != second.kind:
        raise NotRun(
            f"'{first.name}' 열과 '{second.name}' 열은 종류가 달라 견줄 수 없습니다.",
            f"Columns '{first.name}' and '{second.name}' are of different kinds and cannot be compared.",
        )
    places = [first.position, second.position]
    ignore = rule.kwargs.get("ignore_row_if", "both_values_are_missing")
    if rule.type == "expect_column_pair_values_to_be_equal":

        def equal(view: View) -> tuple[Flags, Flags]:
            one, other = (view.hashes(at) for at in places)
            return counted_rows(view, places, ignore), (one == other) & (one != NULL)

        return equal
    measured(first)
    compare = np.greater_equal if rule.kwargs.get("or_equal") else np.greater

    def greater(view: View) -> tuple[Flags, Flags]:
        one, other = (
            (view.numbers if first.kind == "number" else view.stamps)(at) for at in places
        )
        both = all_of([view.filled(at) for at in places])
        return counted_rows(view, places, ignore), compare(one, other) & both

    return greater


def _tree(rule: Expectation, columns: Columns) -> Callable[[View], tuple[Flags, Flags]]:
    """Return the test of a rule that is a tree of columns, values and operations, with or without a condition."""
    test = _compared(rule.kwargs["rule"], columns)
    when = rule.kwargs.get("when")
    if when is None:
        return test
    condition = _compared(when, columns)

    def limited(view: View) -> tuple[Flags, Flags]:
        counted, kept = test(view)
        asked, true = condition(view)
        return counted & asked & true, kept

    return limited


def _compared(tree: dict[str, Any], columns: Columns) -> Callable[[View], tuple[Flags, Flags]]:
    comparison = tree["comparison"]
    if comparison in STATES:
        return _state(columns[tree["left"]["column"]].position, filled=comparison == "is_filled")
    kinds = {columns[name].kind for name in columns_of(tree)}
    if kinds == {"text"} or (kinds == {"time"} and _constants(tree)):
        return _by_value(tree, columns)
    if "text" in kinds:
        raise NotRun(
            "글자 열과 숫자 열은 견줄 수 없습니다.",
            "Columns of text and of numbers cannot be compared.",
        )
    if _constants(tree) and any(isinstance(one, str) for one in _constants(tree)):
        raise NotRun(
            "숫자 열은 글자와 견줄 수 없습니다.", "Columns of numbers cannot be compared with text."
        )
    left, right = (_figures(tree[side], columns) for side in ("left", "right"))
    tolerance = float(tree.get("tolerance", 0))

    def test(view: View) -> tuple[Flags, Flags]:
        with np.errstate(all="ignore"):
            one, other = left(view), right(view)
            counted = ~(np.isnan(one) | np.isnan(other))
            return counted, _within(comparison, one, other, tolerance)

    return test


def _within(comparison: str, one: Floats, other: Floats, tolerance: float) -> Flags:
    if not tolerance:
        return np.asarray(_COMPARED[comparison](one, other), dtype=bool)
    near = np.abs(one - other) <= tolerance
    if comparison == "==":
        return near
    if comparison == "!=":
        return ~near
    return np.asarray(near | _COMPARED[comparison](one, other), dtype=bool)


def _state(at: int, *, filled: bool) -> Callable[[View], tuple[Flags, Flags]]:
    def test(view: View) -> tuple[Flags, Flags]:
        there = view.filled(at)
        return np.ones(view.rows, dtype=bool), there if filled else ~there

    return test


def _constants(tree: Any) -> list[Any]:
    found = []
    for name, inner in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if name == "value":
            found.append(inner)
        elif isinstance(inner, dict | list):
            found += _constants(inner)
    return found


def _by_value(tree: dict[str, Any], columns: Columns) -> Callable[[View], tuple[Flags, Flags]]:
    """Return the test of texts, or of times against a time that is written."""
    sides = [_plain(tree[side], columns) for side in ("left", "right")]
    kind = next(columns[name].kind for name in columns_of(tree))
    if kind == "time":
        return _by_time(tree["comparison"], sides)
    if tree["comparison"] not in ("==", "!="):
        raise NotRun(
            "글자는 같은지 다른지만 견줄 수 있습니다.", "Texts can only be equal or different."
        )

    def hashes(view: View, side: ColumnPlan | str) -> Hashes:
        if isinstance(side, ColumnPlan):
            return view.hashes(side.position)
        known = hashes_of([side], "text")
        return np.full(view.rows, known[0] if len(known) else NULL)

    def test(view: View) -> tuple[Flags, Flags]:
        one, other = (hashes(view, side) for side in sides)
        same = one == other
        return (one != NULL) & (other != NULL), same if tree["comparison"] == "==" else ~same

    return test


def _plain(side: dict[str, Any], columns: Columns) -> ColumnPlan | str:
    if "column" in side:
        return columns[side["column"]]
    if isinstance(side.get("value"), str):
        return str(side["value"])
    raise NotRun("글자나 일시는 셈할 수 없습니다.", "Texts and times cannot be calculated with.")


def _by_time(
    comparison: str, sides: list[ColumnPlan | str]
) -> Callable[[View], tuple[Flags, Flags]]:
    try:
        ends = [side if isinstance(side, ColumnPlan) else micro_of(side) for side in sides]
    except AssertionError:
        raise NotRun(
            "일시는 2024-01-31 09:00:00처럼 적으십시오.", "Write times like 2024-01-31 09:00:00."
        ) from None

    def test(view: View) -> tuple[Flags, Flags]:
        one, other = (
            view.stamps(end.position) if isinstance(end, ColumnPlan) else end for end in ends
        )
        there = all_of([view.filled(end.position) for end in ends if isinstance(end, ColumnPlan)])
        return there, np.asarray(_COMPARED[comparison](one, other), dtype=bool)

    return test


def _figures(side: dict[str, Any], columns: Columns) -> Callable[[View], Floats]:
    """Return what gives the figures of one side, nan where a cell is missing; times are in seconds."""
    name, inner = next(iter(side.items()))
    if name == "value":
        return lambda view: np.full(view.rows, float(inner))
    if name == "column":
        plan = columns[inner]
        if plan.kind == "number":
            return lambda view: view.numbers(plan.position)
        return lambda view: np.where(
            view.filled(plan.position), view.stamps(plan.position) / MICRO_S, np.nan
        )
    parts = [_figures(one, columns) for one in inner]
    operate = {
        "add": np.add,
        "subtract": np.subtract,
        "multiply": np.multiply,
        "divide": np.divide,
    }[name]

    def calculated(view: View) -> Floats:
        result = parts[0](view)
        for part in parts[1:]:
            result = operate(result, part(view))
        return np.where(np.isfinite(result), result, np.nan)

    return calculated
