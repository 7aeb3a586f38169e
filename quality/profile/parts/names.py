"""The texts behind hashes: those of the smallest hashes, so that no split of the table changes which are kept."""

from typing import Final

import numpy as np
import pyarrow as pa

from quality.profile.hashing import Hashes

KEPT: Final = 32_768
ALL: Final = np.uint64(2**64 - 1)


class Names:
    """Texts by their hashes."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}
        # Every text whose hash is not above it is kept.
        self.bound = ALL

    def add(self, hashes: Hashes, texts: pa.Array) -> None:
        """Take different texts with their hashes."""
        if self.bound != ALL:
            wanted = hashes <= self.bound
            hashes, texts = hashes[wanted], texts.filter(pa.array(wanted))
        self.texts.update(zip(hashes.tolist(), texts.to_pylist(), strict=True))
        if len(self.texts) > 2 * KEPT:
            self.settle()

    def merge(self, other: "Names") -> None:
        """Take what another saw."""
        self.bound = min(self.bound, other.bound)
        self.texts |= other.texts
        self.settle()

    def settle(self) -> None:
        """Let go of what is too much."""
        kept = sorted(one for one in self.texts if one <= self.bound)[:KEPT]
        if len(kept) < len(self.texts):
            self.texts = {one: self.texts[one] for one in kept}
            self.bound = np.uint64(kept[-1])
