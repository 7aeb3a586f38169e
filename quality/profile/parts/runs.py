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
        least: 1 counts every stretch in the file's order alone, and shows one
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
                if self.least == 1:
                    block._count_plain(at, column)
                else:
                    moved = column if segments.order is None else column[segments.order]
                    block._count(at, moved, segments)
        self.merge(block)

    def _count(self, at: int, hashes: Hashes, segments: Segments) -> None:
        """Count stretches within each entity; rows that are not like the one before are not looked at again."""
        if self.through_nulls:
            hashes = _continued(hashes, segments.firsts)
        same = hashes[1:] == hashes[:-1]
        same[segments.firsts[1:] - 1] = False
        starts, lengths = _stretches(same)
        begin, end = segments.firsts, np.append(segments.firsts[1:], len(hashes))
        lead = np.zeros(len(begin), dtype=np.int64)
        if self.through_nulls:
            led = hashes[begin] == NULL
            lead = np.where(led, _length_at(begin, starts, lengths), 0)
            self.ends.lead[:, at] = lead
        some = np.flatnonzero(begin + lead < end)
        head = (begin + lead)[some]
        head_length = _length_at(head, starts, lengths)
        stops = starts + lengths
        place = np.minimum(np.searchsorted(stops, end[some]), max(len(stops) - 1, 0))
        long = stops[place] == end[some] if len(stops) else np.zeros(len(some), dtype=bool)
        tail_length = np.where(long, lengths[place], 1) if len(stops) else np.ones_like(head)
        tail = end[some] - tail_length
        inner = lengths >= self.least
        for edge in (begin, head, tail):
            inner &= ~np.isin(starts, edge)
        self._close_inner(at, (starts[inner], lengths[inner]), hashes, segments)
        ends, order = self.ends, segments.order
        ends.head[some, at], ends.tail[some, at] = hashes[head], hashes[tail]
        ends.head_length[some, at], ends.tail_length[some, at] = head_length, tail_length
        ends.head_start[some, at] = head if order is None else order[head]
        ends.tail_start[some, at] = tail if order is None else order[tail]
        ends.whole[some, at] = head == tail

    def _count_plain(self, at: int, hashes: Hashes) -> None:
        """Count every stretch in the file's order; quick where few rows are like the one before."""
        rows = len(hashes)
        starts, lengths = _stretches(hashes[1:] == hashes[:-1])
        head = int(lengths[0]) if len(starts) and starts[0] == 0 else 1
        tail = int(lengths[-1]) if len(starts) and starts[-1] + lengths[-1] == rows else 1
        self._end_plain(at, hashes, head, tail)
        inner = hashes[head : rows - tail]
        if not len(inner):
            return
        null = inner == NULL
        nulls = int(np.count_nonzero(null))
        within = (starts >= head) & (starts < rows - tail)
        starts, lengths = starts[within], lengths[within]
        filled = hashes[starts] != NULL
        runs = len(inner) - int(lengths.sum()) + len(starts)
        null_runs = nulls - int(lengths[~filled].sum()) + int(np.count_nonzero(~filled))
        self.run_count[at] += runs - null_runs
        self.run_rows[at] += len(inner) - nulls
        starts, lengths = starts[filled], lengths[filled]
        if len(starts):
            longest = int(np.argmax(lengths))
            start, length = int(starts[longest]), int(lengths[longest])
        elif nulls < len(inner):
            start, length = head + int(np.argmin(null)), 1
        else:
            return
        self._show(at, [Span(-length, start, int(hashes[start]), 0)])

    def _end_plain(self, at: int, hashes: Hashes, head: int, tail: int) -> None:
        ends, last = self.ends, len(hashes) - tail
        ends.head[0, at], ends.tail[0, at] = hashes[0], hashes[-1]
        ends.head_length[0, at], ends.tail_length[0, at] = head, tail
        ends.head_start[0, at], ends.tail_start[0, at] = 0, last
        ends.whole[0, at] = last == 0

    def _close_inner(
        self, at: int, inner: tuple[Rows, Rows], hashes: Hashes, segments: Segments
    ) -> None:
        starts, lengths = inner
        filled = hashes[starts] != NULL
        starts, lengths = starts[filled], lengths[filled]
        if not len(starts):
            return
        self.run_count[at] += len(starts)
        self.run_rows[at] += lengths.sum()
        entity = np.searchsorted(segments.firsts, starts, side="right") - 1
        rows = starts
        if segments.order is not None:
            cells = np.bincount(entity, weights=lengths)
            for one in np.flatnonzero(cells).tolist():
                self.rows_of[int(segments.keys[one])] += int(cells[one])
            rows = segments.order[starts]
        longest = np.lexsort((rows, -lengths))[: self.shown]
        self._show(
            at,
            [
                Span(-int(lengths[one]), int(rows[one]), int(hashes[starts[one]]), int(segments.keys[entity[one]]))
                for one in longest
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


def _stretches(same: NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Return where stretches of two rows and more begin, and how long each is.

    Args:
        same: which rows but the first are like the one before
    """
    again = np.flatnonzero(same)
    firsts = np.flatnonzero(np.diff(again, prepend=-2) > 1)
    return again[firsts], np.diff(np.append(firsts, len(again))) + 1


def _length_at(places: Rows, starts: Rows, lengths: Rows) -> Rows:
    """Return how long the stretches that begin at some places are, 1 where none of several rows does."""
    if not len(starts):
        return np.ones_like(places)
    at = np.minimum(np.searchsorted(starts, places), len(starts) - 1)
    return np.where(starts[at] == places, lengths[at], 1)


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
