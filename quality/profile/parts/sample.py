"""A fair sample of rows with the numbers in them: for quantiles, histograms, correlations and drift."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from quality.profile.hashing import Floats, Hashes

ROWS: Final = 100_000
CELLS: Final = 4_000_000
SEED: Final = 11


class Sample:
    """The rows with the smallest of random tags, which come from the number of their block alone.

    Args:
        columns: of numbers; with many columns fewer rows are kept
    """

    def __init__(self, columns: int) -> None:
        self.most = max(min(ROWS, CELLS // max(columns, 1)), 1_000)
        self.row_count = 0
        self.tags: Hashes = np.empty(0, dtype=np.uint64)
        self.rows: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.values: Floats = np.empty((0, columns))
        self._bound = np.uint64(2**64 - 1)
        self._waiting: list[tuple[Hashes, NDArray[np.int64], Floats]] = []

    @property
    def whole(self) -> bool:
        """Whether every row is in it."""
        self.settle()
        return len(self.tags) == self.row_count

    def add(self, number: int, values: Floats) -> None:
        """Take a block, shape (rows, columns); ``number`` is its number in the table."""
        count = len(values)
        tags = np.random.default_rng([SEED, number]).integers(0, 2**64, count, dtype=np.uint64)
        chosen = np.flatnonzero(tags <= self._bound)
        self._wait(tags[chosen], chosen + self.row_count, values[chosen])
        self.row_count += count

    def merge(self, other: "Sample") -> None:
        """Take the rows after these."""
        other.settle()
        self._wait(other.tags, other.rows + self.row_count, other.values)
        self.row_count += other.row_count

    def _wait(self, tags: Hashes, rows: NDArray[np.int64], values: Floats) -> None:
        self._waiting.append((tags, rows, values))
        if sum(len(one) for one, _, _ in self._waiting) > self.most // 2:
            self.settle()

    def settle(self) -> None:
        """Bring what waits into the sample, in the order of the table."""
        if not self._waiting:
            return
        self.tags = np.concatenate([self.tags, *(one for one, _, _ in self._waiting)])
        self.rows = np.concatenate([self.rows, *(one for _, one, _ in self._waiting)])
        self.values = np.concatenate([self.values, *(one for _, _, one in self._waiting)])
        self._waiting = []
        if len(self.tags) > self.most:
            kept = np.sort(np.argpartition(self.tags, self.most)[: self.most])
            self.tags, self.rows, self.values = self.tags[kept], self.rows[kept], self.values[kept]
            self._bound = self.tags.max()
