"""What a chart is, and the rulers it is drawn with. Pure."""

import math
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from quality.html.charts.shapes import NOTHING, Box, Shapes, at, boxes, shape
from quality.html.texts import Cell

WIDTH: Final = 600.0
HEIGHT: Final = 180.0
STEPS: Final = 4
# Less than this is not seen.
SEEN: Final = 1.5
_ROUND: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


class Row(Struct, frozen=True, kw_only=True):
    """One line of a chart whose words stand beside its shapes.

    Args:
        label: of the line; ``code`` when it is a name from the file
        shapes: drawn into a strip of ``WIDTH`` by 16
        value: what the strip says, in words
        note: small words below
        state: ``not`` where nothing was measured
    """

    label: str
    shapes: Shapes
    value: str
    note: str = ""
    code: bool = False
    state: str = ""


class Chart(Struct, frozen=True, kw_only=True):
    """A drawing with its words, and a table of the same numbers.

    Args:
        kind: which function drew it, ``histogram``
        title, description: what is drawn, and what it says in one sentence with figures
        shapes, view: inside of the SVG, and the width and height of its box; none where there are ``lines``
        fixed: it has text in it, so it keeps its proportions; others stretch
        lines: strips with their words beside them, instead of one drawing
        y_words, x_words: of the axes, from the ground up and from the left
        legend: class of a colour and what it stands for
        head, cells: the table; the numbers are those of the report, unrounded
        left_out: what the table or the drawing does not show, in words
    """

    kind: str
    title: str
    description: str
    head: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    shapes: Shapes = NOTHING
    view: tuple[float, float] = (WIDTH, HEIGHT)
    fixed: bool = False
    lines: tuple[Row, ...] = ()
    y_words: tuple[str, ...] = ()
    x_words: tuple[str, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    left_out: str = ""

    @property
    def box(self) -> str:
        """The view box."""
        return f"0 0 {at(self.view[0])} {at(self.view[1])}"


def grid(steps: int, width: float = WIDTH, height: float = HEIGHT) -> Shapes:
    """Return the lines behind a chart, the ground left out."""
    drawn = "".join(f"M0 {at(height * one / steps)}h{at(width)}" for one in range(steps))
    return shape("path", class_="gl", d=drawn)


def ticks(most: float) -> list[float]:
    """Return round numbers from zero to at least the greatest count, some four steps."""
    if not (most > 0 and math.isfinite(most)):
        return [0.0, 1.0]
    raw = max(most / STEPS, 1.0)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((one * power for one in _ROUND if one * power >= raw), raw)
    step = math.ceil(step) if step < STEPS else step
    return [step * one for one in range(math.ceil(most / step) + 1)]


def tick_words(marks: Sequence[float]) -> tuple[str, ...]:
    """Return the words of an axis of counts."""
    return tuple(f"{one:,.0f}" for one in marks)


def share_between(value: float, low: float, high: float) -> float:
    """Return where a value lies between two others [0 to 1], without overflow at the ends of a double."""
    wide = high / 2 - low / 2
    if not wide > 0:
        return 0.0
    return min(max((value / 2 - low / 2) / wide, 0.0), 1.0)


def columns_of(counts: Sequence[float], top: float, height: float = HEIGHT) -> list[Box]:
    """Return the bars of counts side by side over the whole width; what is not zero is seen."""
    step = WIDTH / max(len(counts), 1)
    made = []
    for place, count in enumerate(counts):
        if count > 0 and top > 0:
            tall = max(SEEN, height * count / top)
            made.append((place * step + 0.5, height - tall, max(step - 1, 0.5), tall))
    return made


def strip(look: str, share: float) -> Shapes:
    """Return a bar from the left over a share of a line [0 to 1]."""
    filled = min(max(share, 0.0), 1.0)
    return boxes(look, [(0, 0, WIDTH * filled, 16)]) if filled > 0 else NOTHING


def stretch_of(first: float, length: float, whole: float) -> tuple[float, float]:
    """Return where a stretch of rows lies on a line: from, and how wide; short ones are seen."""
    total = max(whole, 1)
    begin = WIDTH * min(max(first, 0), total) / total
    wide = max(WIDTH * min(length, total) / total, SEEN)
    return min(begin, WIDTH - SEEN), min(wide, WIDTH - min(begin, WIDTH - SEEN))
