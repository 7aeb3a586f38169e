"""Rules that a cell keeps or breaks by itself, as tests of the cells of a block."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow.compute as pc

from quality.profile.numbers import parsed
from quality.profile.planned import ColumnPlan
from quality.suites.parts import CellPart, NotRun, OrderPart, Part, Test, all_of, any_of
from quality.suites.patterns import Pattern
from quality.suites.suite import Expectation
from quality.suites.viewing import Flags, View, hashes_of, micro_of

# What the names of types mean here; case does not matter.
TYPE_NAMES: Final = {
    "integer": ("int", "integer", "bigint", "smallint", "int8", "int16", "int32", "int64", "long", "integertype", "longtype"),
    "number": ("float", "float32", "float64", "double", "number", "numeric", "decimal", "real", "doubletype", "floattype"),
    "time": ("datetime", "datetime64", "datetime64[ns]", "datetime64[us]", "timestamp", "date", "time", "timestamptype", "datetype"),
    "boolean": ("bool", "boolean", "bool_", "booleantype"),
    "text": ("str", "string", "object", "text", "varchar", "char", "stringtype"),
}  # fmt: skip
BOOLEANS: Final = [
    "true",
    "false",
    "True",
    "False",
    "TRUE",
    "FALSE",
    "Y",
    "N",
    "y",
    "n",
    "yes",
    "no",
]


def mostly_of(rule: Expectation) -> float:
    """Return the share of cells that must keep a rule."""
    return float(rule.kwargs.get("mostly", 1.0))


def cell_part(rule: Expectation, plan: ColumnPlan) -> Part:
    """Return what counts a rule about the cells of a column.

    Raises:
        NotRun: the rule is not for columns of this kind
    """
    kwargs, at, mostly = rule.kwargs, plan.position, mostly_of(rule)
    name = rule.type.removeprefix("expect_column_")
    if name == "values_to_not_be_null":
        return CellPart(at, lambda view: view.filled(at), mostly, every=True)
    if name == "values_to_be_null":
        return CellPart(at, lambda view: ~view.filled(at), mostly, every=True)
    if name in ("values_to_be_increasing", "values_to_be_decreasing"):
        measured(plan)
        sign = 1 if name.endswith("increasing") else -1
        return OrderPart(at, sign, mostly, strictly=bool(kwargs.get("strictly")))
    if name in ("values_to_be_of_type", "values_to_be_in_type_list", "type_to_be"):
        return TypePart(rule, plan)
    return CellPart(at, _TESTS[name](kwargs, plan), mostly)


def measured(plan: ColumnPlan) -> None:
    """Refuse columns that hold neither numbers nor times."""
    if plan.kind == "text":
        raise NotRun(
            f"'{plan.name}' 열은 숫자나 일시가 아니라 글자입니다.",
            f"Column '{plan.name}' holds text, not numbers or times.",
        )


def between(kwargs: dict[str, Any], convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a test of values against the ends that arguments name."""
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    low, high = (None if end is None else convert(end) for end in (low, high))

    def inside(values: Any) -> Any:
        kept = np.ones(np.shape(values), dtype=bool)
        if low is not None:
            kept &= values > low if kwargs.get("strict_min") else values >= low
        if high is not None:
            kept &= values < high if kwargs.get("strict_max") else values <= high
        return kept

    return inside


def ends_for(plan: ColumnPlan, kwargs: dict[str, Any]) -> Callable[[Any], Any]:
    """Return a test of the values of a column of numbers or times against ends of the same kind.

    Raises:
        NotRun: the column holds text, or the ends are of the other kind
    """
    measured(plan)
    wanted = str if plan.kind == "time" else int | float
    ends = [kwargs[name] for name in ("min_value", "max_value") if name in kwargs]
    if not all(isinstance(end, wanted) for end in ends):
        word = ("일시", "times") if plan.kind == "time" else ("숫자", "numbers")
        raise NotRun(
            f"'{plan.name}' 열은 {word[0]}이므로 최소·최대도 {word[0]}여야 합니다.",
            f"Column '{plan.name}' holds {word[1]}, so its ends must be {word[1]}.",
        )
    return between(kwargs, micro_of if plan.kind == "time" else float)


