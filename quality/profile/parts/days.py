"""Rows by day and by hour of the day, of the stamps that order a table."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from quality.profile.parts.steps import NONE, Stamps

HOURS: Final = 24
HOUR: Final = 3_600_000_000
DAY: Final = HOURS * HOUR
# Beyond so many days between two stamps of a block they are sorted instead of counted in a table.
SPREAD_MAX: Final = 100_000


class Days:
    """How many rows each day has, by days since 1970, and each hour of the day."""

    def __init__(self) -> None:
        self.days: dict[int, int] = {}
        self.hours: NDArray[np.int64] = np.zeros(HOURS, dtype=np.int64)

    def add(self, stamps: Stamps) -> None:
        """Take the stamps of a block [µs], ``NONE`` where there is none."""
        stamps = stamps[stamps != NONE]
        if not len(stamps):
            return
        days = stamps // DAY
        self.hours += np.bincount((stamps - days * DAY) // HOUR, minlength=HOURS)
        low, high = int(days.min()), int(days.max())
        if high - low < SPREAD_MAX:
            counts = np.bincount(days - low)
            there = np.flatnonzero(counts)
            self._count((there + low).tolist(), counts[there].tolist())
        else:
            found, often = np.unique(days, return_counts=True)
            self._count(found.tolist(), often.tolist())

    def _count(self, days: list[int], counts: list[int]) -> None:
        for day, count in zip(days, counts, strict=True):
            self.days[day] = self.days.get(day, 0) + count

    def merge(self, other: "Days") -> None:
        """Take what another saw."""
        self._count(list(other.days), list(other.days.values()))
        self.hours += other.hours
