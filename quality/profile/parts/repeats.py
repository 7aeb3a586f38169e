"""Rows that repeat an earlier one, by a hash of each row."""

from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from quality.profile.hashing import Hashes

# Hashes of rows that are kept; beyond, those of a growing share of all hashes.
KEPT: Final = 8_000_000
LOOK_ROWS: Final = 65_536
LOOKED_MAX: Final = 1_000_000


class Groups(Struct, frozen=True):
    """Rows by their value: how many repeat an earlier row, how many values, how many of those repeat."""

    repeated_rows: int
    values: int
    repeated_values: int
    exact: bool


class Repeats:
    """Hashes of rows; exact up to ``most`` of them, then of a fair sample of the values.

    The sample holds each value's rows all or not at all, so counts scaled up by it are unbiased.
    """

    def __init__(self, most: int = KEPT) -> None:
        self.most = most
        self.shift = 0
        self.row_count = 0
        self.kept: list[Hashes] = []
        self.kept_count = 0
        self._groups: Groups | None = None

    def add(self, hashes: Hashes) -> None:
        """Take the hash of each row of a block."""
        self.row_count += len(hashes)
        self._take(hashes)

    def merge(self, other: "Repeats") -> None:
        """Take what another saw."""
        self.row_count += other.row_count
        self._thin(other.shift)
        for hashes in other.kept:
            self._take(hashes)

    def _take(self, hashes: Hashes) -> None:
        self._groups = None
        hashes = self._sampled(hashes)
        self.kept.append(hashes)
        self.kept_count += len(hashes)
        while self.kept_count > self.most:
            self._thin(self.shift + 1)

    def _thin(self, shift: int) -> None:
        if shift > self.shift:
            self.shift = shift
            self.kept = [self._sampled(hashes) for hashes in self.kept]
            self.kept_count = sum(len(hashes) for hashes in self.kept)

    def _sampled(self, hashes: Hashes) -> Hashes:
        if self.shift == 0:
            return hashes
        chosen: Hashes = hashes[(hashes >> np.uint64(64 - self.shift)) == 0]
        return chosen

    def finish(self) -> Groups:
        """Return how many rows and values repeat."""
        if self._groups is None:
            self._groups = self._counted()
        return self._groups

    def first(self, most: int) -> list[int]:
        """Return the first rows from 0 that repeat an earlier one; none where only a sample was kept."""
        if self.shift or not self.finish().repeated_rows:
            return []
        return first_again(np.concatenate(self.kept), most)

    def _counted(self) -> Groups:
        hashes = np.sort(np.concatenate([np.empty(0, dtype=np.uint64), *self.kept]))
        starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])) if len(hashes) else np.empty(0, dtype=np.int64)  # fmt: skip
        sizes = np.diff(np.append(starts, len(hashes)))
        scale = 1 << self.shift
        return Groups(
            repeated_rows=(len(hashes) - len(starts)) * scale,
            values=min(len(starts) * scale, self.row_count),
            repeated_values=int((sizes > 1).sum()) * scale,
            exact=self.shift == 0,
        )


def first_again(values: NDArray[Any], most: int) -> list[int]:
    """Return the first places whose value stands at an earlier place, too.

    Looked for among the first million rows with a value that comes again, so that it takes no longer.
    """
    ordered = np.sort(values)
    again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    seen: set[int] = set()
    found: list[int] = []
    looked = 0
    for low in range(0, len(values) if len(again) else 0, LOOK_ROWS):
        part = values[low : low + LOOK_ROWS]
        at = np.minimum(np.searchsorted(again, part), len(again) - 1)
        hits = np.flatnonzero(again[at] == part)
        for row, value in zip(hits.tolist(), part[hits].tolist(), strict=True):
            if value in seen:
                found.append(low + row)
            seen.add(value)
        looked += len(hits)
        if len(found) >= most or looked >= LOOKED_MAX:
            break
    return found[:most]
