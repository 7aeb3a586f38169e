"""Values that leap away from their neighbours and come back after one or two rows."""

from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quality.profile.hashing import Floats
from quality.profile.parts.places import SHOWN, Places
from quality.profile.parts.runs import Rows, Segments
from quality.profile.planned import Plan

# Whether a spike begins at a step is told by so many rows from the one before it on.
EDGE: Final = 4
# Beyond so many machines what crosses the border of two blocks is not looked for.
ENTITIES_MAX: Final = 10_000


class Edges:
    """The first and the last rows of each machine, shape (machines, 4, columns); nan and -1 where there is none."""

    def __init__(self, columns: int) -> None:
        self.places: dict[int, int] = {}
        self.heads, self.tails = np.empty((0, EDGE, columns)), np.empty((0, EDGE, columns))
        self.head_rows = np.empty((0, EDGE), dtype=np.int64)
        self.tail_rows = np.empty((0, EDGE), dtype=np.int64)

    @classmethod
    def of(cls, values: Floats, columns: list[int], segments: Segments) -> "Edges":
        """Take some columns of them from the rows of a block, shape (rows, all columns)."""
        found = cls(len(columns))
        firsts = segments.firsts[:ENTITIES_MAX]
        ends = np.append(segments.firsts[1:], len(values))[:ENTITIES_MAX]
        found.places = {int(key): at for at, key in enumerate(segments.keys[:ENTITIES_MAX])}
        found.head_rows, found.heads = _gathered(
            (values, columns), segments.order, firsts[:, None] + np.arange(EDGE), (firsts, ends)
        )
        found.tail_rows, found.tails = _gathered(
            (values, columns), segments.order, ends[:, None] + np.arange(-EDGE, 0), (firsts, ends)
        )
        return found

    def chosen(self, keys: list[int]) -> NDArray[np.int64]:
        """Return the places of some machines."""
        return np.array([self.places[key] for key in keys], dtype=np.int64)


def _gathered(
    of: tuple[Floats, list[int]], order: Rows | None, places: Rows, within: tuple[Rows, Rows]
) -> tuple[Rows, Floats]:
    first, end = within
    there = (places >= first[:, None]) & (places < end[:, None])
    places = np.where(there, places, 0)
    rows = places if order is None else order[places]
    values, columns = of
    found = values[rows][:, :, columns]
    found[~there] = np.nan
    return np.where(there, rows, -1), found


class Spikes:
    """Counts spikes of number columns within each machine, also across the borders of blocks.

    A spike is a step beyond the column's ``jump`` that is taken back, also beyond it, one or two rows later;
    within a stretch that leaps to and fro each value is taken once. Whether one begins at a step is told by five
    rows, so four at each end of a machine's rows decide what crosses a border. The very first step of a machine
    is decided when nothing can come before it: at the end.
    """

    def __init__(self, plan: Plan) -> None:
        numbers = plan.of("number")
        self.chosen = [at for at, one in enumerate(numbers) if one.jump is not None]
        self.jumps = np.array([numbers[at].jump for at in self.chosen], dtype=np.float64)
        self.places = [Places() for _ in numbers]
        self.by_entity: Counter[tuple[int, int]] = Counter()
        self.edges = Edges(len(self.chosen))
        self.row_count = 0

    def add(self, values: Floats, segments: Segments) -> None:
        """Take a block, shape (rows, columns)."""
        rows = len(values)
        if not rows or not self.chosen:
            self.row_count += rows
            return
        inside = np.ones(rows - 1, dtype=bool)
        inside[segments.firsts[1:] - 1] = False
        edges = Edges.of(values, self.chosen, segments)
        self._across(edges)
        for at, jump in zip(self.chosen, self.jumps, strict=True):
            column = values[:, at] if segments.order is None else values[segments.order, at]
            found = _spiking(column, inside, float(jump))
            # The first step of a machine may continue what came before it.
            found = found[~np.isin(found - 1, segments.firsts)] if len(found) else found
            if len(found):
                self._note(at, found, column[found], segments)
        self.row_count += rows
        self._joined(edges, self.row_count - rows)

    def _note(self, at: int, found: Rows, values: Floats, segments: Segments) -> None:
        of = np.searchsorted(segments.firsts, found, side="right") - 1
        for key, count in zip(*np.unique(segments.keys[of], return_counts=True), strict=True):
            self.by_entity[int(key), at] += int(count)
        where = found if segments.order is None else segments.order[found]
        first = np.argsort(where, kind="stable")[:SHOWN]
        texts = [f"{value:g}" for value in values[first]]
        self.places[at].take(len(found), list(zip((where[first] + self.row_count).tolist(), texts, strict=True)))  # fmt: skip

    def _across(self, right: Edges) -> None:
        """Count the spikes that begin on one side of the border and end on the other."""
        known = [key for key in right.places if key in self.edges.places]
        if not known:
            return
        mine, theirs = self.edges.chosen(known), right.chosen(known)
        rows = np.concatenate([self.edges.tail_rows[mine], right.head_rows[theirs]], axis=1)
        moved = rows.copy()
        moved[:, EDGE:] += np.where(rows[:, EDGE:] >= 0, self.row_count, 0)
        tails, heads = self.edges.tails[mine], right.heads[theirs]
        none = np.full_like(tails, np.nan)
        whole = starts(np.concatenate([tails, heads], axis=1), self.jumps)
        left = starts(np.concatenate([tails, none], axis=1), self.jumps)
        later = starts(np.concatenate([none, heads], axis=1), self.jumps)
        later[:, EDGE] = False  # was not decided there
        fresh = whole & ~left & ~later
        begin = np.argmax(rows >= 0, axis=1)
        fresh &= (np.arange(fresh.shape[1]) > begin[:, None])[:, :, None]
        values = np.concatenate([tails, heads], axis=1)
        self._note_each(fresh, moved, values, known)

    def _note_each(self, fresh: NDArray[np.bool_], rows: Rows, values: Floats, keys: list[int]) -> None:  # fmt: skip
        for one, step, slot in zip(*np.nonzero(fresh), strict=True):
            at = self.chosen[slot]
            self.by_entity[keys[one], at] += 1
            place = int(rows[one, step + 1]), f"{values[one, step + 1, slot]:g}"
            self.places[at].take(1, [place])

    def _joined(self, right: Edges, before: int) -> None:
        """Keep the first and last rows of both sides as those of one."""
        left = self.edges
        known = [key for key in right.places if key in left.places]
        if known:
            mine, theirs = left.chosen(known), right.chosen(known)
            rows = np.where(right.head_rows >= 0, right.head_rows + before, -1)
            left.head_rows[mine], left.heads[mine] = _first(
                (left.head_rows[mine], rows[theirs]), (left.heads[mine], right.heads[theirs])
            )
            rows = np.where(right.tail_rows >= 0, right.tail_rows + before, -1)
            left.tail_rows[mine], left.tails[mine] = _last(
                (left.tail_rows[mine], rows[theirs]), (left.tails[mine], right.tails[theirs])
            )
        fresh = [key for key in right.places if key not in left.places]
        fresh = fresh[: max(ENTITIES_MAX - len(left.places), 0)]
        if fresh:
            theirs = right.chosen(fresh)
            for name in ("heads", "tails", "head_rows", "tail_rows"):
                added = getattr(right, name)[theirs]
                if name.endswith("rows"):
                    added = np.where(added >= 0, added + before, -1)
                setattr(left, name, np.concatenate([getattr(left, name), added]))
            left.places |= {key: len(left.places) + n for n, key in enumerate(fresh)}

    def merge(self, other: "Spikes") -> None:
        """Take the rows after these."""
        before = self.row_count
        self._across(other.edges)
        self.by_entity += other.by_entity
        for mine, theirs in zip(self.places, other.places, strict=True):
            mine.take(theirs.count, [(row + before, text) for row, text in theirs.first])
        self.row_count += other.row_count
        self._joined(other.edges, before)

    def finish(self) -> None:
        """Decide the first step of each machine; nothing can be added after."""
        edges, keys = self.edges, list(self.edges.places)
        if keys and self.chosen:
            found = starts(edges.heads, self.jumps)
            found[:, 1:] = False
            self._note_each(found, edges.head_rows, edges.heads, keys)
        self.edges = Edges(len(self.chosen))


