"""What a table leaves behind so that it can be compared without being read again: its smallest hashes. Pure.

The same rule chooses the hashes in every table, so what two tables share shows in both. A sketch lets
people guess values, so it stays with the report of a file, which its seller alone has, and never
gets into the report of a dataset, which everybody reads.
"""

import base64
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

# Hashes that the sketches of one file hold together: 512 KiB.
FILE_HASHES: Final = 65_536
VALUES: Final = 256
WINDOWS: Final = 128
ROWS: Final = 512
LEAST: Final = 16
EVERY: Final = 2**64 - 1


class Sample(Struct, frozen=True):
    """The smallest hashes of a set, sorted and packed; ``whole`` where they are all of them."""

    hashes: str = ""
    whole: bool = True

    @property
    def values(self) -> tuple[int, ...]:
        """The hashes, the smallest first."""
        return tuple(unpacked(self.hashes, "Q"))

    def first(self, most: int) -> "Sample":
        """Return a smaller sample of the same set."""
        values = self.values
        return self if len(values) <= most else Sample(packed(values[:most], "Q"), whole=False)


class ColumnSketch(Struct, frozen=True, kw_only=True):
    """A column: its values, and the stretches of a number column by their first differences.

    Args:
        counts: rows of each value, packed, where all values are there and counted
        windows: varied stretches, each begun at a place that its content chooses
    """

    name: str
    values: Sample = Sample()
    counts: str = ""
    windows: Sample = Sample()


class Sketch(Struct, frozen=True, kw_only=True):
    """A table: its rows, with and without the columns that number them, and its columns.

    Args:
        table: its name in the report
    """

    table: str
    rows: Sample = Sample()
    rows_without_ids: Sample | None = None
    columns: tuple[ColumnSketch, ...] = ()

    @property
    def hash_count(self) -> int:
        """How many hashes it holds."""
        samples = [self.rows, self.rows_without_ids or Sample()]
        samples += [one for column in self.columns for one in (column.values, column.windows)]
        return sum(len(one.hashes) for one in samples) * 3 // 32


def packed(values: Iterable[int], kind: str) -> str:
    """Return whole numbers as base64 text, lowest byte first; ``kind`` is Q (64 bits) or I (32 bits)."""
    numbers = array(kind, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()


def unpacked(text: str, kind: str) -> Sequence[int]:
    """Return the numbers of a packed text."""
    numbers = array(kind)
    numbers.frombytes(base64.b64decode(text))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def fitted(sketches: Sequence[Sketch], most: int = FILE_HASHES) -> tuple[Sketch, ...]:
    """Return the sketches of a file, thinned alike until they hold at most so many hashes together.

    Whole sets of values are cut first, then every sample; what is left is a fair sample all the same.
    """
    made, size = tuple(sketches), VALUES
    if sum(one.hash_count for one in made) > most:
        made = tuple(_thinned(one, VALUES, WINDOWS, ROWS) for one in made)
    while sum(one.hash_count for one in made) > most and size > LEAST:
        size //= 2
        made = tuple(_thinned(one, size, size // 2, 2 * size) for one in made)
    if sum(one.hash_count for one in made) > most:
        return ()
    return made


def _thinned(sketch: Sketch, values: int, windows: int, rows: int) -> Sketch:
    return replace(
        sketch,
        rows=sketch.rows.first(rows),
        rows_without_ids=sketch.rows_without_ids and sketch.rows_without_ids.first(rows),
        columns=tuple(
            replace(
                one,
                values=one.values.first(values),
                counts=one.counts if len(one.values.values) <= values else "",
                windows=one.windows.first(windows),
            )
            for one in sketch.columns
        ),
    )


class Shared(Struct, frozen=True):
    """How much of two sets is in both: of the first, of the second, and in both; among the hashes compared.

    Args:
        exact: both sets were compared whole, so the counts are those of the sets
    """

    first: int
    second: int
    both: int
    exact: bool

    @property
    def of_first(self) -> float:
        """The share of the first set that is in the second [1]."""
        return self.both / self.first if self.first else 0.0

    @property
    def of_second(self) -> float:
        """The share of the second set that is in the first [1]."""
        return self.both / self.second if self.second else 0.0


def shared(one: Sample, other: Sample) -> Shared:
    """Compare two sets by the hashes up to which both samples are complete."""
    mine, theirs = one.values, other.values
    limit = min(limit_of(one, mine), limit_of(other, theirs))
    first, second = mine[: bisect_right(mine, limit)], theirs[: bisect_right(theirs, limit)]
    both = len(set(first) & set(second))
    return Shared(len(first), len(second), both, one.whole and other.whole)


def limit_of(sample: Sample, values: Sequence[int]) -> int:
    """Return the hash up to which nothing is missing from a sample."""
    if sample.whole:
        return EVERY
    return values[-1] if values else 0


def within(one: Sample, other: Sample) -> tuple[int, int]:
    """Return how many hashes of the first can be looked up in the second, and how many are there."""
    mine, theirs = one.values, other.values
    limit = limit_of(other, theirs)
    known = set(theirs)
    looked = mine[: bisect_right(mine, limit)]
    return len(looked), sum(value in known for value in looked)


def union(samples: Sequence[Sample], most: int = FILE_HASHES) -> Sample:
    """Return the sample of all sets together."""
    parts = [(one, one.values) for one in samples]
    limit = min((limit_of(one, values) for one, values in parts), default=EVERY)
    together = sorted({value for _, values in parts for value in values if value <= limit})
    whole = all(one.whole for one, _ in parts)
    return Sample(packed(together[:most], "Q"), whole and len(together) <= most)
