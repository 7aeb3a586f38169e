"""Words in two languages, and text that keeps its columns where a Hangul syllable is two cells wide. Pure."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

_SIZES: Final = ("kB", "MB", "GB", "TB")
_WHOLE_BELOW: Final = 1e12
_UNPRINTED: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}

KINDS: Final = {
    "integer": ("정수", "integer"),
    "number": ("실수", "number"),
    "time": ("일시", "time"),
    "boolean": ("참·거짓", "yes/no"),
    "code": ("범주", "category"),
    "text": ("문자", "text"),
    "empty": ("빈 열", "empty"),
    "nested": ("중첩", "nested"),
}


class Tongue(Struct, frozen=True):
    """The language that is spoken."""

    english: bool

    def __call__(self, ko: str, en: str) -> str:
        """Return the sentence in this language."""
        return en if self.english else ko

    def kind(self, name: str) -> str:
        """Return a column's kind in words."""
        ko, en = KINDS.get(name, (name, name))
        return self(ko, en)


def safe(text: str) -> str:
    """Return text of a file as a terminal may show it: nothing that moves the cursor or turns the writing."""
    return "".join("�" if unicodedata.category(one) in _UNPRINTED else one for one in text)


def width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    return sum(_cells(one) for one in text)


def _cells(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def cut(text: str, most: int) -> str:
    """Return a text that takes at most so many cells."""
    if width(text) <= most:
        return text
    kept, used = [], 0
    for sign in text:
        used += _cells(sign)
        if used > most - 1:
            break
        kept.append(sign)
    return "".join(kept) + "…"


def aligned(
    rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), most: int = 32
) -> list[str]:
    """Return lines whose columns stand below each other, two spaces apart.

    Args:
        right: places of the columns that end together, as numbers do
        most: cells of a column but the last
    """
    last = max((len(row) for row in rows), default=1) - 1
    shown = [[one if at == last else cut(one, most) for at, one in enumerate(row)] for row in rows]
    widths = [max(width(row[at]) for row in shown if at < len(row)) for at in range(last + 1)]
    lines = []
    for row in shown:
        cells = []
        for at, one in enumerate(row):
            space = " " * (widths[at] - width(one))
            cells.append(space + one if at in right else one + space)
        lines.append(("  " + "  ".join(cells)).rstrip())
    return lines


def size(value_bytes: int) -> str:
    """Return a size in decimal units: 2.6 MB."""
    if value_bytes < 1000:
        return f"{value_bytes} B"
    power = 1
    while power < len(_SIZES) and value_bytes >= 1000 ** (power + 1):
        power += 1
    return f"{value_bytes / 1000**power:.1f} {_SIZES[power - 1]}"


def figure(number: float | None) -> str:
    """Return a number in short, or a dash."""
    if number is None:
        return "–"
    whole = float(number).is_integer() and abs(number) < _WHOLE_BELOW
    return f"{number:,.0f}" if whole else f"{number:.6g}"


def share(part: int, whole: int) -> str:
    """Return a part in per cent; what is not quite nothing or all is not shown as that."""
    if not whole:
        return "–"
    pct = 100 * part / whole
    if 0 < part < whole:
        pct = min(max(pct, 0.01), 99.99)
    return f"{pct:.2f} %"
