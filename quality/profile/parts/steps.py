"""Steps between the stamps of consecutive rows, in the file's order or by entity."""

from collections import Counter
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from quality.profile.hashing import mixed, unmixed
from quality.profile.parts.runs import Rows, Segments
from quality.profile.parts.values import KEPT, Values

Stamps = NDArray[np.int64]
NONE: Final = np.iinfo(np.int64).min
SHOWN: Final = 20


class Step(Struct, frozen=True, order=True):
    """A wide step: ordered with the widest first; ``row`` is the row it leads to, from 0."""

    minus_micro: int
    row: int
    entity: int


class Within(Struct):
    """The steps of one machine or lot: how many, how wide together and at most [µs], and the row behind the widest."""

    rows: int = 0
    forward: int = 0
    micro: int = 0
    widest: int = 0
    widest_row: int = 0
    backward: int = 0
    zero: int = 0

    def take(self, other: "Within", rows_before: int) -> None:
        """Take the steps after these."""
        self.rows += other.rows
        self.forward += other.forward
        self.micro += other.micro
        self.backward += other.backward
        self.zero += other.zero
        if other.widest > self.widest:
            self.widest, self.widest_row = other.widest, other.widest_row + rows_before

    def step(self, step: int, row: int) -> None:
        """Take one step that leads to a row."""
        self.backward += step < 0
        self.zero += step == 0
        if step > 0:
            self.forward += 1
            self.micro += step
            if step > self.widest:
                self.widest, self.widest_row = step, row


