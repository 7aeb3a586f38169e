"""Where two reports in plain form say something else: counts exactly, fractions within 1e-9. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import UNSET, Struct

TOLERANCE: Final = 1e-9


class Difference(Struct, frozen=True):
    """One place where they differ; UNSET stands for what one of them does not have."""

    path: str
    before: Any
    after: Any


def differing(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Yield every place where two plain values differ.

    Parts of lists belong together by their names or codes where these are unique, else by their places.

    Args:
        path: what stands before the places
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _members(before, after, f"{path}." if path else "")
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _members(*_keyed(before, after), path, form="[{}]")
    elif not _same(before, after):
        yield Difference(path, before, after)


def count_numbers(value: Any) -> int:
    """Return how many numbers a plain value holds."""
    if isinstance(value, Mapping):
        return sum(count_numbers(one) for one in value.values())
    if isinstance(value, list | tuple):
        return sum(count_numbers(one) for one in value)
    return int(isinstance(value, int | float) and not isinstance(value, bool))


def _members(
    before: Mapping[Any, Any], after: Mapping[Any, Any], path: str, form: str = "{}"
) -> Iterator[Difference]:
    for name in [*before, *(one for one in after if one not in before)]:
        place = path + form.format(name)
        yield from differing(before.get(name, UNSET), after.get(name, UNSET), place)


def _keyed(before: Sequence[Any], after: Sequence[Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    keys = [[_key(one) for one in side] for side in (before, after)]
    if all(None not in side and len(set(side)) == len(side) for side in keys):
        return dict(zip(keys[0], before, strict=True)), dict(zip(keys[1], after, strict=True))
    return dict(enumerate(before)), dict(enumerate(after))


def _key(one: Any) -> str | None:
    if not isinstance(one, Mapping):
        return None
    if "code" in one:
        return " ".join(str(one.get(name) or "") for name in ("code", "member", "column")).strip()
    name = one.get("name")
    return name if isinstance(name, str) else None


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if isinstance(before, float) or isinstance(after, float):
        numbers = isinstance(before, int | float) and isinstance(after, int | float)
        return numbers and math.isclose(before, after, rel_tol=TOLERANCE)
    return type(before) is type(after) and bool(before == after)
