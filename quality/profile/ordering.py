"""What orders the rows: the column of stamps, and the machine, lot or unit within which steps are even."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quality.profile import times
from quality.profile.hashing import Floats
from quality.profile.numbers import parsed
from quality.profile.parts.runs import Segments
from quality.profile.parts.steps import NONE, Stamps
from quality.profile.parts.words import Coded
from quality.profile.planned import ColumnPlan

TIMES_MAX: Final = 4
ENTITIES_MAX: Final = 1_000
CANDIDATES_MAX: Final = 20
# Steps this near the median are even.
EVEN: Final = 0.10
# A column that names machines must make so much more of the steps even.
BETTER: Final = 0.05
EVEN_ENOUGH: Final = 0.80
JUMP_FACTOR: Final = 12
# The median absolute deviation times this is the standard deviation of normal noise.
MAD_SCALE: Final = 1.4826
STEPS_MIN: Final = 10

Part = Mapping[int, Coded]


Order = tuple[int | None, int | None]


def ordering(
    columns: Sequence[ColumnPlan], parts: Sequence[Part], declared: Order = (None, None)
) -> Order:
    """Return the position of the time column and of the entity column, None where there is none.

    Args:
        declared: those that were declared; the other of the two is looked for
    """
    time, entity = declared
    stamped = [one for one in columns if one.kind == "time"][:TIMES_MAX]
    if time is not None:
        stamped = [columns[time]]
    if not stamped:
        return None, None
    if entity is not None:
        return _most_even(stamped, entity, parts), entity
    best: tuple[float, int, int | None] = (-1.0, stamped[0].position, None)
    for column in stamped:
        stamps = [_stamps(column, part) for part in parts]
        plain = evenness(stamps, [Segments.of(None) for one in stamps])
        if plain > best[0] + BETTER:
            best = (plain, column.position, None)
        for other in _candidates(columns, parts):
            segments = [
                Segments.of(part[other].hashes()) for part, one in zip(parts, stamps, strict=True)
            ]
            score = evenness(stamps, segments)
            # A column that only thins the rows out does not make them even.
            if score > best[0] + BETTER and score >= EVEN_ENOUGH:
                best = (score, column.position, other)
    return best[1], best[2]


def _most_even(stamped: Sequence[ColumnPlan], entity: int, parts: Sequence[Part]) -> int:
    """Return the column of stamps whose steps are most even within a given entity, the first of equals."""
    segments = [Segments.of(part[entity].hashes()) for part in parts]

    def score(one: ColumnPlan) -> float:
        return evenness([_stamps(one, part) for part in parts], segments)

    return max(stamped, key=score).position if len(stamped) > 1 else stamped[0].position


def _stamps(column: ColumnPlan, part: Part) -> Stamps:
    assert column.form is not None, "a time column has a form"
    cells = part[column.position]
    return times.stamps(cells.trimmed, column.form)[cells.places]


def _candidates(columns: Sequence[ColumnPlan], parts: Sequence[Part]) -> list[int]:
    """Return columns that could name machines: few different values that come again."""
    found = []
    for one in columns:
        cells = [part[one.position] for part in parts]
        most = max(len(each.values) for each in cells)
        rows = max(len(each.places) for each in cells)
        whole = one.kind == "text" or (one.kind == "number" and one.clean)
        if whole and 2 <= most <= min(ENTITIES_MAX, rows // STEPS_MIN):
            found.append(one.position)
    return found[:CANDIDATES_MAX]


def evenness(stamps: Sequence[Stamps], segments: Sequence[Segments]) -> float:
    """Return which share of the steps is within a tenth of the median step forward [1]."""
    every = _every_step(stamps, segments)
    forward = every[every > 0]
    if len(forward) < STEPS_MIN:
        return 0.0
    median = np.median(forward)
    return float(np.count_nonzero(np.abs(every - median) <= EVEN * median) / len(every))


def usual_step(
    columns: Sequence[ColumnPlan], parts: Sequence[Part], time: int | None, entity: int | None
) -> int | None:
    """Return the median step forward [µs] where steps are even, None where they are not."""
    if time is None:
        return None
    stamps = [_stamps(columns[time], part) for part in parts]
    segments = [
        Segments.of(part[entity].hashes() if entity is not None else None) for part in parts
    ]
    if evenness(stamps, segments) < EVEN_ENOUGH:
        return None
    every = _every_step(stamps, segments)
    return int(np.median(every[every > 0]))


def _every_step(stamps: Sequence[Stamps], segments: Sequence[Segments]) -> Stamps:
    steps = [np.empty(0, dtype=np.int64)]
    for one, segment in zip(stamps, segments, strict=True):
        moved = one if segment.order is None else one[segment.order]
        step = np.diff(moved)
        keep = (moved[1:] != NONE) & (moved[:-1] != NONE)
        keep[segment.firsts[1:] - 1] = False
        steps.append(step[keep])
    return np.concatenate(steps)


def jump_of(column: ColumnPlan, entity: int | None, parts: Sequence[Part]) -> float | None:
    """Return the step between neighbours beyond which a value stands apart, None without noise.

    Twelve median absolute deviations of the steps, scaled to standard deviations.
    """
    steps = [np.empty(0)]
    for part in parts:
        cells = part[column.position]
        values = parsed(cells.trimmed)[0][cells.places]
        steps.append(_steps(values, part[entity].hashes() if entity is not None else None))
    every = np.concatenate(steps)
    if len(every) < STEPS_MIN:
        return None
    spread = float(np.median(np.abs(every - np.median(every))))
    return JUMP_FACTOR * MAD_SCALE * spread if spread > 0 and np.isfinite(spread) else None


def _steps(values: Floats, entity: NDArray[np.uint64] | None) -> Floats:
    segments = Segments.of(entity)
    moved: Floats = values if segments.order is None else values[segments.order]
    with np.errstate(invalid="ignore", over="ignore"):
        step = np.diff(moved)
    within = np.ones(len(step), dtype=bool)
    within[segments.firsts[1:] - 1] = False
    return step[within & np.isfinite(step)]
