"""A rule made of what a person chose in a form, and back. Pure.

A form knows eight kinds; rules of other types come and go as JSON alone.
"""

import math
from enum import StrEnum
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from marketplace.catalog.rules.errors import RulesInvalid
from marketplace.errors import FieldError
from quality.suites.arguments import COMPARISONS, STATES, stamp
from quality.suites.suite import Expectation
from quality.suites.types import OTHER_FILE, ROW_RULE

PREFIX: Final = "expect_column_values_to_"
PERCENT: Final = 100
VALUES_MAX: Final = 200
Name = Annotated[str, Meta(max_length=300)]
Word = Annotated[str, Meta(max_length=1_000)]


class Kind(StrEnum):
    """What a rule of the form asks for."""

    range = "range"
    set = "set"
    pattern = "pattern"
    unique = "unique"
    filled = "filled"
    order = "order"
    reference = "reference"
    between_columns = "between_columns"


class RuleForm(Struct, kw_only=True):
    """What a person chose; which fields count depends on the kind."""

    kind: Kind
    column: Name = ""
    low: Word = ""
    high: Word = ""
    values: Annotated[str, Meta(max_length=20_000)] = ""
    pattern: Annotated[str, Meta(max_length=500)] = ""
    second: Name = ""
    direction: Annotated[str, Meta(max_length=12)] = "increasing"
    strictly: bool = False
    other_file: Annotated[str, Meta(max_length=500)] = ""
    other_column: Name = ""
    comparison: Annotated[str, Meta(max_length=12)] = "<="
    value: Word = ""
    tolerance: Word = ""
    when_column: Name = ""
    when_comparison: Annotated[str, Meta(max_length=12)] = "=="
    when_value: Word = ""
    share: Word = ""
    severity: Annotated[str, Meta(max_length=12)] = "critical"
    table: Annotated[str, Meta(max_length=1_000)] = ""


def rule_of(form: RuleForm, numeric: frozenset[str]) -> dict[str, Any]:
    """Return the expectation that a form describes.

    Args:
        numeric: the columns that hold numbers

    Raises:
        RulesInvalid: every field that is wrong
    """
    wrong: list[FieldError] = []
    made = {
        Kind.range: _range, Kind.set: _set, Kind.pattern: _pattern, Kind.unique: _unique, Kind.filled: _filled,
        Kind.order: _order, Kind.reference: _reference, Kind.between_columns: _between_columns,
    }[form.kind](form, wrong, numeric)  # fmt: skip
    if not form.column:
        wrong.append(_field("column", "열을 고르십시오.", "Choose a column."))
    kwargs = {name: one for name, one in made["kwargs"].items() if one not in ("", None)}
    if form.share:
        share = _number("share", form.share, wrong)
        if share is not None and 0 < share <= PERCENT:
            kwargs["mostly"] = share / PERCENT
        elif share is not None:
            wrong.append(
                _field(
                    "share",
                    "0보다 크고 100 이하인 수를 적으십시오.",
                    "Write a number above 0, at most 100.",
                )
            )
    if wrong:
        raise RulesInvalid(wrong)
    meta = {"table": form.table} if form.table else {}
    return {"type": made["type"], "kwargs": kwargs, "severity": form.severity, "meta": meta}


def _field(name: str, ko: str, en: str) -> FieldError:
    return FieldError(name, "rule_invalid", ko, en)


def _number(name: str, text: str, wrong: list[FieldError]) -> float | int | None:
    """Return the number that was typed, thousands set apart or not."""
    try:
        found = float(text.replace(",", ""))
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        wrong.append(_field(name, "숫자를 적으십시오.", "Write a number."))
        return None
    return int(found) if found.is_integer() else found


def _bound(name: str, text: str, wrong: list[FieldError]) -> float | int | str | None:
    if not text.strip():
        return None
    if stamp(text.strip()) is not None and not text.strip().isdecimal():
        return text.strip()
    return _number(name, text, wrong)


