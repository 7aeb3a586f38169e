"""What the decoder says of a wrong field, in words for a person and a code for a program."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from marketplace.errors import FieldError

# The decoder's name of a value's kind, and ours.
_KINDS = {
    "str": ("글자", "text"),
    "int": ("정수", "a whole number"),
    "float": ("수", "a number"),
    "bool": ("참 또는 거짓", "true or false"),
    "array": ("목록", "a list"),
    "object": ("객체", "an object"),
    "null": ("빈 값(null)", "nothing (null)"),
    "bytes": ("base64", "base64"),
    "uuid": ("UUID", "a UUID"),
    "date": ("날짜", "a date"),
    "datetime": ("시각", "a time"),
}
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`")
_MISSING = re.compile(r"missing required field `(?P<name>[^`]*)`")
_LENGTH = re.compile(r"`(?P<kind>[a-z]+)` of length (?P<side><=|>=) (?P<number>\d+)")
_BOUND = re.compile(r"Expected `(?:int|float|decimal)` (?P<side><=|>=|<|>) (?P<number>\S+)")
_TYPE = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<given>[^`]+)`")


def explain(row: Mapping[str, Any]) -> FieldError:
    """Return one wrong field as a person reads it.

    Args:
        row: ``key`` (the path, ``data`` for the whole body) and the decoder's ``message``
    """
    message = str(row.get("message", ""))
    field = str(row.get("key") or "")
    field = "" if field == "data" else field.removeprefix("data.")
    for pattern, make in _RULES:
        if found := pattern.search(message):
            return make(field, found)
    return FieldError(
        field or "body",
        "wrong_form",
        "형식이 맞지 않습니다. API 설명서의 예를 보고 고치십시오.",
        "The form is not right. Follow the example of the API reference.",
    )


def _below(field: str, name: str) -> str:
    return f"{field}.{name[:60]}" if field else name[:60]


def _unknown(field: str, found: re.Match[str]) -> FieldError:
    return FieldError(
        _below(field, found["name"]),
        "unknown_field",
        "모르는 항목입니다. 이름을 확인하거나 지우십시오.",
        "There is no such field. Check its name or leave it out.",
    )


def _missing(field: str, found: re.Match[str]) -> FieldError:
    return FieldError(
        _below(field, found["name"]),
        "required",
        "꼭 있어야 하는 항목입니다. 값을 보내십시오.",
        "The field is needed. Send a value.",
    )


def _length(field: str, found: re.Match[str]) -> FieldError:
    number, long = found["number"], found["side"] == "<="
    items = found["kind"] == "array"
    ko = (
        f"{number}{'개' if items else '자'} {'이하로 줄이십시오' if long else '이상이어야 합니다'}."
    )
    what = "entries" if items else "characters"
    en = f"The number of {what} must be at {'most' if long else 'least'} {number}."
    return FieldError(field or "body", "too_long" if long else "too_short", ko, en)


def _bound(field: str, found: re.Match[str]) -> FieldError:
    number, high = found["number"], found["side"].startswith("<")
    ko = f"{number} {'이하여야' if high else '이상이어야'} 합니다."
    en = f"It must be at {'most' if high else 'least'} {number}."
    return FieldError(field or "body", "too_large" if high else "too_small", ko, en)


def _type(field: str, found: re.Match[str]) -> FieldError:
    wanted, given = _words(found["wanted"]), _words(found["given"])
    return FieldError(
        field or "body",
        "wrong_type",
        f"필요한 형식은 {wanted[0]}이고, 받은 형식은 {given[0]}입니다.",
        f"It must be {wanted[1]}, not {given[1]}.",
    )


def _words(kinds: str) -> tuple[str, str]:
    found = [_KINDS.get(kind.strip(), (kind.strip(), kind.strip())) for kind in kinds.split("|")]
    return " 또는 ".join(ko for ko, _ in found), " or ".join(en for _, en in found)


def _fixed(code: str, ko: str, en: str) -> Callable[[str, re.Match[str]], FieldError]:
    return lambda field, _: FieldError(field or "body", code, ko, en)


_RULES: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], FieldError]], ...] = (
    (_UNKNOWN, _unknown),
    (_MISSING, _missing),
    (_LENGTH, _length),
    (_BOUND, _bound),
    (_TYPE, _type),
    (
        re.compile(r"Invalid enum value"),
        _fixed(
            "unknown_choice",
            "정해진 값 가운데 하나가 아닙니다. API 설명서의 목록에서 고르십시오.",
            "It is none of the allowed values. Choose one that the API reference lists.",
        ),
    ),
    (
        re.compile(r"encoded date"),
        _fixed(
            "not_a_date",
            "날짜나 시각으로 읽을 수 없습니다. 예: 2026-11-23, 2026-11-23T09:00:00Z",
            "It is no date or time. Examples: 2026-11-23, 2026-11-23T09:00:00Z",
        ),
    ),
    (
        re.compile(r"^'data'$"),
        _fixed(
            "required", "본문이 비어 있습니다. 내용을 보내십시오.", "The body is empty. Send one."
        ),
    ),
)
