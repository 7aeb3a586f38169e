"""Thresholds of the checks that were set otherwise: looked over by name and range before they are used. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from quality.checks.checking import Thresholds
from quality.settings import Threshold

Problem = tuple[str, str]
NAMES: Final = Thresholds.__struct_fields__


def applied(given: Mapping[str, Threshold]) -> Thresholds:
    """Return the defaults with what was set otherwise; the names must have been looked over."""
    return msgspec.structs.replace(
        Thresholds(), **{name: _shaped(name, given[name]) for name in given}
    )


def differing(given: Mapping[str, Threshold]) -> dict[str, Threshold]:
    """Return those that are not the default after all."""
    plain = Thresholds()
    return {
        name: value for name, value in given.items() if _shaped(name, value) != getattr(plain, name)
    }


def problems(given: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with thresholds, in Korean and English."""
    for name, value in given.items():
        if name not in NAMES:
            yield (
                f"기준값 '{name}'은(는) 없는 이름입니다. 쓸 수 있는 이름: {', '.join(NAMES)}",
                f"there is no threshold '{name}'; there are: {', '.join(NAMES)}",
            )
        elif (wrong := _wrong(name, value, getattr(Thresholds(), name))) is not None:
            ko, en = wrong
            yield f"기준값 '{name}'에는 {ko} 옵니다.", f"the threshold '{name}' must be {en}"


def _wrong(name: str, value: Any, default: Any) -> Problem | None:
    """Return what must stand there instead, None where the value will do."""
    if isinstance(default, tuple):
        listed = value if isinstance(value, list | tuple) else ()
        good = len(listed) == len(default) and all(map(_number, listed)) and list(listed) == sorted(listed)  # fmt: skip
        wanted = (
            f"작은 것부터 숫자 {len(default)}개가",
            f"{len(default)} numbers, the smaller one first",
        )
    elif "share" in name:
        good, wanted = (
            _number(value) and 0 <= value <= 1,
            ("0과 1 사이의 비율이", "a share from 0 to 1"),
        )
    elif isinstance(default, int):
        good = _number(value) and isinstance(value, int) and value >= 0
        wanted = "0 이상의 정수가", "a whole number, 0 or more"
    else:
        good, wanted = _number(value) and value >= 0, ("0 이상의 숫자가", "a number, 0 or more")
    return None if good else wanted


def _number(value: Any) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
    )


def _shaped(name: str, value: Threshold) -> Any:
    default = getattr(Thresholds(), name)
    if isinstance(default, tuple):
        return tuple(float(one) for one in value)  # type: ignore[union-attr]
    return float(value) if isinstance(default, float) else value  # type: ignore[arg-type]
