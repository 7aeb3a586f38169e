"""Rows with equal inputs whose label differs."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from quality.profile.hashing import NULL, Hashes

# Rows that are kept; beyond, those of a growing share of all inputs.
KEPT: Final = 1_000_000
SHOWN: Final = 20


class Conflicting(Struct, frozen=True):
    """Rows whose inputs stand elsewhere with another label, how many such inputs, the first rows from 0."""

    row_count: int
    input_count: int
    rows: tuple[int, ...]
    exact: bool


class Conflicts:
    """A hash of the inputs of each row, and of its label; exact up to ``most`` rows, then a fair sample.

    The sample holds the rows of an input all or not at all, so counts scaled up by it are unbiased.
    """

    def __init__(self, most: int = KEPT) -> None:
        self.most = most
        self.shift = 0
        self.row_count = self.kept_count = 0
        self.kept: list[tuple[Hashes, NDArray[np.uint32], NDArray[np.uint32]]] = []

    def add(self, inputs: Hashes, labels: Hashes) -> None:
        """Take the rows of a block; one without a label contradicts none."""
        rows = np.arange(self.row_count, self.row_count + len(inputs), dtype=np.uint32)
        self.row_count += len(inputs)
        there = labels != NULL
        # Half of the label's hash tells a handful of classes apart.
        short = (labels[there] >> np.uint64(32)).astype(np.uint32)
        self._take(inputs[there], short, rows[there])

    def merge(self, other: "Conflicts") -> None:
        """Take the rows after these."""
        before = np.uint32(self.row_count)
        self.row_count += other.row_count
        self._thin(other.shift)
        for inputs, labels, rows in other.kept:
            self._take(inputs, labels, rows + before)

    def _take(self, inputs: Hashes, labels: NDArray[np.uint32], rows: NDArray[np.uint32]) -> None:
        self.kept.append(self._sampled((inputs, labels, rows)))
        self.kept_count += len(self.kept[-1][0])
        while self.kept_count > self.most:
            self._thin(self.shift + 1)

    def _thin(self, shift: int) -> None:
        if shift > self.shift:
            self.shift = shift
            self.kept = [self._sampled(one) for one in self.kept]
            self.kept_count = sum(len(one[0]) for one in self.kept)

    def _sampled(
        self, of: tuple[Hashes, NDArray[np.uint32], NDArray[np.uint32]]
    ) -> tuple[Hashes, NDArray[np.uint32], NDArray[np.uint32]]:
        if self.shift == 0:
            return of
        chosen = (of[0] >> np.uint64(64 - self.shift)) == 0
        return of[0][chosen], of[1][chosen], of[2][chosen]

    def finish(self) -> Conflicting:
        """Return which rows contradict each other."""
        scale, exact = 1 << self.shift, self.shift == 0
        if not self.kept_count:
            return Conflicting(0, 0, (), exact)
        inputs, labels, rows = (np.concatenate(part) for part in zip(*self.kept, strict=True))
        order = np.argsort(inputs, kind="stable")
        inputs, labels, rows = inputs[order], labels[order], rows[order]
        first = np.flatnonzero(np.concatenate([[True], inputs[1:] != inputs[:-1]]))
        torn = np.minimum.reduceat(labels, first) != np.maximum.reduceat(labels, first)
        sizes = np.diff(np.append(first, len(inputs)))
        where = np.sort(rows[np.repeat(torn, sizes)])
        shown = tuple(int(row) for row in where[:SHOWN])
        return Conflicting(int(sizes[torn].sum()) * scale, int(torn.sum()) * scale, shown, exact)
