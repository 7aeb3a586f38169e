"""Stretches of a number column by their first differences, so that a copy with a constant added looks the same.

Of all windows of ``WIDTH`` differences those with the smallest hashes are kept, which is the same choice in
every table: what two tables share shows as hashes that both keep.

Source:
    S. Schleimer, D. S. Wilkerson, A. Aiken, "Winnowing: local algorithms for document fingerprinting",
    SIGMOD 2003: places are chosen by their content; the smallest hashes as a fair sample of a set are
    A. Z. Broder, "On the resemblance and containment of documents", SEQUENCES 1997.
"""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from quality.profile.hashing import SECOND, STEP, Floats, Hashes, mixed

WIDTH: Final = 16
KEPT: Final = 512
# Fewer different differences in a window are no fingerprint: a counter, a set-point, a coarse sensor.
VARIED: Final = 8
ALL: Final = np.uint64(2**64 - 1)
# Of a difference the sign, the exponent and 16 bits of the mantissa count: a sum with a constant loses the
# last of the 52. The half is no round number, so that decimals never stand on the edge.
_ROUNDED: Final = np.uint64(36)
_HALF: Final = np.uint64(0x6_1C88_6471)
_LOW: Final = np.uint64(0xFFFFFFFF)
# One place in four can begin a window.
_PLACES: Final = np.uint64(3 << 30)
_FACTORS: Final = mixed(np.arange(1, WIDTH + 1, dtype=np.uint64) * STEP) | np.uint64(1)
_PIECE: Final = 8_192

Rows = NDArray[np.int64]


class Kept(Struct):
    """Windows of one column, sorted by hash: how often each was seen, where first, and whether it is varied."""

    hashes: Hashes
    counts: Rows
    firsts: Rows
    varied: NDArray[np.bool_]
    # Every window whose hash is not above it is kept.
    bound: np.uint64 = ALL

    @classmethod
    def none(cls) -> "Kept":
        """Return no window."""
        rows = np.empty(0, dtype=np.int64)
        return cls(np.empty(0, dtype=np.uint64), rows, rows, np.empty(0, dtype=bool))


class Windows:
    """The windows of each number column with the smallest hashes; the same however the rows are split."""

    def __init__(self, columns: int) -> None:
        self.row_count = 0
        self.kept = [Kept.none() for _ in range(columns)]
        self.heads = np.empty((0, columns))
        self.tails = np.empty((0, columns))

    def add(self, values: Floats) -> None:
        """Take a block, shape (rows, columns)."""
        block = Windows(0)
        block.row_count = len(values)
        block.heads, block.tails = values[:WIDTH].copy(), values[-WIDTH:].copy()
        block.kept = [found(values[:, at], 0, one.bound) for at, one in enumerate(self.kept)]
        self.merge(block)

    def merge(self, other: "Windows") -> None:
        """Take the rows after these."""
        border = np.concatenate([self.tails, other.heads])
        begin = self.row_count - len(self.tails)
        for at, theirs in enumerate(other.kept):
            mine = self.kept[at]
            across = found(border[:, at], begin, min(mine.bound, theirs.bound))
            moved = theirs.firsts + self.row_count
            after = Kept(theirs.hashes, theirs.counts, moved, theirs.varied, theirs.bound)
            self.kept[at] = joined([mine, across, after])
        if len(self.heads) < WIDTH:
            self.heads = np.concatenate([self.heads, other.heads])[:WIDTH]
        self.tails = np.concatenate([self.tails, other.tails])[-WIDTH:]
        self.row_count += other.row_count


def found(column: Floats, first_row: int, bound: np.uint64) -> Kept:
    """Return the windows of a stretch whose hashes are not above a bound, at most ``KEPT`` of them."""
    if len(column) <= WIDTH:
        return Kept.none()
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.diff(column) + 0.0
        endless = not np.isfinite(steps.sum())
    words: Hashes = (steps.view(np.uint64) + _HALF) >> _ROUNDED
    count = len(words) - WIDTH + 1
    begin: Hashes = words[:count] * _FACTORS[0]
    begin += words[1 : count + 1] * _FACTORS[1]
    begin += words[2 : count + 2] * _FACTORS[2]
    begin += SECOND
    chosen = np.flatnonzero(((begin & _PLACES) == 0) & (begin <= (bound | _LOW)))
    first, second, third = words[chosen], words[chosen + 1], words[chosen + 2]
    chosen = chosen[(first != second) & (second != third)]
    if endless:
        gone = np.concatenate([[0], np.cumsum(~np.isfinite(steps))])
        chosen = chosen[gone[chosen + WIDTH] == gone[chosen]]
    kept = Kept.none()
    kept.bound = bound
    for at in range(0, len(chosen), _PIECE):
        places = chosen[at : at + _PIECE]
        places = places[begin[places] <= (kept.bound | _LOW)]
        kept = joined([kept, _hashed(words, begin, places, first_row)], bound=kept.bound)
    return kept


def _hashed(words: Hashes, begin: Hashes, places: Rows, first_row: int) -> Kept:
    """Return the windows at some places: in the upper half of the hash their beginning, in the lower the whole."""
    whole = words[places[:, None] + np.arange(WIDTH)]
    total = mixed((whole * _FACTORS).sum(axis=1, dtype=np.uint64))
    hashes = (begin[places] & ~_LOW) | (total >> np.uint64(32))
    ordered = np.sort(whole, axis=1)
    varied = 1 + np.count_nonzero(ordered[:, 1:] != ordered[:, :-1], axis=1) >= VARIED
    return Kept(hashes, np.ones(len(places), dtype=np.int64), places + first_row, varied)


def joined(parts: list[Kept], *, bound: np.uint64 = ALL) -> Kept:
    """Return the windows of several stretches, those with the smallest hashes."""
    bound = min([bound, *(one.bound for one in parts)])
    hashes = np.concatenate([one.hashes for one in parts])
    order = np.flatnonzero(hashes <= bound)
    order = order[np.argsort(hashes[order], kind="stable")]
    if not len(order):
        none = Kept.none()
        none.bound = bound
        return none
    hashes = hashes[order]
    counts, firsts, varied = (
        np.concatenate([getattr(one, name) for one in parts])[order]
        for name in ("counts", "firsts", "varied")
    )
    starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]]))
    kept = Kept(
        hashes[starts],
        np.add.reduceat(counts, starts),
        np.minimum.reduceat(firsts, starts),
        np.logical_and.reduceat(varied, starts),
        bound,
    )
    if len(kept.hashes) <= KEPT:
        return kept
    return Kept(
        kept.hashes[:KEPT].copy(),
        kept.counts[:KEPT].copy(),
        kept.firsts[:KEPT].copy(),
        kept.varied[:KEPT].copy(),
        kept.hashes[KEPT - 1],
    )