def _first(rows: tuple[Rows, Rows], values: tuple[Floats, Floats]) -> tuple[Rows, Floats]:
    """Return the first four of the first four of two neighbours; what is missing stands behind."""
    both, found = np.concatenate(rows, axis=1), np.concatenate(values, axis=1)
    order = np.argsort(both < 0, axis=1, kind="stable")[:, :EDGE]
    return np.take_along_axis(both, order, 1), np.take_along_axis(found, order[:, :, None], 1)


def _last(rows: tuple[Rows, Rows], values: tuple[Floats, Floats]) -> tuple[Rows, Floats]:
    """Return the last four of the last four of two neighbours; what is missing stands in front."""
    both, found = np.concatenate(rows, axis=1), np.concatenate(values, axis=1)
    order = np.argsort(both >= 0, axis=1, kind="stable")[:, -EDGE:]
    return np.take_along_axis(both, order, 1), np.take_along_axis(found, order[:, :, None], 1)


def starts(values: Floats, jumps: Floats) -> NDArray[np.bool_]:
    """Return at which steps spikes begin, for short stretches side by side, shape (stretches, rows - 1, columns)."""
    with np.errstate(invalid="ignore", over="ignore"):
        step = np.diff(values, axis=1)
        side = (step > jumps).astype(np.int8) - (step < -jumps).astype(np.int8)
    back = np.zeros(side.shape, dtype=bool)
    back[:, :-1] = (side[:, :-1] != 0) & (side[:, 1:] == -side[:, :-1])
    back[:, :-2] |= (side[:, :-2] != 0) & (side[:, 1:-1] == 0) & (side[:, 2:] == -side[:, :-2])
    back[:, 1:] &= ~back[:, :-1].copy()
    return back


def _spiking(column: Floats, inside: NDArray[np.bool_], jump: float) -> Rows:
    """Return the rows of the first value of each spike."""
    with np.errstate(invalid="ignore", over="ignore"):
        step = np.diff(column)
        step[~inside] = 0.0
        side = (step > jump).astype(np.int8) - (step < -jump).astype(np.int8)
    if not side.any():
        return np.empty(0, dtype=np.int64)
    back_next = np.zeros(len(side), dtype=bool)
    back_next[:-1] = (side[:-1] != 0) & (side[1:] == -side[:-1])
    back_later = np.zeros(len(side), dtype=bool)
    back_later[:-2] = (side[:-2] != 0) & (side[1:-1] == 0) & (side[2:] == -side[:-2]) & inside[1:-1]
    # Within a stretch that leaps to and fro each value is taken once.
    found = np.flatnonzero(back_next | back_later)
    apart = np.diff(found, prepend=-2) > 1
    return found[apart] + 1
