"""Where something was found: how often, and the first places."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SHOWN: Final = 20


class Places:
    """A count of cells and the first of them: row from 0, and what stands there."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[tuple[int, str]] = []

    def add(self, count: int, rows: NDArray[np.int64], texts: list[str]) -> None:
        """Take cells of a block: their number, and rows and texts of the first of them, in order."""
        self.count += count
        room = SHOWN - len(self.first)
        self.first += [
            (int(row), text) for row, text in zip(rows[:room], texts[:room], strict=True)
        ]

    def take(self, count: int, places: list[tuple[int, str]]) -> None:
        """Take cells that may stand anywhere: their number, and the first of them."""
        self.count += count
        self.first = sorted([*self.first, *places])[:SHOWN]

    def merge(self, other: "Places", rows_before: int) -> None:
        """Take what was found in the rows after ``rows_before``."""
        self.count += other.count
        room = SHOWN - len(self.first)
        self.first += [(row + rows_before, text) for row, text in other.first[:room]]
