"""Days, machines and lots as fingerprints of each number column: which of them are the same from first row to last."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quality.profile.hashing import STEP, Hashes, mixed
from quality.profile.parts.runs import Segments
from quality.profile.parts.steps import NONE, Stamps
from quality.profile.planned import Plan

# Days and lots that are kept; beyond, those with the smallest hashes, which is a fair sample of them.
KEPT: Final = 1_024
COLUMNS_MOST: Final = 32
DAY_MICRO: Final = 86_400_000_000
# A fingerprint is the sum of the cells' hashes times the powers of this odd number, modulo 2**64.
BASE: Final = 0x9E3779B97F4A7C15
_WHOLE: Final = 1 << 64

Rows = NDArray[np.int64]
NO_DAY: Final = np.int64(np.iinfo(np.int64).min)


def powers(count: int) -> Hashes:
    """Return the first powers of the base, from the zeroth on, shape (count,)."""
    factors = np.full(count, BASE, dtype=np.uint64)
    factors[:1] = 1
    return np.multiply.accumulate(factors)


def constant(first: int, rows: int) -> int:
    """Return the fingerprint of a unit whose cells all have one hash."""
    total = (pow(BASE, rows, _WHOLE * (BASE - 1)) - 1) // (BASE - 1)
    return first * total % _WHOLE


class Units:
    """The units of a table: a day where there are stamps, within one machine or lot where the plan names them."""

    NAMES: Final = ("keys", "days", "entities", "rows", "first_rows", "prints", "first_cells")

    def __init__(self, plan: Plan) -> None:
        numbers = [one for one in plan.of("number") if not one.identifying]
        self.positions = [one.position for one in numbers[:COLUMNS_MOST]]
        self.wanted = bool(self.positions) and (plan.time is not None or plan.entity is not None)
        self.row_count = 0
        self.whole = True
        self.keys: Hashes = np.empty(0, dtype=np.uint64)
        self.days: Rows = np.empty(0, dtype=np.int64)
        self.entities: Hashes = np.empty(0, dtype=np.uint64)
        self.rows: Rows = np.empty(0, dtype=np.int64)
        self.first_rows: Rows = np.empty(0, dtype=np.int64)
        self.prints: Hashes = np.empty((0, len(self.positions)), dtype=np.uint64)
        self.first_cells: Hashes = np.empty((0, len(self.positions)), dtype=np.uint64)

    def add(
        self, hashes: list[Hashes], stamps: Stamps | None, entity: Hashes | None, by: Segments
    ) -> None:
        """Take a block.

        Args:
            hashes: of each column of the table
            stamps: of each row [µs], None where no column orders the rows in time
            entity: the hash of each row's machine or lot
            by: the rows brought together by entity
        """
        count = len(hashes[0]) if hashes else 0
        if self.wanted and count:
            self._join(self._block(hashes, stamps, entity, by))
        self.row_count += count

    def _block(
        self, hashes: list[Hashes], stamps: Stamps | None, entity: Hashes | None, by: Segments
    ) -> dict[str, Any]:
        count = len(hashes[0])
        days = np.zeros(count, dtype=np.int64)
        if stamps is not None:
            days = np.where(stamps == NONE, NO_DAY, stamps // DAY_MICRO)
        own = np.zeros(count, dtype=np.uint64) if entity is None else entity
        keys = mixed(days.view(np.uint64) * STEP + own)
        order, starts = by.order, _starts(keys, by.order)
        if len(np.unique((keys if order is None else keys[order])[starts])) < len(starts):
            order = np.argsort(keys, kind="stable")
            starts = _starts(keys, order)
        sizes = np.diff(np.append(starts, count))
        places = np.arange(count) - np.repeat(starts, sizes)
        weights = powers(int(sizes.max()))[places]
        first = starts if order is None else order[starts]
        prints = np.empty((len(starts), len(self.positions)), dtype=np.uint64)
        for at, position in enumerate(self.positions):
            cells = hashes[position] if order is None else hashes[position][order]
            prints[:, at] = np.add.reduceat(cells * weights, starts)
        return {
            "keys": keys[first],
            "days": days[first],
            "entities": own[first],
            "rows": sizes,
            "first_rows": first + self.row_count,
            "prints": prints,
            "first_cells": np.stack([hashes[at][first] for at in self.positions], axis=1),
        }

    def merge(self, other: "Units") -> None:
        """Take the rows after these."""
        taken = {name: getattr(other, name) for name in self.NAMES}
        taken["first_rows"] = taken["first_rows"] + self.row_count
        self.whole &= other.whole
        self.row_count += other.row_count
        self._join(taken)

    def _join(self, taken: dict[str, Any]) -> None:
        """Take units of the rows after these; those that are known go on."""
        _, mine, theirs = np.intersect1d(
            self.keys, taken["keys"], assume_unique=True, return_indices=True
        )
        if len(mine):
            lifts = [pow(BASE, int(one), _WHOLE) for one in self.rows[mine]]
            lifted = np.array(lifts, dtype=np.uint64)[:, None] * taken["prints"][theirs]
            self.prints[mine] += lifted
            self.rows[mine] += taken["rows"][theirs]
        fresh = np.ones(len(taken["keys"]), dtype=bool)
        fresh[theirs] = False
        every = {
            name: np.concatenate([getattr(self, name), taken[name][fresh]]) for name in self.NAMES
        }
        order = np.argsort(every["keys"])
        if len(order) > KEPT:
            order, self.whole = order[:KEPT], False
        for name in self.NAMES:
            setattr(self, name, every[name][order])


def _starts(keys: Hashes, order: Rows | None) -> Rows:
    moved = keys if order is None else keys[order]
    return np.flatnonzero(np.concatenate([[True], moved[1:] != moved[:-1]]))
