"""Read a suite in great-expectations' JSON, and say in words what is wrong with it. Pure."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from quality.errors import QualityError
from quality.suites.arguments import TESTS, columns_of, stamp
from quality.suites.conditions import CONDITION, PARSER, conditions_of
from quality.suites.suite import SEVERITIES, Expectation, Suite
from quality.suites.types import PASS, REFUSED, TYPES, Type
from quality.suites.wrong import Wrong

SUITE_BYTES_MAX: Final = 1 << 20
EXPECTATIONS_MAX: Final = 500
NAME_CHARS: Final = 200
PROBLEMS_MAX: Final = 50
# Arguments that say how great-expectations reports, not what holds.
REPORTING: Final = ("result_format", "catch_exceptions", "include_config", "batch_id", "meta")
CONDITIONS: Final = (CONDITION, PARSER)


class Problem(Struct, frozen=True):
    """Something wrong with a suite: the rule's place from 1 (0 is the suite itself), and two sentences."""

    number: int
    ko: str
    en: str


class SuiteRefused(QualityError):
    """A suite that cannot be run as it is; ``problems`` name each rule."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems[:PROBLEMS_MAX])
        super().__init__(" ".join(f"{one.ko} {one.en}" for one in self.problems[:5]))


def read_suite(content: bytes) -> Suite:
    """Return the suite that a JSON file holds.

    Raises:
        SuiteRefused: it is no suite, or a rule is not known or cannot hold; every one is named
    """
    if len(content) > SUITE_BYTES_MAX:
        raise _refused(
            f"규칙 파일이 {SUITE_BYTES_MAX:,}바이트보다 큽니다.",
            f"The suite has more than {SUITE_BYTES_MAX:,} bytes.",
        )
    try:
        given = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _refused("JSON이 아닙니다.", "It is not JSON.") from None
    return suite_of(given)


def suite_of(given: Any) -> Suite:
    """Return the suite that plain data describe.

    Raises:
        SuiteRefused: as ``read_suite``
    """
    if not isinstance(given, dict) or not isinstance(given.get("expectations"), list):
        raise _refused(
            "great-expectations의 규칙 모음(suite)이 아닙니다. 'name'과 'expectations'가 있어야 합니다.",
            "It is no suite of great-expectations, which has 'name' and 'expectations'.",
        )
    name = given.get("name", given.get("expectation_suite_name"))
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_CHARS:
        raise _refused(
            "규칙 모음에 이름(name)이 없거나 너무 깁니다.",
            "The suite has no name, or one that is too long.",
        )
    listed = given["expectations"]
    if len(listed) > EXPECTATIONS_MAX:
        raise _refused(
            f"규칙은 {EXPECTATIONS_MAX}개까지 됩니다.",
            f"A suite has at most {EXPECTATIONS_MAX} rules.",
        )
    problems: list[Problem] = []
    rules = [_expectation(number, one, problems) for number, one in enumerate(listed, start=1)]
    if problems:
        raise SuiteRefused(problems)
    return Suite(name=name.strip(), expectations=tuple(one for one in rules if one is not None))


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _refused(ko: str, en: str) -> SuiteRefused:
    return SuiteRefused([Problem(0, ko, en)])


def _expectation(number: int, given: Any, problems: list[Problem]) -> Expectation | None:
    kind = given.get("type", given.get("expectation_type")) if isinstance(given, dict) else None
    kwargs = given.get("kwargs", {}) if isinstance(given, dict) else None
    if not isinstance(kind, str) or not isinstance(kwargs, dict):
        problems.append(
            _at(number, "", Wrong("type과 kwargs가 있어야 합니다.", "needs 'type' and 'kwargs'"))
        )
        return None
    known = TYPES.get(kind)
    if known is None:
        problems.append(
            _at(number, kind, Wrong(*REFUSED.get(kind, ("모르는 규칙입니다.", "is not known"))))
        )
        return None
    told = {name: one for name, one in kwargs.items() if one is not None and name not in REPORTING}
    wrong = _wrong(known, told) or _unconditional(kind, known, told)
    severity = given.get("severity") or "critical"
    if severity not in SEVERITIES:
        wrong.append(
            Wrong(
                f"severity는 {', '.join(SEVERITIES)} 가운데 하나여야 합니다.",
                f"has a severity that is not one of {', '.join(SEVERITIES)}",
            )
        )
    problems += [_at(number, kind, one) for one in wrong]
    return Expectation(type=kind, kwargs=told, severity=severity, meta=_meta(given))


def _at(number: int, kind: str, wrong: Wrong) -> Problem:
    named = f" {kind}" if kind else ""
    return Problem(
        number, f"{number}번째 규칙{named}: {wrong.ko}", f"Rule {number}{named}: {wrong.en}."
    )


def _meta(given: dict[str, Any]) -> dict[str, Any]:
    """Return what its author wrote, without what great-expectations adds when it saves."""
    meta = given.get("meta")
    kept = (
        {name: one for name, one in meta.items() if name in ("table", "notes")}
        if isinstance(meta, dict)
        else {}
    )
    for name in ("notes", "description"):
        if isinstance(given.get(name), str) and given[name]:
            kept["notes"] = given[name]
    return {
        name: one
        for name, one in kept.items()
        if isinstance(one, str) and one and len(one) <= 1_000
    }


def _wrong(known: Type, told: dict[str, Any]) -> list[Wrong]:
    found = [
        Wrong(f"{name[:-1]} 인수가 없습니다.", f"lacks '{name[:-1]}'")
        for name in known.arguments
        if name.endswith("!") and name[:-1] not in told
    ]
    if known.one_of and not any(name in told for name in known.one_of):
        named = ", ".join(known.one_of)
        found.append(Wrong(f"{named} 가운데 하나는 있어야 합니다.", f"needs one of {named}"))
    tests = {name.rstrip("!"): test for name, test in known.arguments.items()}
    found += [wrong for name, one in told.items() if (wrong := _wrong_argument(name, one, tests))]
    return found or _impossible(told)


def _wrong_argument(name: str, value: Any, tests: dict[str, str]) -> Wrong | None:
    if name in CONDITIONS:
        return None
    if name not in tests:
        return Wrong(f"모르는 인수 {name}입니다.", f"has the unknown argument '{name}'")
    wrong = TESTS[tests[name]](value)
    return None if wrong is None else Wrong(f"{name}: {wrong.ko}", f"'{name}' {wrong.en}")


def _unconditional(kind: str, known: Type, told: dict[str, Any]) -> list[Wrong]:
    """Say what is wrong with the rows that a rule is limited to."""
    asked = conditions_of(told)
    if isinstance(asked, Wrong):
        return [asked]
    about_rows = kind.startswith("expect_table_row_count")
    about_table = kind.startswith("expect_table_") or kind == "expect_column_to_exist"
    if asked and (known.way != PASS or (about_table and not about_rows)):
        return [
            Wrong(
                "이 규칙에는 row_condition을 쓸 수 없습니다. 조건을 빼거나, 그 행만 담은 표로 나누십시오.",
                "cannot have a row_condition; leave it out, or make a table of these rows",
            )
        ]
    return []


def _impossible(told: dict[str, Any]) -> list[Wrong]:
    if told.get("column_A") is not None and told["column_A"] == told.get("column_B"):
        return [Wrong("서로 다른 두 열이어야 합니다.", "names one column twice")]
    low, high = told.get("min_value"), told.get("max_value")
    if low is None or high is None:
        return []
    if isinstance(low, str) != isinstance(high, str):
        return [Wrong("min_value와 max_value는 같은 종류여야 합니다.", "mixes a number and a time")]
    strict = bool(told.get("strict_min") or told.get("strict_max"))
    if _ordered(low, high) and not (strict and _ordered(high, low)):
        return []
    return [
        Wrong(
            f"min_value {low}와(과) max_value {high} 사이에는 값이 없어 지킬 수 없습니다.",
            f"can never hold: there is no value between min_value {low} and max_value {high}",
        )
    ]


def _ordered(low: Any, high: Any) -> bool:
    if isinstance(low, str):
        first, last = stamp(low), stamp(high)
        return first is not None and last is not None and first <= last
    return bool(low <= high)


def columns_needed(rule: Expectation) -> list[str]:
    """Return the columns of its own table that a rule reads, each once; none for rules about the table."""
    arguments = {name.rstrip("!"): test for name, test in TYPES[rule.type].arguments.items()}
    found: list[str] = []
    for name, value in rule.kwargs.items():
        test = arguments.get(name)
        if test == "column":
            found.append(value)
        elif test == "columns":
            found += value
        elif test in ("rule", "condition"):
            found += columns_of(value)
    return list(dict.fromkeys(found))


def column_problem(rule: Expectation, columns: Sequence[str]) -> Wrong | None:
    """Say which column of a rule a table lacks, or has twice; names are compared exactly."""
    counts = Counter(columns)
    asked = conditions_of(rule.kwargs)
    assert not isinstance(asked, Wrong), "rules were read before"
    for name in dict.fromkeys([*columns_needed(rule), *(one.column for one in asked)]):
        if counts[name] > 1:
            return Wrong(
                f"'{name}' 열이 {counts[name]}개 있어 어느 열인지 알 수 없습니다.",
                f"There are {counts[name]} columns '{name}'.",
            )
        if not counts[name]:
            like = [one for one in columns if one.strip().casefold() == name.strip().casefold()]
            hint_ko = (
                f" '{like[0]}' 열은 있습니다. 대소문자와 공백까지 같아야 합니다." if like else ""
            )
            hint_en = (
                f" There is '{like[0]}': names must be the same to the letter." if like else ""
            )
            return Wrong(
                f"'{name}' 열이 없습니다.{hint_ko}", f"There is no column '{name}'.{hint_en}"
            )
    return None
