"""The distinct values of a column with their counts: all of them while they are few, else a fair part."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from typing_extensions import override

from quality.profile.hashing import NULL, Hashes

Counts = NDArray[np.int64]
# All values are kept up to this number; beyond, those with the smallest hashes.
KEPT: Final = 32_768
# Up to so many values each is counted; beyond, the most frequent are looked for in the sample of rows.
COUNTED: Final = 4_096
ALL: Final = np.uint64(2**64 - 1)
_SEEN_BITS: Final = 16


class Values:
    """Values with the smallest hashes and how often each was seen; exact up to ``KEPT`` of them.

    A value that is kept at the end was never dropped before, so its count is exact.

    Args:
        counted_most: with more values than this their counts are given up, which is quicker

    Source:
        Z. Bar-Yossef et al., "Counting distinct elements in a data stream", RANDOM 2002: beyond ``KEPT``
        the number is (k - 1) divided by the k-th smallest hash as a share of all; relative standard
        error 1 / sqrt(k - 2) = 0.55 %.
    """

    def __init__(self, counted_most: int = COUNTED) -> None:
        self.counted_most = counted_most
        self.hashes: Hashes = np.empty(0, dtype=np.uint64)
        self.counts: Counts = np.empty(0, dtype=np.int64)
        # Every value whose hash is not above it is kept.
        self.bound = ALL
        self._waiting: list[tuple[Hashes, Counts]] = []
        self._waiting_count = 0
        self._seen: Hashes | None = None

    @property
    def exact(self) -> bool:
        """Whether every value is kept."""
        return bool(self.bound == ALL)

    @property
    def counted(self) -> bool:
        """Whether the counts of all values are known."""
        self.settle()
        return self.exact and len(self.hashes) <= self.counted_most

    def add_rows(self, hashes: Hashes) -> None:
        """Take a hash for each row; ``NULL`` is no value."""
        if not self.exact:
            hashes = hashes[hashes <= self.bound]
        if len(self.hashes) > self.counted_most:
            hashes = self._unseen(hashes)
        if len(hashes) == 0:
            return
        if len(self.hashes) <= self.counted_most:
            # Few values come again and again: a table of them is quicker than sorting.
            found = pc.value_counts(pa.array(hashes))
            self.add(found.field(0).to_numpy(), found.field(1).to_numpy())
        else:
            self.add(*np.unique(hashes, return_counts=True))

    def _unseen(self, hashes: Hashes) -> Hashes:
        """Drop most of the values that are kept already; only their number matters now."""
        if self._seen is None:
            self._seen = np.full(1 << _SEEN_BITS, NULL)
        places = (hashes >> np.uint64(64 - _SEEN_BITS)).astype(np.uint16)
        fresh = self._seen[places] != hashes
        left: Hashes = hashes[fresh]
        self._seen[places[fresh]] = left
        return left

    def add(self, hashes: Hashes, counts: Counts) -> None:
        """Take different hashes and how often each was seen."""
        wanted = (hashes != NULL) & (hashes <= self.bound)
        if not wanted.all():
            hashes, counts = hashes[wanted], counts[wanted]
        if len(hashes):
            self._waiting.append((hashes, counts))
            self._waiting_count += len(hashes)
            if self._waiting_count > KEPT:
                self.settle()

    def merge(self, other: "Values") -> None:
        """Take what another saw."""
        self.settle()
        other.settle()
        self.bound = min(self.bound, other.bound)
        for one in (self, other):
            kept = one.hashes <= self.bound
            self._waiting.append((one.hashes[kept], one.counts[kept]))
        self.hashes, self.counts = self.hashes[:0], self.counts[:0]
        self.settle()

    def settle(self) -> None:
        """Sort what waits into what is kept."""
        if not self._waiting:
            return
        hashes = np.concatenate([self.hashes, *(one for one, _ in self._waiting)])
        counts = np.concatenate([self.counts, *(one for _, one in self._waiting)])
        self._waiting, self._waiting_count = [], 0
        if not len(hashes):
            return
        order = np.argsort(hashes, kind="stable")
        hashes, counts = hashes[order], counts[order]
        starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]]))
        self.hashes, self.counts = hashes[starts], np.add.reduceat(counts, starts)
        if len(self.hashes) > KEPT:
            self.hashes, self.counts = self.hashes[:KEPT].copy(), self.counts[:KEPT].copy()
            self.bound = self.hashes[-1]

    def distinct(self) -> int:
        """Return the number of values, an estimate where not all are kept."""
        self.settle()
        if self.exact:
            return len(self.hashes)
        return round((len(self.hashes) - 1) / (float(self.bound) / 2**64))

    @override
    def __getstate__(self) -> dict[str, object]:
        """What travels between processes: not what only saves work here."""
        self.settle()
        return {**self.__dict__, "_seen": None}
