"""What the arguments of rules must be, each with the sentence for one that is not. Pure."""

import datetime
import math
import re
import warnings
from collections.abc import Callable
from typing import Any, Final

from quality.suites.types import MANY_MISSING, PAIR_MISSING
from quality.suites.wrong import Wrong

VALUES_MAX: Final = 10_000
TEXT_CHARS: Final = 1_000
PATTERN_CHARS: Final = 500
RULE_DEPTH: Final = 4
OPERATIONS: Final = ("add", "subtract", "multiply", "divide")
COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")
STATES: Final = ("is_filled", "is_empty")


def _number(value: Any) -> Wrong | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return Wrong("숫자여야 합니다.", "must be a number")
    return None


def stamp(text: str) -> datetime.datetime | None:
    """Return the time that a text in ISO 8601 says, None where it is none; a zone is taken to UTC."""
    try:
        said = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return said if said.tzinfo is None else said.astimezone(datetime.UTC).replace(tzinfo=None)


def _bound(value: Any) -> Wrong | None:
    if isinstance(value, str):
        if stamp(value) is None:
            return Wrong(
                "숫자나 일시(2024-01-31 또는 2024-01-31 09:00:00)여야 합니다.",
                "must be a number or a time (2024-01-31 or 2024-01-31 09:00:00)",
            )
        return None
    return _number(value)


def _count(value: Any) -> Wrong | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return Wrong("0 이상의 정수여야 합니다.", "must be a whole number, 0 or more")
    return None


def _share(value: Any) -> Wrong | None:
    if _number(value) is not None or not 0 <= value <= 1:
        return Wrong("0과 1 사이의 수여야 합니다.", "must be a number from 0 to 1")
    return None


def _flag(value: Any) -> Wrong | None:
    if not isinstance(value, bool):
        return Wrong("true나 false여야 합니다.", "must be true or false")
    return None


def _text(value: Any) -> Wrong | None:
    if not isinstance(value, str) or not value or len(value) > TEXT_CHARS:
        return Wrong(
            f"{TEXT_CHARS:,}자까지의 글자여야 합니다.",
            f"must be text of at most {TEXT_CHARS:,} characters",
        )
    return None


def _texts(value: Any) -> Wrong | None:
    if (
        not isinstance(value, list)
        or not 1 <= len(value) <= VALUES_MAX
        or any(_text(one) for one in value)
    ):
        return Wrong("글자의 목록이어야 합니다.", "must be a list of texts")
    return None


def _columns(value: Any) -> Wrong | None:
    if _texts(value) or len(value) < 2 or len(set(value)) < len(value):
        return Wrong(
            "서로 다른 열 이름 두 개 이상의 목록이어야 합니다.",
            "must be a list of two or more different columns",
        )
    return None


def _scalar(value: Any) -> bool:
    return (
        isinstance(value, bool)
        or _number(value) is None
        or (isinstance(value, str) and len(value) <= TEXT_CHARS)
    )


def _set(value: Any) -> Wrong | None:
    if (
        not isinstance(value, list)
        or not 1 <= len(value) <= VALUES_MAX
        or not all(map(_scalar, value))
    ):
        return Wrong(
            f"숫자나 글자의 목록(1~{VALUES_MAX:,}개)이어야 합니다.",
            f"must be a list of 1 to {VALUES_MAX:,} numbers or texts",
        )
    return None


