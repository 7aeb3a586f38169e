"""How values of a report look on a page: numbers, sizes, and text of files that may hold anything. Pure."""

import unicodedata
from typing import Final

_WHOLE_BELOW: Final = 1e12
# What cannot be seen, turns the writing, or breaks a line; a line break within a name is shown as a sign.
_UNSHOWN: Final = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_SIGNS: Final = {"\n": "↵", "\r": "", "\t": " "}
# Joins signs of one writing and is part of words; it moves nothing.
_KEPT: Final = {"\u200c", "\u200d"}


Cell = int | float | str | None


def shown(text: str) -> str:
    """Return text of a file as a page may show it: every sign visible, none that turns the writing."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_sign(one) for one in text)


def _sign(one: str) -> str:
    if one in _SIGNS:
        return _SIGNS[one]
    if one in _KEPT or unicodedata.category(one) not in _UNSHOWN:
        return one
    return "\ufffd"


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many signs."""
    return text if len(text) <= most else text[: most - 1] + "…"


def figure(number: float | None) -> str:
    """Return a measured number: whole ones in full, others with six digits that count, or a dash."""
    if number is None:
        return "–"
    whole = float(number).is_integer() and abs(number) < _WHOLE_BELOW
    return (f"{number:,.0f}" if whole else f"{number:,.6g}").replace(
        "-", "−", 1 if number < 0 else 0
    )


def written(value: Cell) -> str:
    """Return a number or text of a table as it is read."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,}" if isinstance(value, int) else figure(value)


def exact(value: Cell) -> str | None:
    """Return a fraction in full where what is read of it is shorter, else None."""
    if not isinstance(value, float) or written(value).replace(",", "") == f"{value:.12g}":
        return None
    return f"{value:.12g}"
