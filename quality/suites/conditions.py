"""Which rows a rule is about: the forms of ``row_condition`` that are understood, as comparisons that must all hold. Pure.

Three spellings mean the same: great-expectations' own (``col("온도") > 5``), a query of pandas (``온도 > 5 and 설비 == "A"``)
and its conditions as plain data. What is none of these is refused, never guessed.
"""

import re
from typing import Any, Final

from msgspec import Struct

from quality.suites.wrong import Wrong

CONDITION, PARSER = "row_condition", "condition_parser"
GREAT, PANDAS = ("great_expectations", "great_expectations__experimental__"), "pandas"
CHARS_MAX: Final = 2_000
ASKED_MAX: Final = 20
OPS: Final = ("==", "!=", "<", "<=", ">", ">=")
FILLED, EMPTY = "filled", "empty"

_VALUE: Final = r"""(?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|"(?P<double>[^"]*)"|'(?P<single>[^']*)'"""
_OP: Final = r"(?P<op>==|!=|<=|>=|<|>)"
_GREAT: Final = re.compile(
    rf'\s*col\("(?P<name>[^"]+)"\)\s*(?:{_OP}\s*(?:date\()?(?:{_VALUE})\)?|\.(?P<state>notnull)\(\))\s*',
    re.IGNORECASE,
)
_ATOM: Final = re.compile(
    rf"\s*(?P<open>\(?)\s*(?:`(?P<quoted>[^`]+)`|(?P<name>[^\W\d]\w*))\s*(?:{_OP}\s*(?:{_VALUE})|\.(?P<state>notnull|notna|isnull|isna)\(\))\s*(?P<close>\)?)\s*"
)
_JOIN: Final = re.compile(r"and\b|&")
_KEYWORDS: Final = ("and", "or", "not", "in", "is", "if", "else", "lambda", "True", "False", "None")

UNKNOWN: Final = Wrong(
    'row_condition은 col("열") > 5, 열 > 5 and 다른열 == "A"(condition_parser: pandas), 또는 great-expectations의 조건 객체만 씁니다. 또는(or)·계산·함수는 열 사이의 규칙의 when으로 만드십시오.',
    'has a row_condition that is not understood: write col("x") > 5, x > 5 and y == "A" with the condition_parser pandas, or a condition object; for or, sums and functions use the when of a rule between columns',
)
NO_PARSER: Final = Wrong(
    "row_condition을 글자로 적을 때는 condition_parser에 great_expectations나 pandas를 적으십시오.",
    "has a row_condition in text, which needs the condition_parser great_expectations or pandas",
)


class Asked(Struct, frozen=True):
    """One comparison of a column: with a value, or whether a cell is there (``filled``, ``empty``)."""

    column: str
    op: str
    value: float | str | None = None


def conditions_of(kwargs: dict[str, Any]) -> tuple[Asked, ...] | Wrong:
    """Return the comparisons that all must hold in a row, none where a rule is about every row; or what is wrong."""
    given, parser = kwargs.get(CONDITION), kwargs.get(PARSER)
    if given is None:
        return ()
    if isinstance(given, dict):
        found = _of_data(given)
    elif not isinstance(given, str) or len(given) > CHARS_MAX:
        found = None
    elif parser in GREAT:
        found = _of_great(given)
    elif parser == PANDAS:
        found = _of_pandas(given)
    else:
        return NO_PARSER
    return tuple(found) if found and len(found) <= ASKED_MAX else UNKNOWN


def _of_great(text: str) -> list[Asked] | None:
    whole = _GREAT.fullmatch(text)
    return None if whole is None else [_asked(whole["name"], whole)]


def _of_pandas(text: str) -> list[Asked] | None:
    found: list[Asked] = []
    at = 0
    while (one := _ATOM.match(text, at)) is not None:
        name = one["quoted"] or one["name"]
        if bool(one["open"]) != bool(one["close"]) or one["name"] in _KEYWORDS:
            return None
        found.append(_asked(name, one))
        if one.end() == len(text):
            return found
        join = _JOIN.match(text, one.end())
        if join is None:
            return None
        at = join.end()
    return None


def _asked(name: str, one: "re.Match[str]") -> Asked:
    if one["state"]:
        return Asked(name, FILLED if one["state"].lower().startswith("not") else EMPTY)
    if one["number"] is not None:
        return Asked(name, one["op"], float(one["number"]))
    return Asked(name, one["op"], one["double"] if one["double"] is not None else one["single"])


def _of_data(given: dict[str, Any]) -> list[Asked] | None:
    kind = given.get("type")
    if kind == "and" and isinstance(given.get("conditions"), list) and given["conditions"]:
        parts = [_of_data(one) if isinstance(one, dict) else None for one in given["conditions"]]
        return None if None in parts else [one for part in parts for one in part or ()]
    if kind == "pass_through" and isinstance(given.get("pass_through_filter"), str):
        return _of_pandas(given["pass_through_filter"])
    one = _of_comparison(given, kind)
    return None if one is None else [one]


def _of_comparison(given: dict[str, Any], kind: Any) -> Asked | None:
    column = given.get("column")
    name = column.get("name") if isinstance(column, dict) else None
    if not isinstance(name, str):
        return None
    if kind == "nullity" and isinstance(given.get("is_null"), bool):
        return Asked(name, EMPTY if given["is_null"] else FILLED)
    op, value = given.get("operator"), given.get("parameter")
    known = kind == "comparison" and op in OPS
    if not known or isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    return Asked(name, str(op), value if isinstance(value, str) else float(value))
