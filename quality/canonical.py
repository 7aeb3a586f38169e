"""The canonical form of a report: the same bytes for the same file, rules and engine, on every machine. Pure.

Source:
    RFC 8785 (2020), JSON Canonicalization Scheme: keys sorted, no spaces, numbers as ECMAScript writes
    them. Before that, fractions are rounded to 12 significant digits, because the last of the 17 that a
    double has depend on the order in which a machine adds.
"""

import math
from collections.abc import Iterable
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Final

import msgspec

from quality.report import DatasetReport, FileReport

DIGITS: Final = 12
# What varies by machine, and the rows and sketches that are for the seller alone.
LEFT_OUT: Final = ("memory_bytes", "previews", "sketches")
# Where ECMAScript begins to write an exponent.
_SMALL, _LARGE = 1e-6, 1e21


def canonical(report: DatasetReport | FileReport) -> bytes:
    """Return a report's canonical form, the bytes that are hashed and signed."""
    return encode(plain(report))


def plain(report: DatasetReport | FileReport) -> dict[str, Any]:
    """Return a report as plain data, without what varies by machine and with rounded fractions."""
    made: dict[str, Any] = msgspec.to_builtins(report)
    for file in made.get("files", (made,)):
        for name in LEFT_OUT:
            file.pop(name, None)
    rounded: dict[str, Any] = _rounded(made)
    return rounded


def encode(value: object) -> bytes:
    """Return the canonical JSON of plain data: dictionaries, lists, text, numbers, true, false, null.

    Raises:
        ValueError: a number is not finite, or a text is not valid Unicode
    """
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts).encode()


def rounded(number: float) -> float:
    """Return a number with 12 significant digits; zero has no sign."""
    return float(f"{number:.{DIGITS}g}") + 0.0


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return rounded(value)
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value


def _write(value: object, parts: list[str]) -> None:
    if isinstance(value, dict):
        _write_members(sorted(value.items()), parts)
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            parts.append("," if place else "[")
            _write(one, parts)
        parts.append("]" if value else "[]")
    else:
        parts.append(_scalar(value))


def _write_members(members: Iterable[tuple[str, object]], parts: list[str]) -> None:
    before = "{"
    for name, one in members:
        parts.append(f"{before}{encode_basestring(name)}:")
        _write(one, parts)
        before = ","
    parts.append("{}" if before == "{" else "}")


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str(encode_basestring(value))
    if isinstance(value, int):
        return str(value)
    assert isinstance(value, float), f"{type(value).__name__} is no plain data"
    return _number(value)


def _number(number: float) -> str:
    """Write a number as ECMAScript does; Python differs in where the exponent begins."""
    if not math.isfinite(number):
        raise ValueError("the canonical form has no infinite number and no NaN")
    if number == 0:
        return "0"
    if not _SMALL <= abs(number) < _LARGE:
        return repr(number).replace("e-0", "e-")
    written = format(Decimal(repr(number)), "f")
    return written.removesuffix(".0")