class Steps:
    """Counts of steps back, of none, and how wide each step forward is [µs].

    Args:
        gap_micro: a step beyond it counts as a gap of its machine [µs]
    """

    def __init__(self, gap_micro: int | None = None) -> None:
        self.gap_micro = gap_micro
        self.gaps_of: Counter[int] = Counter()
        self.row_count = self.stamp_count = 0
        self.backward_count = self.zero_count = 0
        self.widest_back = 0
        self.low, self.high = np.iinfo(np.int64).max, NONE
        self.forward = Values(counted_most=KEPT)
        self.widest: list[Step] = []
        self.backward: list[Step] = []
        self.standing: list[Step] = []
        self.within: dict[int, Within] = {}
        self.first: dict[int, int] = {}
        self.last: dict[int, int] = {}
        self.first_row: dict[int, int] = {}

    def add(self, stamps: Stamps, segments: Segments) -> None:
        """Take a block: the stamp of each row [µs], ``NONE`` where there is none."""
        block = Steps(self.gap_micro)
        block.row_count = len(stamps)
        moved = stamps if segments.order is None else stamps[segments.order]
        rows = np.arange(len(stamps)) if segments.order is None else segments.order
        of = np.zeros(len(stamps), dtype=np.int64)
        of[segments.firsts[1:]] = 1
        of = np.cumsum(of)
        there = moved != NONE
        if not there.all():
            moved, rows, of = moved[there], rows[there], of[there]
        block.stamp_count = len(moved)
        if len(moved):
            block._count(moved, rows, of, segments)
        self.merge(block)

    def _count(self, stamps: Stamps, rows: Rows, of: Rows, segments: Segments) -> None:
        self.low, self.high = int(stamps.min()), int(stamps.max())
        within = of[1:] == of[:-1]
        steps = np.diff(stamps)[within]
        to = rows[1:][within]
        entity = segments.keys[of[1:][within]]
        none = np.flatnonzero(steps == 0)
        self.zero_count = len(none)
        self.standing = _steps(steps, none[:SHOWN], to, entity)
        ahead = steps > 0
        self.forward.add_rows(mixed(steps[ahead].view(np.uint64)))
        back = steps < 0
        self.backward_count = int(np.count_nonzero(back))
        if self.backward_count:
            self.widest_back = int(steps.min())
            self.backward = _steps(-steps, np.flatnonzero(back)[:SHOWN], to, entity)
        if ahead.any():
            most = min(SHOWN, len(steps))
            wide = np.argpartition(-steps, most - 1)[:most]
            # Of equally wide ones the first: all at the edge are looked at.
            edge = steps[wide].min()
            wide = np.flatnonzero(steps >= max(edge, 1))
            wide = wide[np.argsort(-steps[wide], kind="stable")[:SHOWN]]
            self.widest = _steps(steps, wide, to, entity)
            self._note_gaps(entity[steps > self.gap_micro] if self.gap_micro else entity[:0])
        begins = np.flatnonzero(np.concatenate([[True], ~within]))
        ends = np.append(begins[1:], len(stamps)) - 1
        for key, begin, end in zip(segments.keys[of[begins]].tolist(), begins, ends, strict=True):
            self.first[key], self.last[key] = int(stamps[begin]), int(stamps[end])
            self.first_row[key] = int(rows[begin])
            self.within[key] = _within(stamps[begin : end + 1], rows[begin : end + 1])

    def _note_gaps(self, entities: NDArray[np.uint64]) -> None:
        for key, count in zip(*np.unique(entities, return_counts=True), strict=True):
            self.gaps_of[int(key)] += int(count)

    def merge(self, other: "Steps") -> None:
        """Take the rows after these."""
        before = self.row_count
        self.row_count += other.row_count
        self.stamp_count += other.stamp_count
        self.backward_count += other.backward_count
        self.zero_count += other.zero_count
        self.widest_back = min(self.widest_back, other.widest_back)
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        wide, back, still = (
            [*own, *(Step(s.minus_micro, s.row + before, s.entity) for s in steps)]
            for own, steps in (
                (self.widest, other.widest),
                (self.backward, other.backward),
                (self.standing, other.standing),
            )
        )
        self.forward.merge(other.forward)
        self.gaps_of += other.gaps_of
        self._across(other, before, (wide, back, still))
        for key, within in other.within.items():
            self.within.setdefault(key, Within()).take(within, before)
        self.last |= other.last
        self.widest = sorted(wide)[:SHOWN]
        self.backward, self.standing = _by_row(back), _by_row(still)

    def _across(
        self, other: "Steps", before: int, to: tuple[list[Step], list[Step], list[Step]]
    ) -> None:
        """Count the step of each machine that crosses the border."""
        wide, back, still = to
        for key, stamp in other.first.items():
            row = other.first_row[key] + before
            if key not in self.last:
                self.first[key], self.first_row[key] = stamp, row
                continue
            step = stamp - self.last[key]
            self.within[key].step(step, row)
            self._count_step(key, step)
            (wide if step > 0 else back if step else still).append(Step(-abs(step), row, key))

    def _count_step(self, key: int, step: int) -> None:
        """Count a step across the border of two blocks."""
        if step > 0:
            self.gaps_of[key] += bool(self.gap_micro and step > self.gap_micro)
            self.forward.add(mixed(np.array([step], dtype=np.uint64)), np.ones(1, dtype=np.int64))
        elif step == 0:
            self.zero_count += 1
        else:
            self.backward_count += 1
            self.widest_back = min(self.widest_back, step)

    def intervals(self) -> tuple[Stamps, Rows]:
        """Return the widths of steps forward [µs], sorted, and how often each was seen."""
        self.forward.settle()
        micro = unmixed(self.forward.hashes).view(np.int64)
        order = np.argsort(micro, kind="stable")
        return micro[order], self.forward.counts[order]


def _by_row(steps: list[Step]) -> list[Step]:
    return sorted(steps, key=lambda one: one.row)[:SHOWN]


def _within(stamps: Stamps, rows: Rows) -> Within:
    """Return the steps of stamps that follow each other in one machine or lot."""
    steps = np.diff(stamps)
    found = Within(rows=len(stamps), backward=int(np.count_nonzero(steps < 0)))
    found.zero = int(np.count_nonzero(steps == 0))
    found.forward = len(steps) - found.backward - found.zero
    if found.forward:
        found.micro = int(steps[steps > 0].sum())
        at = int(np.argmax(steps))
        found.widest, found.widest_row = int(steps[at]), int(rows[at + 1])
    return found


def _steps(widths: Stamps, chosen: Rows, to: Rows, entity: NDArray[np.uint64]) -> list[Step]:
    return [Step(-int(widths[one]), int(to[one]), int(entity[one])) for one in chosen]
