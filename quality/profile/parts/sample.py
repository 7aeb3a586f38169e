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
        keyed: other columns, whose cells are kept as hashes
    """

    def __init__(self, columns: int, keyed: int = 0) -> None:
        self.most = max(min(ROWS, CELLS // max(columns, 1)), 1_000)
        self.row_count = 0
        self.tags: Hashes = np.empty(0, dtype=np.uint64)
        self.rows: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.values: Floats = np.empty((0, columns))
        self.keys: Hashes = np.empty((0, keyed), dtype=np.uint64)
        self._bound = np.uint64(2**64 - 1)
        self._waiting: list[tuple[Hashes, NDArray[np.int64], Floats, Hashes]] = []

    @property
    def whole(self) -> bool:
        """Whether every row is in it."""
        self.settle()
        return len(self.tags) == self.row_count

    def add(self, number: int, values: Floats, keys: list[Hashes] | None = None) -> None:
        """Take a block, shape (rows, columns); ``number`` is its number in the table, ``keys`` by column."""
        count = len(values)
        tags = np.random.default_rng([SEED, number]).integers(0, 2**64, count, dtype=np.uint64)
        chosen = np.flatnonzero(tags <= self._bound)
        kept = np.empty((len(chosen), self.keys.shape[1]), dtype=np.uint64)
        for at, hashes in enumerate(keys or ()):
            kept[:, at] = hashes[chosen]
        self._wait(tags[chosen], chosen + self.row_count, values[chosen], kept)
        self.row_count += count

    def merge(self, other: "Sample") -> None:
        """Take the rows after these."""
        other.settle()
        self._wait(other.tags, other.rows + self.row_count, other.values, other.keys)
        self.row_count += other.row_count

    def _wait(self, tags: Hashes, rows: NDArray[np.int64], values: Floats, keys: Hashes) -> None:
        self._waiting.append((tags, rows, values, keys))
        if sum(len(one) for one, _, _, _ in self._waiting) > self.most // 2:
            self.settle()

    def settle(self) -> None:
        """Bring what waits into the sample, in the order of the table."""
        if not self._waiting:
            return
        tags, rows, values, keys = zip(*self._waiting, strict=True)
        self.tags = np.concatenate([self.tags, *tags])
        self.rows = np.concatenate([self.rows, *rows])
        self.values = np.concatenate([self.values, *values])
        self.keys = np.concatenate([self.keys, *keys])
        self._waiting = []
        if len(self.tags) > self.most:
            kept = np.sort(np.argpartition(self.tags, self.most)[: self.most])
            self.tags, self.rows = self.tags[kept], self.rows[kept]
            self.values, self.keys = self.values[kept], self.keys[kept]
            self._bound = self.tags.max()
