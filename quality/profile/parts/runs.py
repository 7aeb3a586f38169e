"""Stretches of equal consecutive values, in the file's order or by entity, joined over blocks exactly."""

from collections import Counter
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from quality.profile.hashing import NULL, Hashes

Rows = NDArray[np.int64]
SPANS: Final = 20


class Span(Struct, frozen=True, order=True):
    """One stretch: ordered with the longest first; ``start`` is a row of the table from 0."""

    minus_length: int
    start: int
    value: int
    entity: int

    @property
    def length(self) -> int:
        """How many rows it is long."""
        return -self.minus_length


class Segments(Struct, frozen=True):
    """The rows of a block brought together by entity, in their order within each.

    Args:
        order: rows of the block, shape (n,); None where nothing is moved
        firsts: where each entity begins, shape (entities,)
        keys: a hash for each entity
    """

    order: Rows | None
    firsts: Rows
    keys: Hashes

    @classmethod
    def of(cls, entity: Hashes | None) -> "Segments":
        """Bring rows with the same entity together; one segment without an entity."""
        if entity is None:
            return cls(None, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.uint64))
        codes = np.unique(entity, return_inverse=True)[1].astype(np.uint32)
        if codes.max(initial=0) < 1 << 16:
            codes = codes.astype(np.uint16)  # sorted by counting, which is quicker
        order = np.argsort(codes, kind="stable")
        moved = codes[order]
        firsts = np.flatnonzero(np.concatenate([[True], moved[1:] != moved[:-1]]))
        return cls(order, firsts, entity[order[firsts]])


class _Ends:
    """For each entity and column the first and the last stretch, which neighbours may continue.

    ``lead`` counts rows without a value before the first stretch. All arrays: (entities, columns).
    """

    def __init__(self, entities: int, columns: int) -> None:
        shape = (entities, columns)
        self.lead = np.zeros(shape, dtype=np.int64)
        self.head = np.full(shape, NULL)
        self.head_length = np.zeros(shape, dtype=np.int64)
        self.head_start = np.zeros(shape, dtype=np.int64)
        self.tail = np.full(shape, NULL)
        self.tail_length = np.zeros(shape, dtype=np.int64)
        self.tail_start = np.zeros(shape, dtype=np.int64)
        self.whole = np.zeros(shape, dtype=bool)

    ALL: Final = ("lead", "head", "head_length", "head_start", "tail", "tail_length", "tail_start", "whole")  # fmt: skip

    def rows(self, chosen: Rows) -> "_Ends":
        """Return some entities."""
        part = _Ends(0, 0)
        for name in self.ALL:
            setattr(part, name, getattr(self, name)[chosen])
        return part

    def put(self, chosen: Rows, other: "_Ends") -> None:
        """Write some entities."""
        for name in self.ALL:
            getattr(self, name)[chosen] = getattr(other, name)


