"""Sums of the numbers of all columns, kept for each block and folded in order at the end.

Source:
    T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating formulae and a pairwise algorithm for computing
    sample variances", COMPSTAT 1982, eq. 2.1.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from quality.profile.hashing import Floats

Counts = NDArray[np.int64]


class Folded(Struct, frozen=True):
    """The moments of each column, shape (columns,); ``squares`` is the sum of squared deviations."""

    count: Counts
    mean: Floats
    squares: Floats


class Moments:
    """Count, extremes, zeros and moments of number columns."""

    def __init__(self, columns: int) -> None:
        self.low = np.full(columns, np.inf)
        self.high = np.full(columns, -np.inf)
        self.low_count = np.zeros(columns, dtype=np.int64)
        self.high_count = np.zeros(columns, dtype=np.int64)
        self.zero_count = np.zeros(columns, dtype=np.int64)
        self.negative_count = np.zeros(columns, dtype=np.int64)
        self.whole = np.ones(columns, dtype=bool)
        self.blocks: list[tuple[int, Counts, Floats, Floats]] = []

    def add(self, number: int, values: Floats) -> None:
        """Take a block, shape (rows, columns), nan where there is no finite number."""
        columns = values.shape[1]
        count = np.zeros(columns, dtype=np.int64)
        mean, squares = np.zeros(columns), np.zeros(columns)
        for at in range(columns):
            column = values[:, at]
            missing = np.isnan(column)
            if missing.any():
                column = column[~missing]
            count[at] = len(column)
            if len(column) == 0:
                continue
            with np.errstate(over="ignore", invalid="ignore"):
                mean[at] = column.mean()
                apart = column - mean[at]
                squares[at] = apart @ apart
            self._extremes(at, column)
        self.blocks.append((number, count, mean, squares))

    def _extremes(self, at: int, column: Floats) -> None:
        low, high = column.min(), column.max()
        self._low(at, low, int(np.count_nonzero(column == low)))
        self._high(at, high, int(np.count_nonzero(column == high)))
        if low <= 0:
            self.zero_count[at] += np.count_nonzero(column == 0)
            self.negative_count[at] += np.count_nonzero(column < 0)
        if self.whole[at]:
            self.whole[at] = bool((column == np.rint(column)).all())

    def _low(self, at: int, low: float, count: int) -> None:
        if low < self.low[at]:
            self.low[at], self.low_count[at] = low, count
        elif low == self.low[at]:
            self.low_count[at] += count

    def _high(self, at: int, high: float, count: int) -> None:
        if high > self.high[at]:
            self.high[at], self.high_count[at] = high, count
        elif high == self.high[at]:
            self.high_count[at] += count

    def merge(self, other: "Moments") -> None:
        """Take what another saw."""
        for at in range(len(self.low)):
            if other.low_count[at]:
                self._low(at, other.low[at], int(other.low_count[at]))
                self._high(at, other.high[at], int(other.high_count[at]))
        self.zero_count += other.zero_count
        self.negative_count += other.negative_count
        self.whole &= other.whole
        self.blocks += other.blocks

    def folded(self) -> Folded:
        """Return the moments over all blocks, folded in the order of their numbers."""
        columns = len(self.low)
        count = np.zeros(columns, dtype=np.int64)
        mean, squares = np.zeros(columns), np.zeros(columns)
        for _, more, centre, apart in sorted(self.blocks, key=lambda one: one[0]):
            whole = np.maximum(count + more, 1)
            with np.errstate(over="ignore", invalid="ignore"):
                step = centre - mean
                mean = mean + step * (more / whole)
                squares = squares + apart + step * step * (count * more / whole)
            count = count + more
        return Folded(count, mean, squares)
