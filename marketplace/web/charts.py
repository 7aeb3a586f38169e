"""Charts as numbers for the templates to draw: places in a box of 100 by 30, nothing of HTML. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

WIDTH: Final = 100.0
HEIGHT: Final = 30.0
_LOWEST: Final = 1.2


class Bar(NamedTuple):
    """One bar from the ground up; ``y`` counts downward, as SVG does."""

    x: float
    y: float
    width: float
    height: float


def bars(counts: Sequence[float]) -> list[Bar]:
    """Return the bars of a histogram; a count above nothing is never invisible."""
    most = max(counts, default=0)
    if most <= 0:
        return []
    step = WIDTH / len(counts)
    made = []
    for place, count in enumerate(counts):
        if count > 0:
            height = max(_LOWEST, (HEIGHT - 1) * count / most)
            made.append(
                Bar(
                    round(place * step, 2), round(HEIGHT - height, 2),
                    round(step * 0.86, 2), round(height, 2),
                )
            )  # fmt: skip
    return made
