"""The texts behind hashes: those of the smallest hashes, so that no split of the table changes which are kept."""

from typing import Final

import numpy as np
import pyarrow as pa

from quality.profile.hashing import Hashes

KEPT: Final = 32_768
ALL: Final = np.uint64(2**64 - 1)


class Names:
    """Texts by their hashes.

    Args:
        bound: texts of hashes above it are not wanted any more
    """

    def __init__(self, bound: np.uint64 = ALL) -> None:
        self.texts: dict[int, str] = {}
        # Every text whose hash is not above it is kept.
        self.bound = bound

    def add(self, hashes: Hashes, texts: pa.Array) -> None:
        """Take different texts with their hashes."""
        if len(hashes) > KEPT:
            # Others would not stay, and to make texts of Python of them takes longest.
            self.bound = min(self.bound, np.partition(hashes, KEPT - 1)[KEPT - 1])
        if self.bound != ALL:
            wanted = hashes <= self.bound
            hashes, texts = hashes[wanted], texts.filter(pa.array(wanted))
        self.texts.update(zip(hashes.tolist(), texts.to_pylist(), strict=True))
        self._bounded()

    def merge(self, other: "Names") -> None:
        """Take what another saw."""
        self.bound = min(self.bound, other.bound)
        self.texts |= other.texts
        self._bounded()

    def _bounded(self) -> None:
        if len(self.texts) > 2 * KEPT:
            self.settle()

    def settle(self) -> None:
        """Let go of what is too much."""
        hashes = np.fromiter(self.texts, dtype=np.uint64, count=len(self.texts))
        kept = hashes[hashes <= self.bound]
        if len(kept) > KEPT:
            kept = np.partition(kept, KEPT - 1)[:KEPT]
        if len(kept) < len(hashes):
            self.texts = {one: self.texts[one] for one in np.sort(kept).tolist()}
            self.bound = kept.max(initial=0)
