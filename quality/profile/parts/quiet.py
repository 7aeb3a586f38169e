"""Stretches in which a column loses its noise: it still moves, but its steps no longer scatter."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from quality.profile.hashing import Floats
from quality.profile.parts.runs import SPANS, Rows, Segments, Span
from quality.profile.planned import Plan

WINDOW: Final = 32
LEAST: Final = 2 * WINDOW
# The spread of steps within a window, as a share of the usual one, below which it is quiet.
QUIET_SHARE: Final = 0.05
# How many usual spreads of the steps the plan's jump is wide.
JUMP_SPREADS: Final = 12
# Rows of a window whose bend is looked at first; nearly all windows show there that they are not quiet.
LOOKED: Final = (8, 24, 16, 4, 12, 28)

Key = tuple[int, int]
Bounds = list[float | None]


class Stretch(Struct, frozen=True):
    """Quiet rows of one machine: the first of them in the table, and how many there are."""

    start: int
    length: int


class Quiet:
    """Quiet stretches of each number column, within a machine; joined over blocks exactly.

    Within the rows of one machine in a block, windows of 32 rows stand side by side, the last one ending with
    them. A window is quiet where its steps are not all zero and scatter less than a twentieth as much as usual.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.row_count = 0
        self.count = np.zeros(len(self.bounds), dtype=np.int64)
        self.rows = np.zeros(len(self.bounds), dtype=np.int64)
        self.spans: list[list[Span]] = [[] for _ in self.bounds]
        self.entities: set[int] = set()
        # Stretches that neighbours may continue, by entity and column; one in ``wholes`` is at both ends.
        self.heads: dict[Key, Stretch] = {}
        self.tails: dict[Key, Stretch] = {}
        self.wholes: set[Key] = set()

    @classmethod
    def of(cls, plan: Plan) -> "Quiet":
        """Begin to count by a plan: of columns whose steps scatter."""
        return cls([None if one.jump is None else QUIET_SHARE * one.jump / JUMP_SPREADS for one in plan.of("number")])  # fmt: skip

    def add(self, values: Floats, segments: Segments) -> None:
        """Take a block, shape (rows, columns)."""
        block = Quiet(self.bounds)
        block.row_count = len(values)
        block.entities = set(segments.keys.tolist()) if len(values) else set()
        starts = _windows(segments.firsts, len(values))
        for at, bound in enumerate(self.bounds):
            if bound is not None and len(starts):
                found = _quiet(values[:, at], segments.order, starts, bound)
                if len(found):
                    block._take(at, found, segments)
        self.merge(block)

    def _take(self, at: int, starts: Rows, segments: Segments) -> None:
        """Join windows that touch each other to stretches."""
        of = np.searchsorted(segments.firsts, starts, side="right") - 1
        apart = (np.diff(starts) > WINDOW) | (np.diff(of) > 0)
        begins = np.flatnonzero(np.concatenate([[True], apart]))
        ends = np.append(begins[1:], len(starts)) - 1
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            segment = int(of[begin])
            low, high = int(starts[begin]), int(starts[end]) + WINDOW
            first = int(segments.firsts[segment])
            last = (
                int(segments.firsts[segment + 1])
                if segment + 1 < len(segments.firsts)
                else self.row_count
            )
            row = low if segments.order is None else int(segments.order[low])
            key, stretch = (int(segments.keys[segment]), at), Stretch(row, high - low)
            if low == first:
                self.heads[key] = stretch
            if high == last:
                self.tails[key] = stretch
            if low == first and high == last:
                self.wholes.add(key)
            elif low != first and high != last:
                self._close(key, stretch)

    def _close(self, key: Key, stretch: Stretch) -> None:
        entity, at = key
        if stretch.length < LEAST:
            return
        self.count[at] += 1
        self.rows[at] += stretch.length
        span = Span(-stretch.length, stretch.start, 0, entity)
        self.spans[at] = sorted([*self.spans[at], span])[:SPANS]

    def merge(self, other: "Quiet") -> None:
        """Take the rows after these."""
        before = self.row_count
        self.row_count += other.row_count
        self.count += other.count
        self.rows += other.rows
        for at, spans in enumerate(other.spans):
            moved = [Span(s.minus_length, s.start + before, s.value, s.entity) for s in spans]
            self.spans[at] = sorted([*self.spans[at], *moved])[:SPANS]
        heads = {key: Stretch(s.start + before, s.length) for key, s in other.heads.items()}
        tails = {key: Stretch(s.start + before, s.length) for key, s in other.tails.items()}
        met = {key: one for key, one in self.tails.items() if key[0] in other.entities}
        kept = {key: one for key, one in self.tails.items() if key not in met}
        wholes = {key for key in self.wholes if key[0] not in other.entities}
        wholes |= {key for key in other.wholes if key[0] not in self.entities}
        for key, tail in met.items():
            if key in heads:
                joined = Stretch(tail.start, tail.length + heads[key].length)
                self._continued(key, joined, other, (tails, wholes))
            elif key not in self.wholes:
                self._close(key, tail)
        for key, head in heads.items():
            if key[0] not in self.entities:
                self.heads[key] = head
            elif key not in met and key not in other.wholes:
                self._close(key, head)
        self.tails, self.wholes = kept | tails, wholes
        self.entities |= other.entities

    def _continued(
        self, key: Key, joined: Stretch, other: "Quiet", to: tuple[dict[Key, Stretch], set[Key]]
    ) -> None:
        """Put a stretch on both sides of the border where it can still be continued, or count it."""
        tails, wholes = to
        if key in self.wholes:
            self.heads[key] = joined
        if key in other.wholes:
            tails[key] = joined
        if key in self.wholes and key in other.wholes:
            wholes.add(key)
        elif key not in self.wholes and key not in other.wholes:
            self._close(key, joined)

    def finish(self) -> None:
        """Count the stretches at both ends; nothing can be added after."""
        for key, stretch in self.heads.items():
            self._close(key, stretch)
        for key, stretch in self.tails.items():
            if key not in self.wholes:
                self._close(key, stretch)
        self.heads, self.tails, self.wholes = {}, {}, set()