def scalar(text: str, *, numeric: bool) -> float | int | str:
    """Return what was typed as it stands in a column: a number where the column holds numbers."""
    if not numeric:
        return text
    try:
        found = float(text.replace(",", ""))
    except ValueError:
        return text
    return int(found) if found.is_integer() else found


def _range(form: RuleForm, wrong: list[FieldError], _numeric: frozenset[str]) -> dict[str, Any]:
    low, high = (_bound(name, getattr(form, name), wrong) for name in ("low", "high"))
    if not form.low.strip() and not form.high.strip():
        wrong.append(
            _field(
                "low",
                "최소와 최대 가운데 하나는 적으십시오.",
                "Write the lowest, the highest, or both.",
            )
        )
    kwargs = {"column": form.column, "min_value": low, "max_value": high}
    return {"type": PREFIX + "be_between", "kwargs": kwargs}


def _set(form: RuleForm, wrong: list[FieldError], numeric: frozenset[str]) -> dict[str, Any]:
    lines = [line.strip() for line in form.values.splitlines() if line.strip()]
    if not 1 <= len(lines) <= VALUES_MAX:
        wrong.append(_field("values", f"값을 한 줄에 하나씩, {VALUES_MAX}개까지 적으십시오.", f"Write one value a line, at most {VALUES_MAX}."))  # fmt: skip
    values = [scalar(line, numeric=form.column in numeric) for line in lines]
    return {"type": PREFIX + "be_in_set", "kwargs": {"column": form.column, "value_set": values}}


def _pattern(form: RuleForm, wrong: list[FieldError], _numeric: frozenset[str]) -> dict[str, Any]:
    if not form.pattern:
        wrong.append(_field("pattern", "꼴을 적으십시오.", "Write a pattern."))
    return {
        "type": PREFIX + "match_regex",
        "kwargs": {"column": form.column, "regex": form.pattern},
    }


def _unique(form: RuleForm, wrong: list[FieldError], _numeric: frozenset[str]) -> dict[str, Any]:
    if not form.second:
        return {"type": PREFIX + "be_unique", "kwargs": {"column": form.column}}
    if form.second == form.column:
        wrong.append(_field("second", "다른 열을 고르십시오.", "Choose another column."))
    return {
        "type": "expect_compound_columns_to_be_unique",
        "kwargs": {"column_list": [form.column, form.second]},
    }


def _filled(form: RuleForm, _wrong: list[FieldError], _numeric: frozenset[str]) -> dict[str, Any]:
    return {"type": PREFIX + "not_be_null", "kwargs": {"column": form.column}}


def _order(form: RuleForm, wrong: list[FieldError], _numeric: frozenset[str]) -> dict[str, Any]:
    if form.direction not in ("increasing", "decreasing"):
        wrong.append(_field("direction", "방향을 고르십시오.", "Choose a direction."))
    kwargs = {"column": form.column, "strictly": form.strictly or None}
    return {"type": PREFIX + "be_" + form.direction, "kwargs": kwargs}


def _reference(form: RuleForm, wrong: list[FieldError], _numeric: frozenset[str]) -> dict[str, Any]:
    wrong += [
        _field(name, "다른 파일과 그 열을 고르십시오.", "Choose the other file and its column.")
        for name in ("other_file", "other_column")
        if not getattr(form, name)
    ]
    kwargs = {
        "column": form.column,
        "other_file": form.other_file,
        "other_column": form.other_column,
    }
    return {"type": OTHER_FILE, "kwargs": kwargs}


