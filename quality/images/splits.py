"""Images that stand in two of training, validation and test, told by folders, or by names where no folder tells."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from quality.across.laying import SPLITS
from quality.images.decoding import Look

# Difference hashes that differ in no more bits are those of one picture.
SIMILAR_BITS: Final = 4


class Shared(Struct, frozen=True):
    """An image, one of an earlier split that is the same or nearly, and whether their bytes are."""

    name: str
    other: str
    bytes_too: bool


def split_of(name: str) -> str:
    """Return ``train``, ``valid`` or ``test``, else nothing; folders go before the name, two words tell none."""
    folders, _, own = name.rpartition("/")
    for part in (folders, own):
        found = [split for split, pattern in SPLITS.items() if pattern.search(part)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def by_split(looks: Sequence[Look]) -> dict[str, list[Look]]:
    """Return the images of each split that there is, in the order of training, validation and test."""
    told: dict[str, list[Look]] = {split: [] for split in SPLITS}
    for one in looks:
        split = split_of(one.name)
        if split:
            told[split].append(one)
    return {split: images for split, images in told.items() if images}


def shared(splits: dict[str, list[Look]]) -> list[Shared]:
    """Return the images that an earlier split has, too, each once."""
    found: list[Shared] = []
    before: list[Look] = []
    for images in splits.values():
        if before:
            found += _among(images, before)
        before = [*before, *images]
    return found


def _among(images: Sequence[Look], before: Sequence[Look]) -> list[Shared]:
    by_bytes: dict[bytes, str] = {}
    for one in before:
        by_bytes.setdefault(one.sha256, one.name)
    decoded = [one for one in before if one.decoded]
    prints: NDArray[np.uint64] = np.array([one.fingerprint for one in decoded], dtype=np.uint64)
    found = []
    for one in images:
        if one.sha256 in by_bytes:
            found.append(Shared(one.name, by_bytes[one.sha256], bytes_too=True))
        elif one.decoded and len(prints):
            bits = np.bitwise_count(prints ^ np.uint64(one.fingerprint))
            near = int(bits.argmin())
            if bits[near] <= SIMILAR_BITS:
                found.append(Shared(one.name, decoded[near].name, bytes_too=False))
    return found