def _windows(firsts: Rows, rows: int) -> Rows:
    """Return where the windows begin: side by side, the last of each segment ending with it."""
    ends = np.append(firsts[1:], rows)
    long = np.flatnonzero(ends - firsts >= WINDOW)
    starts = [np.empty(0, dtype=np.int64)]
    for first, end in zip(firsts[long].tolist(), ends[long].tolist(), strict=True):
        starts.append(np.arange(first, end - WINDOW + 1, WINDOW))
        if (end - first) % WINDOW:
            starts.append(np.array([end - WINDOW]))
    return np.concatenate(starts)


def _quiet(column: Floats, order: Rows | None, starts: Rows, bound: float) -> Rows:
    """Return where quiet windows begin."""

    def at(places: NDArray[np.int64]) -> Floats:
        found: Floats = column[places if order is None else order[places]]
        return found

    # Steps that scatter less than the bound cannot differ by more than this.
    most = 2 * np.sqrt(WINDOW - 1) * bound
    with np.errstate(invalid="ignore", over="ignore"):
        for place in LOOKED:
            here = starts + place
            bend = at(here + 1) - 2 * at(here) + at(here - 1)
            starts = starts[~(np.abs(bend) > most)]  # an empty cell says nothing
            if not len(starts):
                return starts
        steps = np.diff(at(starts[:, None] + np.arange(WINDOW)), axis=1)
        there = np.isfinite(steps)
        steps = np.where(there, steps, 0.0)
        count = there.sum(axis=1)
        mean = steps.sum(axis=1) / np.maximum(count, 1)
        apart = np.where(there, steps - mean[:, None], 0.0)
        spread = np.sqrt((apart**2).sum(axis=1) / np.maximum(count, 1))
    moving = (steps != 0).any(axis=1)
    found: Rows = starts[moving & (count >= WINDOW // 2) & (spread < bound)]
    return found