def _between_columns(
    form: RuleForm, wrong: list[FieldError], numeric: frozenset[str]
) -> dict[str, Any]:
    rule = _compared(
        form.column,
        form.comparison,
        form.second,
        scalar(form.value.strip(), numeric=form.column in numeric),
    )
    if form.comparison not in (*COMPARISONS, *STATES):
        wrong.append(_field("comparison", "견주는 방법을 고르십시오.", "Choose how to compare."))
    if form.comparison not in STATES and not form.second and not form.value.strip():
        wrong.append(
            _field("second", "견줄 열이나 값을 적으십시오.", "Choose a column or write a value.")
        )
    if form.tolerance.strip() and form.comparison not in STATES:
        rule["tolerance"] = _number("tolerance", form.tolerance, wrong)
    kwargs: dict[str, Any] = {"rule": rule}
    if form.when_column:
        kwargs["when"] = _compared(
            form.when_column,
            form.when_comparison,
            "",
            scalar(form.when_value.strip(), numeric=form.when_column in numeric),
        )
    return {"type": ROW_RULE, "kwargs": kwargs}


def _compared(column: str, comparison: str, other: str, value: float | str) -> dict[str, Any]:
    made: dict[str, Any] = {"left": {"column": column}, "comparison": comparison}
    if comparison in STATES:
        return made
    right = {"column": other} if other else {"value": value}
    return made | {"right": right}


def form_of(rule: Expectation) -> dict[str, str] | None:
    """Return the fields of the form that describe a rule; None where the form cannot."""
    kwargs = rule.kwargs
    # A form has no field for the rows that a rule is limited to.
    found = None if "row_condition" in kwargs else _fields_of(rule)
    if found is None:
        return None
    if "mostly" in kwargs:
        found["share"] = f"{PERCENT * kwargs['mostly']:g}"
    made = found | {"severity": rule.severity, "table": rule.table or ""}
    return {name: str(one) for name, one in made.items() if one is not None}


def _fields_of(rule: Expectation) -> dict[str, Any] | None:
    kwargs = rule.kwargs
    if rule.type == OTHER_FILE and "other_table" not in kwargs:
        return {"kind": Kind.reference, **kwargs}
    if rule.type == ROW_RULE:
        return _row_fields(kwargs)
    if rule.type == "expect_compound_columns_to_be_unique" and len(kwargs["column_list"]) == 2:
        first, second = kwargs["column_list"]
        return {"kind": Kind.unique, "column": first, "second": second}
    made = _cell_fields(rule.type.removeprefix(PREFIX), kwargs)
    if not made or kwargs.get("strict_min") or kwargs.get("strict_max"):
        return None
    strictly = {"strictly": "on"} if kwargs.get("strictly") else {}
    return {"column": kwargs["column"]} | made | strictly


def _cell_fields(name: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    if name == "be_in_set":
        return {"kind": Kind.set, "values": "\n".join(map(str, kwargs["value_set"]))}
    known: dict[str, dict[str, Any]] = {
        "be_between": {
            "kind": Kind.range,
            "low": kwargs.get("min_value"),
            "high": kwargs.get("max_value"),
        },
        "match_regex": {"kind": Kind.pattern, "pattern": kwargs.get("regex")},
        "be_unique": {"kind": Kind.unique},
        "not_be_null": {"kind": Kind.filled},
        "be_increasing": {"kind": Kind.order, "direction": "increasing"},
        "be_decreasing": {"kind": Kind.order, "direction": "decreasing"},
    }
    return known.get(name, {})


def _row_fields(kwargs: dict[str, Any]) -> dict[str, Any] | None:
    rule, when = kwargs["rule"], kwargs.get("when")
    sides = [rule["left"], rule.get("right", {"value": ""})]
    if "column" not in sides[0] or not {"column", "value"} & set(sides[1]):
        return None
    found = {
        "kind": Kind.between_columns, "column": sides[0]["column"], "comparison": rule["comparison"],
        "second": sides[1].get("column"), "value": sides[1].get("value"), "tolerance": rule.get("tolerance"),
    }  # fmt: skip
    if when is None:
        return found
    if "column" not in when["left"] or "column" in when.get("right", {"value": ""}):
        return None
    return found | {
        "when_column": when["left"]["column"],
        "when_comparison": when["comparison"],
        "when_value": when.get("right", {}).get("value"),
    }