class Runs:
    """Stretches of at least ``least`` equal values in each column.

    Args:
        through_nulls: a cell without a value continues the stretch before it, else it ends it
        shown: how many of the longest are kept
    """

    def __init__(
        self, columns: int, *, least: int, through_nulls: bool, shown: int = SPANS
    ) -> None:
        self.columns, self.least, self.through_nulls = columns, least, through_nulls
        self.shown = shown
        self.row_count = 0
        self.run_count = np.zeros(columns, dtype=np.int64)
        self.run_rows = np.zeros(columns, dtype=np.int64)
        self.spans: list[list[Span]] = [[] for _ in range(columns)]
        # By machine the cells of all columns within such stretches.
        self.rows_of: Counter[int] = Counter()
        self.places: dict[int, int] = {}
        self.ends = _Ends(0, columns)

    def add(self, hashes: list[Hashes], segments: Segments) -> None:
        """Take a block: for each column a hash for each row."""
        block = Runs(
            self.columns, least=self.least, through_nulls=self.through_nulls, shown=self.shown
        )
        rows = len(hashes[0]) if hashes else 0
        block.row_count = rows
        if rows:
            block.places = {int(key): at for at, key in enumerate(segments.keys)}
            block.ends = _Ends(len(segments.keys), self.columns)
            for at, column in enumerate(hashes):
                moved = column if segments.order is None else column[segments.order]
                block._count(at, moved, segments)
        self.merge(block)

    def _count(self, at: int, hashes: Hashes, segments: Segments) -> None:
        if self.through_nulls:
            hashes = _continued(hashes, segments.firsts)
        changed = np.empty(len(hashes), dtype=bool)
        changed[0] = True
        np.not_equal(hashes[1:], hashes[:-1], out=changed[1:])
        changed[segments.firsts] = True
        starts = np.flatnonzero(changed)
        lengths = np.diff(np.append(starts, len(hashes)))
        first = np.searchsorted(starts, segments.firsts)
        last = np.append(first[1:], len(starts)) - 1
        rows = starts if segments.order is None else segments.order[starts]
        inner = lengths >= self.least
        inner[first] = inner[last] = False
        if self.through_nulls:
            led = hashes[segments.firsts] == NULL
            self.ends.lead[:, at] = np.where(led, lengths[first], 0)
            first = first + led
            inner[np.minimum(first, len(inner) - 1)] = False
        self._close_inner(at, np.flatnonzero(inner), (starts, lengths, rows, hashes), segments)
        some = np.flatnonzero(first <= last)
        ends, head, tail = self.ends, first[some], last[some]
        ends.head[some, at], ends.tail[some, at] = hashes[starts[head]], hashes[starts[tail]]
        ends.head_length[some, at], ends.tail_length[some, at] = lengths[head], lengths[tail]
        ends.head_start[some, at], ends.tail_start[some, at] = rows[head], rows[tail]
        ends.whole[some, at] = head == tail

    def _close_inner(
        self, at: int, inner: Rows, of: tuple[Rows, Rows, Rows, Hashes], segments: Segments
    ) -> None:
        starts, lengths, rows, hashes = of
        inner = inner[hashes[starts[inner]] != NULL]
        if not len(inner):
            return
        self.run_count[at] += len(inner)
        self.run_rows[at] += lengths[inner].sum()
        if segments.order is not None:
            places = np.searchsorted(segments.firsts, starts[inner], side="right") - 1
            cells = np.bincount(places, weights=lengths[inner])
            for one in np.flatnonzero(cells).tolist():
                self.rows_of[int(segments.keys[one])] += int(cells[one])
        longest = _longest(inner, lengths, rows, self.shown)
        entity = np.searchsorted(segments.firsts, starts[longest], side="right") - 1
        self._show(
            at,
            [
                Span(-int(lengths[one]), int(rows[one]), int(hashes[starts[one]]), int(segments.keys[of_]))
                for one, of_ in zip(longest, entity, strict=True)
            ],
        )  # fmt: skip

    def _show(self, at: int, spans: list[Span]) -> None:
        self.spans[at] = sorted([*self.spans[at], *spans])[: self.shown]

    def _close(self, chosen: NDArray[np.bool_], ends: tuple[Rows, Hashes, Rows], keys: list[int]) -> None:  # fmt: skip
        """Count stretches that nothing continues; arrays of (entities, columns)."""
        lengths, values, starts = ends
        for entity, at in zip(*np.nonzero(chosen & (lengths >= self.least) & (values != NULL)), strict=True):  # fmt: skip
            length = int(lengths[entity, at])
            self.run_count[at] += 1
            self.run_rows[at] += length
            self.rows_of[keys[entity]] += length
            span = Span(-length, int(starts[entity, at]), int(values[entity, at]), keys[entity])
            self._show(int(at), [span])

    def merge(self, other: "Runs") -> None:
        """Take the rows after these."""
        before = self.row_count
        self.row_count += other.row_count
        self.run_count += other.run_count
        self.run_rows += other.run_rows
        self.rows_of += other.rows_of
        for at, spans in enumerate(other.spans):
            if spans:
                moved = [Span(s.minus_length, s.start + before, s.value, s.entity) for s in spans]
                self._show(at, moved)
        right = other.ends
        known = [key for key in other.places if key in self.places]
        fresh = [key for key in other.places if key not in self.places]
        if known:
            mine = np.array([self.places[key] for key in known])
            theirs = np.array([other.places[key] for key in known])
            joined = self._joined(self.ends.rows(mine), _moved(right.rows(theirs), before), known)
            self.ends.put(mine, joined)
        if fresh:
            added = _moved(right.rows(np.array([other.places[key] for key in fresh])), before)
            for name in _Ends.ALL:
                both = np.concatenate([getattr(self.ends, name), getattr(added, name)])
                setattr(self.ends, name, both)
            self.places |= {key: len(self.places) + n for n, key in enumerate(fresh)}

    def _joined(self, left: _Ends, right: _Ends, keys: list[int]) -> _Ends:
        out = _Ends(*left.lead.shape)
        no_left, no_right = left.head_length == 0, right.head_length == 0
        both = ~no_left & ~no_right
        grown = left.tail_length + right.lead if self.through_nulls else left.tail_length
        same = both & (left.tail == right.head)
        apart = both & ~same
        joined = grown + right.head_length
        inner = same & ~left.whole & ~right.whole
        self._close(inner, (joined, left.tail, left.tail_start), keys)
        self._close(apart & ~left.whole, (grown, left.tail, left.tail_start), keys)
        self._close(apart & ~right.whole, (right.head_length, right.head, right.head_start), keys)
        out.whole = np.where(both, same & left.whole & right.whole, np.where(no_left, right.whole, left.whole))  # fmt: skip
        out.lead = np.where(no_left, left.lead + right.lead, left.lead)
        out.head = np.where(no_left, right.head, left.head)
        out.head_start = np.where(no_left, right.head_start, left.head_start)
        own = np.where(left.whole, np.where(same, joined, grown), left.head_length)
        out.head_length = np.where(no_left, right.head_length, own)
        continued = same & right.whole
        out.tail = np.where(no_right, left.tail, right.tail)
        out.tail_start = np.where(no_right | continued, left.tail_start, right.tail_start)
        out.tail_length = np.where(no_right, grown, np.where(continued, joined, right.tail_length))
        return out

    def living(self, at: int) -> set[int]:
        """Return the values of the stretches of a column that are shown or may still grow."""
        ends = (self.ends.head[:, at], self.ends.tail[:, at])
        return {one.value for one in self.spans[at]}.union(*(one.tolist() for one in ends))

    def finish(self) -> None:
        """Count the stretches at both ends; nothing can be added after."""
        ends, keys = self.ends, list(self.places)
        some = ends.head_length > 0
        self._close(some, (ends.head_length, ends.head, ends.head_start), keys)
        self._close(some & ~ends.whole, (ends.tail_length, ends.tail, ends.tail_start), keys)
        self.ends, self.places = _Ends(0, self.columns), {}


def _longest(inner: Rows, lengths: Rows, rows: Rows, most: int) -> Rows:
    """Return the longest stretches, of equal ones those that begin first."""
    if most == 1:
        own = lengths[inner]
        inner = inner[own == own.max()]
        return inner[[np.argmin(rows[inner])]]
    return inner[np.lexsort((rows[inner], -lengths[inner]))[:most]]


def _moved(ends: _Ends, rows: int) -> _Ends:
    ends.head_start = ends.head_start + rows
    ends.tail_start = ends.tail_start + rows
    return ends


def _continued(hashes: Hashes, firsts: Rows) -> Hashes:
    """Put in place of ``NULL`` what stands before it in the same segment."""
    empty = hashes == NULL
    if not empty.any():
        return hashes
    places = np.arange(len(hashes), dtype=np.int32)
    places[empty] = 0
    places[firsts] = firsts
    np.maximum.accumulate(places, out=places)
    return hashes[places]
