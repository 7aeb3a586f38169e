"""Where in the table cells are empty: counts for short stretches of rows, and which columns miss together."""

from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quality.profile.hashing import mixed

STRETCH: Final = 256
# Of each block the most frequent patterns are counted, so a rare one may be counted too low.
PATTERNS_OF: Final = 50

Counts = NDArray[np.int64]


class Missing:
    """Empty cells by column and stretch of at most 256 rows; stretches begin anew with each block."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.row_count = 0
        self.starts: list[Counts] = []
        self.counts: list[NDArray[np.int16]] = []
        self.patterns: Counter[bytes] = Counter()
        self.full_row_count = 0

    def add(self, rows: int, empty: dict[int, NDArray[np.bool_]]) -> None:
        """Take a block of rows: for columns with empty cells, which rows are empty there."""
        starts = np.arange(0, rows, STRETCH)
        counts = np.zeros((len(starts), self.columns), dtype=np.int16)
        for at, flags in empty.items():
            counts[:, at] = np.add.reduceat(flags.astype(np.int16), starts)
        self.starts.append(starts + self.row_count)
        self.counts.append(counts)
        self.row_count += rows
        if empty:
            self._together(rows, empty)
        else:
            self.full_row_count += rows

    def _together(self, rows: int, empty: dict[int, NDArray[np.bool_]]) -> None:
        flags = np.zeros((rows, self.columns), dtype=bool)
        for at, one in empty.items():
            flags[:, at] = one
        each = flags.sum(axis=1)
        self.full_row_count += int(np.count_nonzero(each == 0))
        packed = np.packbits(flags[each > 1], axis=1)
        if not len(packed):
            return
        words = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
        words[:, : packed.shape[1]] = packed
        key = np.zeros(len(packed), dtype=np.uint64)
        for word in words.view("<u8").T:
            key = mixed(key ^ word)
        _, first, counts = np.unique(key, return_index=True, return_counts=True)
        often = np.lexsort((first, -counts))[:PATTERNS_OF]
        for at in often:
            self.patterns[packed[first[at]].tobytes()] += int(counts[at])

    def merge(self, other: "Missing") -> None:
        """Take the rows after these."""
        self.starts += [starts + self.row_count for starts in other.starts]
        self.counts += other.counts
        self.row_count += other.row_count
        self.patterns += other.patterns
        self.full_row_count += other.full_row_count

    def bands(self, most: int) -> tuple[Counts, Counts]:
        """Return the first row of each of at most ``most`` bands of rows, and empty cells by band and column."""
        if self.row_count == 0:
            return np.zeros(0, dtype=np.int64), np.zeros((0, self.columns), dtype=np.int64)
        starts, counts = np.concatenate(self.starts), np.concatenate(self.counts)
        count = min(most, len(starts))
        edges = np.linspace(0, self.row_count, count + 1).astype(np.int64)[:-1]
        firsts = np.unique(np.searchsorted(starts, edges, side="left"))
        firsts = firsts[firsts < len(starts)]
        return starts[firsts], np.add.reduceat(counts.astype(np.int64), firsts)

    def together(self, names: tuple[str, ...], most: int) -> list[tuple[tuple[str, ...], int]]:
        """Return the most frequent sets of columns that are empty in one row."""
        ordered = sorted(self.patterns.items(), key=lambda one: (-one[1], one[0]))[:most]
        return [
            (
                tuple(
                    name
                    for name, flag in zip(
                        names, np.unpackbits(np.frombuffer(key, dtype=np.uint8)), strict=False
                    )
                    if flag
                ),
                count,
            )
            for key, count in ordered
        ]