def _between(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    inside, at = ends_for(plan, kwargs), plan.position
    if plan.kind == "time":
        return lambda view: inside(view.stamps(at))
    return lambda view: inside(view.numbers(at))


def _in_set(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    hashes, at = hashes_of(kwargs["value_set"], plan.kind), plan.position

    def test(view: View) -> Flags:
        if plan.kind == "text":
            cells = view.coded(at)
            return np.isin(cells.value_hashes, hashes)[cells.places]
        return np.isin(view.hashes(at), hashes)

    return test


def _not_in_set(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    inside = _in_set(kwargs, plan)
    return lambda view: ~inside(view)


def _by_text(plan: ColumnPlan, test: Callable[[Any], Flags]) -> Test:
    """Return a test that looks at each different text of a block once."""

    def spread(view: View) -> Flags:
        texts, places, there = view.texts(plan.position)
        kept = np.zeros(len(texts), dtype=bool)
        if there.all():
            kept = test(texts)
        elif there.any():
            kept[there] = test(texts.filter(there))
        return kept[places]

    return spread


def _matching(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    return _by_text(plan, Pattern(kwargs["regex"]).found_in)


def _not_matching(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    found_in = Pattern(kwargs["regex"]).found_in
    return _by_text(plan, lambda texts: ~found_in(texts))


def _matching_list(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    patterns = [Pattern(one) for one in kwargs["regex_list"]]
    join = all_of if kwargs.get("match_on") == "all" else any_of
    return _by_text(plan, lambda texts: join([one.found_in(texts) for one in patterns]))


def _not_matching_list(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    patterns = [Pattern(one) for one in kwargs["regex_list"]]
    return _by_text(plan, lambda texts: ~any_of([one.found_in(texts) for one in patterns]))


def _like(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    patterns = kwargs.get("like_pattern_list") or [kwargs["like_pattern"]]
    join = all_of if kwargs.get("match_on") == "all" else any_of

    def found_in(texts: Any) -> Flags:
        return join(
            [
                np.asarray(pc.match_like(texts, one).to_numpy(zero_copy_only=False), dtype=bool)
                for one in patterns
            ]
        )

    return _by_text(plan, found_in)


def _not_like(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    alike = _like({**kwargs, "match_on": "any"}, plan)
    return lambda view: ~alike(view)


def _lengths(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    ends = (
        {"min_value": kwargs["value"], "max_value": kwargs["value"]}
        if "value" in kwargs
        else kwargs
    )
    inside = between(ends, int)
    return _by_text(
        plan, lambda texts: inside(pc.utf8_length(texts).to_numpy(zero_copy_only=False))
    )


def _each(plan: ColumnPlan, test: Callable[[str], bool]) -> Test:
    if plan.kind != "text":
        raise NotRun(
            f"'{plan.name}' 열은 글자가 아닙니다. 이 규칙은 글자 열에만 쓸 수 있습니다.",
            f"Column '{plan.name}' holds no text, which this rule is for.",
        )
    return _by_text(
        plan, lambda texts: np.array([test(one) for one in texts.to_pylist()], dtype=bool)
    )


def _strftime(kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    def reads(text: str) -> bool:
        try:
            datetime.strptime(text, kwargs["strftime_format"])  # noqa: DTZ007 - the form says its zone
        except ValueError:
            return False
        return True

    return _each(plan, reads)


def _json(_kwargs: dict[str, Any], plan: ColumnPlan) -> Test:
    def reads(text: str) -> bool:
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return False
        return True

    return _each(plan, reads)


_TESTS: Final[dict[str, Callable[[dict[str, Any], ColumnPlan], Test]]] = {
    "values_to_be_between": _between,
    "values_to_be_in_set": _in_set,
    "values_to_not_be_in_set": _not_in_set,
    "values_to_match_regex": _matching,
    "values_to_not_match_regex": _not_matching,
    "values_to_match_regex_list": _matching_list,
    "values_to_not_match_regex_list": _not_matching_list,
    "values_to_match_like_pattern": _like,
    "values_to_match_like_pattern_list": _like,
    "values_to_not_match_like_pattern": _not_like,
    "values_to_not_match_like_pattern_list": _not_like,
    "value_lengths_to_be_between": _lengths,
    "value_lengths_to_equal": _lengths,
    "values_to_match_strftime_format": _strftime,
    "values_to_be_json_parseable": _json,
}


def kinds_of(rule: Expectation) -> list[str]:
    """Return which kinds of value the type names of a rule stand for; unknown names stand for none."""
    named = rule.kwargs.get("type_list") or [rule.kwargs["type_"]]
    known = {name: kind for kind, names in TYPE_NAMES.items() for name in names}
    return [known[one.casefold()] for one in named if one.casefold() in known]


class TypePart:
    """Cells that have one of the wanted types: numbers, whole numbers, times, yes or no, text.

    A cell of a column of numbers or times that is none breaks the rule; it does not count as missing here.
    """

    def __init__(self, rule: Expectation, plan: ColumnPlan) -> None:
        self.plan, self.kinds = plan, kinds_of(rule)
        if not self.kinds:
            raise NotRun(
                "모르는 자료형 이름입니다. int64, float64, str, datetime64, bool 가운데 하나로 적으십시오.",
                "The type is not known: use int64, float64, str, datetime64 or bool.",
            )
        self.part = CellPart(plan.position, self._kept, mostly_of(rule), every=True)

    def _kept(self, view: View) -> Flags:
        at, kinds = self.plan.position, self.kinds
        if self.plan.kind == "number":
            return np.asarray(self._numbers(view), dtype=bool)
        told = view.filled(at)
        looked = view.coded(at)
        blank = looked.empty[looked.places]
        if self.plan.kind == "time":
            return np.asarray(blank | (told if "time" in kinds else "text" in kinds), dtype=bool)
        if "text" in kinds:
            return np.ones(view.rows, dtype=bool)
        found = np.zeros(len(looked.values), dtype=bool)
        if "boolean" in kinds:
            found |= np.isin(looked.value_hashes, hashes_of(list(BOOLEANS), "text"))
        if "number" in kinds or "integer" in kinds:
            values, numeric, _ = parsed(looked.trimmed)
            found |= numeric if "number" in kinds else numeric & (values == np.rint(values))
        return np.asarray(blank | found[looked.places], dtype=bool)

    def _numbers(self, view: View) -> Any:
        at = self.plan.position
        values, cells = view.numbers(at), view.looked(at)
        missing = ~view.filled(at)
        empty = missing if cells is None else cells.empty[cells.places]
        if "number" in self.kinds:
            return empty | ~missing
        if "integer" in self.kinds:
            return empty | (~missing & (values == np.rint(values)))
        return empty

    def add(self, view: View, before: int) -> None:
        self.part.add(view, before)

    def merge(self, other: "TypePart", before: int) -> None:
        self.part.merge(other.part, before)

    def finish(self) -> Any:
        return self.part.finish()
