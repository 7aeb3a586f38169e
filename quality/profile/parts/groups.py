"""Rows by machine, lot or class: how many, with how many empty cells, and from when to when."""

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quality.profile.blocks import Block
from quality.profile.hashing import NULL, Hashes
from quality.profile.parts.steps import NONE, Stamps

Counts = NDArray[np.int64]
# Groups that are kept: with more of them those with the smallest hashes, which says too little to be shown.
KEPT: Final = 4_096
LATE: Final = np.iinfo(np.int64).max
ALL: Final = np.uint64(2**64 - 1)


class Groups:
    """Counts for each value of one column; rows without a value are left out.

    All arrays have one element for each value: its hash, rows, empty cells, first and last stamp [µs].
    """

    def __init__(self) -> None:
        self.keys: Hashes = np.empty(0, dtype=np.uint64)
        self.rows: Counts = np.empty(0, dtype=np.int64)
        self.empties: Counts = np.empty(0, dtype=np.int64)
        self.first: Stamps = np.empty(0, dtype=np.int64)
        self.last: Stamps = np.empty(0, dtype=np.int64)
        self.bound = ALL

    @property
    def exact(self) -> bool:
        """Whether every value is kept."""
        return bool(self.bound == ALL)

    def add(self, block: Block, at: int, stamps: Stamps | None) -> None:
        """Take a block, told apart by the column at a position."""
        keys, codes = coded(block, at)
        one = Groups()
        one.keys, one.rows = keys, np.bincount(codes, minlength=len(keys)).astype(np.int64)
        empties = block.empty_counts()
        one.empties = np.zeros(len(keys), dtype=np.int64)
        if empties is not None:
            np.add.at(one.empties, codes, empties)
        one.first, one.last = np.full(len(keys), LATE), np.full(len(keys), NONE)
        if stamps is not None:
            np.minimum.at(one.first, codes, np.where(stamps == NONE, LATE, stamps))
            np.maximum.at(one.last, codes, stamps)
        one._keep(one.keys != NULL)
        self.merge(one)

    def _keep(self, chosen: NDArray[np.bool_]) -> None:
        for name in ("keys", "rows", "empties", "first", "last"):
            setattr(self, name, getattr(self, name)[chosen])

    def merge(self, other: "Groups") -> None:
        """Take the rows after these."""
        self.bound = min(self.bound, other.bound)
        keys = np.concatenate([self.keys, other.keys])
        order = np.argsort(keys, kind="stable")
        order = order[keys[order] <= self.bound]
        sorted_keys = keys[order]
        starts = np.flatnonzero(np.concatenate([[True], sorted_keys[1:] != sorted_keys[:-1]])) if len(order) else np.empty(0, dtype=np.int64)  # fmt: skip
        for name, how in (("rows", np.add), ("empties", np.add), ("first", np.minimum), ("last", np.maximum)):  # fmt: skip
            both = np.concatenate([getattr(self, name), getattr(other, name)])[order]
            setattr(self, name, how.reduceat(both, starts) if len(starts) else both)
        self.keys = sorted_keys[starts]
        if len(self.keys) > KEPT:
            self.bound = self.keys[KEPT - 1]
            self._keep(self.keys <= self.bound)


def coded(block: Block, at: int) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the different hashes of a column in a block, and for each row the place of its own."""
    looked = block.words.get(at)
    if looked is not None and block.plan.columns[at].kind != "number":
        return looked.cells.value_hashes, looked.cells.places.astype(np.int64)
    encoded = pa.array(block.hashes[at]).dictionary_encode()
    places = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return encoded.dictionary.to_numpy(zero_copy_only=False), places