def _pattern(value: Any) -> Wrong | None:
    if not isinstance(value, str) or not value or len(value) > PATTERN_CHARS:
        return Wrong(
            f"{PATTERN_CHARS}자까지의 정규식이어야 합니다.",
            f"must be a pattern of at most {PATTERN_CHARS} characters",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(value)
    except (re.error, RecursionError, OverflowError) as error:
        return Wrong(f"정규식을 읽을 수 없습니다({error}).", f"is no valid pattern ({error})")
    return None


def _patterns(value: Any) -> Wrong | None:
    if not isinstance(value, list) or not 1 <= len(value) <= 100:
        return Wrong("정규식의 목록이어야 합니다.", "must be a list of patterns")
    return next((wrong for one in value if (wrong := _pattern(one))), None)


def _quantiles(value: Any) -> Wrong | None:
    wrong = Wrong(
        'quantile_ranges는 {"quantiles": [0.5], "value_ranges": [[최소, 최대]]} 꼴이어야 합니다.',
        'must look like {"quantiles": [0.5], "value_ranges": [[low, high]]}',
    )
    if not isinstance(value, dict) or set(value) != {"quantiles", "value_ranges"}:
        return wrong
    points, ranges = value["quantiles"], value["value_ranges"]
    if (
        not isinstance(points, list)
        or not isinstance(ranges, list)
        or not 1 <= len(points) == len(ranges) <= 100
    ):
        return wrong
    if any(_share(point) for point in points) or points != sorted(points):
        return wrong
    return wrong if any(not _ends(one) for one in ranges) else None


def _ends(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2 or value == [None, None]:
        return False
    told = [one for one in value if one is not None]
    return all(_number(one) is None for one in told) and told == sorted(told)


def _pairs(value: Any) -> Wrong | None:
    if (
        not isinstance(value, list)
        or not 1 <= len(value) <= VALUES_MAX
        or any(
            not isinstance(one, list) or len(one) != 2 or not all(map(_scalar, one))
            for one in value
        )
    ):
        return Wrong("두 값의 쌍의 목록이어야 합니다.", "must be a list of pairs of values")
    return None


def _partition(value: Any) -> Wrong | None:
    if (
        not isinstance(value, dict)
        or "weights" not in value
        or not set(value) <= {"bins", "values", "weights", "tail_weights"}
    ):
        return Wrong("partition_object의 꼴이 아닙니다.", "must be a partition object")
    return None


def _one_of(choices: tuple[str, ...]) -> "Test":
    def test(value: Any) -> Wrong | None:
        if value not in choices:
            listed = ", ".join(choices)
            return Wrong(f"{listed} 가운데 하나여야 합니다.", f"must be one of {listed}")
        return None

    return test


def _no_error(value: Any) -> Wrong | None:
    if value is not False:
        return Wrong(
            "false만 쓸 수 있습니다. 분위수는 정확히 셉니다.", "must be false: quantiles are exact"
        )
    return None


def _rule(value: Any) -> Wrong | None:
    if not isinstance(value, dict) or not (_state_of(value) or _comparison_of(value)):
        return _NO_RULE
    tolerance = value.get("tolerance", 0)
    if _number(tolerance) is not None or tolerance < 0:
        return Wrong(
            "허용 오차는 0 이상의 수여야 합니다.",
            "has a tolerance that is not a number of 0 or more",
        )
    if not columns_of(value):
        return Wrong("열을 하나 이상 써야 합니다.", "must name a column")
    return None


def _state_of(value: dict[str, Any]) -> bool:
    return (
        value.get("comparison") in STATES
        and set(value) == {"left", "comparison"}
        and _is_column(value["left"])
    )


def _comparison_of(value: dict[str, Any]) -> bool:
    needed = {"left", "comparison", "right"}
    return (
        needed <= set(value) <= needed | {"tolerance"}
        and value["comparison"] in COMPARISONS
        and all(_operand(value[side], RULE_DEPTH) for side in ("left", "right"))
    )


_NO_RULE: Final = Wrong(
    '열 사이의 규칙은 {"left": {"column": "A"}, "comparison": "<=", "right": {"column": "B"}} 꼴이어야 합니다.',
    'must look like {"left": {"column": "A"}, "comparison": "<=", "right": {"column": "B"}}',
)


def _is_column(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"column"} and _text(value["column"]) is None


def _operand(value: Any, depth: int) -> bool:
    if not isinstance(value, dict) or len(value) != 1 or depth == 0:
        return False
    name, inner = next(iter(value.items()))
    if name == "column":
        return _text(inner) is None
    if name == "value":
        return not isinstance(inner, bool) and _scalar(inner)
    if name not in OPERATIONS or not isinstance(inner, list) or not 2 <= len(inner) <= 20:
        return False
    return all(_operand(one, depth - 1) for one in inner) and (
        name in ("add", "multiply") or len(inner) == 2
    )


def columns_of(value: Any) -> list[str]:
    """Return the columns that a rule between columns names, each once, in the order they are written."""
    found: list[str] = []
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if name == "column" and isinstance(inner, str):
            found.append(inner)
        elif isinstance(inner, dict | list):
            found += columns_of(inner)
    return list(dict.fromkeys(found))


Test = Callable[[Any], Wrong | None]

TESTS: Final[dict[str, Test]] = {
    "column": _text, "columns": _columns, "number": _number, "bound": _bound, "count": _count,
    "share": _share, "flag": _flag, "set": _set, "pattern": _pattern, "patterns": _patterns, "text": _text,
    "texts": _texts, "quantiles": _quantiles, "pairs": _pairs, "partition": _partition, "rule": _rule,
    "condition": _rule, "no_error": _no_error, "match_on": _one_of(("any", "all")),
    "outliers": _one_of(("iqr", "std")), "pair_missing": _one_of(PAIR_MISSING),
    "many_missing": _one_of(MANY_MISSING),
}  # fmt: skip
