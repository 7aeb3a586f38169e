"""Values that leap away from their neighbours and come back after one or two rows."""

import numpy as np
from numpy.typing import NDArray

from quality.profile.hashing import Floats
from quality.profile.parts.places import Places
from quality.profile.parts.runs import Segments
from quality.profile.planned import Plan


class Spikes:
    """Counts spikes of number columns within blocks; one across the border of two is not seen.

    A spike is a step beyond the column's ``jump`` that is taken back, also beyond it, one or two rows later.
    """

    def __init__(self, plan: Plan) -> None:
        self.jumps = [one.jump for one in plan.of("number")]
        self.places = [Places() for _ in self.jumps]
        self.row_count = 0

    def add(self, values: Floats, segments: Segments) -> None:
        """Take a block, shape (rows, columns)."""
        rows = len(values)
        inside = np.ones(max(rows - 1, 0), dtype=bool)
        inside[segments.firsts[1:] - 1] = False
        for at, jump in enumerate(self.jumps):
            if jump is None or rows < 3:
                continue
            column = values[:, at] if segments.order is None else values[segments.order, at]
            found = _spiking(column, inside, jump)
            if len(found):
                where = found if segments.order is None else segments.order[found]
                texts = [f"{value:g}" for value in column[found[:20]]]
                self.places[at].add(len(found), where + self.row_count, texts)
        self.row_count += rows

    def merge(self, other: "Spikes") -> None:
        """Take the rows after these."""
        for mine, theirs in zip(self.places, other.places, strict=True):
            mine.merge(theirs, self.row_count)
        self.row_count += other.row_count


def _spiking(column: Floats, inside: NDArray[np.bool_], jump: float) -> NDArray[np.int64]:
    """Return the rows of the first value of each spike."""
    with np.errstate(invalid="ignore", over="ignore"):
        step = np.diff(column)
        step[~inside] = 0.0
        side = (step > jump).astype(np.int8) - (step < -jump).astype(np.int8)
    if not side.any():
        return np.empty(0, dtype=np.int64)
    back_next = np.zeros(len(side), dtype=bool)
    back_next[:-1] = (side[:-1] != 0) & (side[1:] == -side[:-1])
    back_later = np.zeros(len(side), dtype=bool)
    back_later[:-2] = (side[:-2] != 0) & (side[1:-1] == 0) & (side[2:] == -side[:-2])
    # Within a stretch that leaps to and fro each value is taken once.
    found = np.flatnonzero(back_next | back_later)
    apart = np.diff(found, prepend=-2) > 1
    return found[apart] + 1
