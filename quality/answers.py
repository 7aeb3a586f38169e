"""What a child says is what hostile bytes may have made it say: it is read into its type and held within bounds."""

import math
from collections.abc import Iterator
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from quality.findings import KINDS
from quality.report import Finding

WHOLE_MAX: Final = 2**63 - 1

T = TypeVar("T", bound=Struct)


class AnswerWrong(Exception):
    """A child's answer has not the form that it must have."""


def read(content: bytes, kind: type[T]) -> T:
    """Return an answer as what it must be.

    Raises:
        AnswerWrong: no JSON, another shape, a number beyond its bounds, or a code that nobody knows
    """
    try:
        answer = msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise AnswerWrong(str(error)) from error
    for part in _parts(answer):
        _check(part)
    return answer


def _parts(value: Any) -> Iterator[Any]:
    """Yield everything that an answer is made of."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, Struct):
            waiting += (getattr(part, name) for name in part.__struct_fields__)
        elif isinstance(part, tuple | list):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()


def _check(part: Any) -> None:
    if isinstance(part, float) and not math.isfinite(part):
        raise AnswerWrong("a number is not finite")
    if isinstance(part, int) and abs(part) > WHOLE_MAX:
        raise AnswerWrong("a number is too large")
    if isinstance(part, Finding) and part.code not in KINDS:
        raise AnswerWrong(f"no finding has the code {part.code[:40]!r}")
