"""One fixed 64-bit hash of cells, so that a report never depends on a library's version.

Numbers are mixed by the last step of SplitMix64, which can be turned back; texts are folded eight
bytes at a time with the same step, and salted with their length.

Source:
    G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014;
    the constants are variant 13 of D. Stafford, "Better bit mixing", 2011.
"""

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Floats = NDArray[np.float64]

FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
SECOND: Final = np.uint64(0x94D049BB133111EB)
FIRST_BACK: Final = np.uint64(pow(int(FIRST), -1, 2**64))
SECOND_BACK: Final = np.uint64(pow(int(SECOND), -1, 2**64))
STEP: Final = np.uint64(0x9E3779B97F4A7C15)
# What stands for a cell without a value.
NULL: Final = np.uint64(0x6A09E667F3BCC909)
_WORD: Final = 8


def mixed(words: Hashes) -> Hashes:
    """Return each word mixed; a bijection."""
    out: Hashes = words ^ (words >> np.uint64(30))
    out *= FIRST
    out ^= out >> np.uint64(27)
    out *= SECOND
    out ^= out >> np.uint64(31)
    return out


def unmixed(hashes: Hashes) -> Hashes:
    """Return the words that were mixed."""
    out = hashes ^ (hashes >> np.uint64(31)) ^ (hashes >> np.uint64(62))
    out *= SECOND_BACK
    out = out ^ (out >> np.uint64(27)) ^ (out >> np.uint64(54))
    out *= FIRST_BACK
    whole: Hashes = out ^ (out >> np.uint64(30)) ^ (out >> np.uint64(60))
    return whole


def of_numbers(values: Floats) -> Hashes:
    """Return a hash for each number, ``NULL`` where it is nan; both zeros are one."""
    hashes = mixed((values + 0.0).view(np.uint64))
    empty = np.isnan(values)
    if empty.any():
        hashes[empty] = NULL
    return hashes


def numbers_of(hashes: Hashes) -> Floats:
    """Return the numbers behind hashes of ``of_numbers``; ``NULL`` must not be among them."""
    numbers: Floats = unmixed(hashes).view(np.float64)
    return numbers


def of_texts(texts: pa.Array) -> Hashes:
    """Return a hash for each text of an Arrow string array, ``NULL`` for the empty one, shape (n,)."""
    count = len(texts)
    _, offset_buffer, data = texts.buffers()
    if count == 0 or data is None:
        return np.full(count, NULL)
    offsets = np.frombuffer(offset_buffer, dtype=np.int32)[texts.offset : texts.offset + count + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    content = np.zeros(last - first + _WORD, dtype=np.uint8)
    content[: last - first] = np.frombuffer(data, dtype=np.uint8)[first:last]
    words: Hashes = np.ndarray((last - first + 1,), dtype="<u8", buffer=content.data, strides=(1,))
    starts = (offsets[:-1] - first).astype(np.int64)
    lengths = np.diff(offsets).astype(np.int64)
    hashes = lengths.astype(np.uint64) * STEP
    left = np.flatnonzero(lengths)
    at = 0
    while len(left):
        rest = lengths[left] - at
        word = words[starts[left] + at]
        short = rest < _WORD
        if short.any():
            bits = (rest[short] * _WORD).astype(np.uint64)
            word[short] &= (np.uint64(1) << bits) - np.uint64(1)
        hashes[left] = mixed(hashes[left] ^ word) + STEP
        left = left[rest > _WORD]
        at += _WORD
    hashes[lengths == 0] = NULL
    return hashes
