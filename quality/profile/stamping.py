"""Facts of stamps: of each time column in file order, and of the series by machine or lot. Pure."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
from msgspec.structs import replace

from quality.profile.partial import Partial
from quality.profile.parts.steps import Stamps, Steps, Within
from quality.profile.planned import ColumnPlan
from quality.timefacts import Coverage, Entity, Gap, Series, TimeFacts

GAP_FACTOR: Final = 1.5
EVEN: Final = 0.10
PERIODIC_SHARE: Final = 0.80
CONSTANT_SHARE: Final = 0.95
MICRO: Final = 1_000_000
# Into so many parts a strip of time is cut.
STRETCHES: Final = 60
STEPS_IN_STRETCH: Final = 4
ENTITIES: Final = 100
DAYS: Final = 400
EMPTY_DAYS: Final = 100

NameOf = Callable[[int, int], str]


def weighted_median(values: Stamps, counts: Stamps) -> float | None:
    """Return the median of sorted values that each stand there so often; None of nothing."""
    if not len(values):
        return None
    upto = np.cumsum(counts)
    total = int(upto[-1])
    low = values[int(np.searchsorted(upto, (total - 1) // 2, side="right"))]
    high = values[int(np.searchsorted(upto, total // 2, side="right"))]
    return (float(low) + float(high)) / 2


def time_facts(plan: ColumnPlan, counted: Partial) -> TimeFacts | None:
    """Return what the stamps of a column say; gaps only where the whole column was kept."""
    steps = counted.steps[plan.position]
    if steps.stamp_count == 0 or plan.form is None:
        return None
    distinct, often = counted.by_stamp(plan.position)
    kept = int(often.sum())
    whole = kept == steps.stamp_count
    median = weighted_median(*steps.intervals())
    gaps, longest = None, None
    if median is not None and whole:
        intervals = np.diff(distinct)
        wide = intervals[intervals > GAP_FACTOR * median]
        gaps, longest = len(wide), float(wide.max()) / MICRO if len(wide) else None
    return TimeFacts(
        form=plan.form,
        parsed_count=steps.stamp_count,
        first=stamp_text(plan.form, next(iter(steps.first.values()))),
        last=stamp_text(plan.form, next(iter(steps.last.values()))),
        low=stamp_text(plan.form, steps.low),
        high=stamp_text(plan.form, steps.high),
        backward_count=steps.backward_count,
        zero_count=steps.zero_count,
        repeated_count=kept - len(distinct),
        interval_median_s=None if median is None else median / MICRO,
        gap_count=gaps,
        gap_longest_s=longest,
        stretches=stretches(distinct, often) if whole else (),
        impossible_count=max(int(counted.date_like_counts[plan.position]) - steps.stamp_count, 0),
        ambiguous_count=int(counted.ambiguous_counts[plan.position]),
        zone_count=len(counted.zones[plan.position]),
    )


def stretches(distinct: Stamps, often: Stamps) -> tuple[tuple[int, int], ...]:
    """Return for equal parts of the time how many stamps lie in each, and how many stand there again.

    Args:
        distinct: the stamps [µs], each once, sorted
        often: how often each stands there
    """
    low, high = int(distinct[0]), int(distinct[-1])
    # Parts narrower than a few steps would be empty where nothing is missing.
    parts = min(max(len(distinct) // STEPS_IN_STRETCH, 1), STRETCHES)
    inner = [low + (high - low) * at // parts for at in range(1, parts)]
    part = np.searchsorted(np.array(inner, dtype=np.int64), distinct, side="right")
    counts = np.zeros(parts, dtype=np.int64)
    np.add.at(counts, part, often)
    once = np.bincount(part, minlength=parts)
    return tuple(zip(counts.tolist(), (counts - once).tolist(), strict=True))


def stamp_text(form: str, stamp: int) -> str:
    """Return a stamp [µs] as text; the time alone where its form has no date."""
    text = str(np.datetime64(int(stamp), "us")).replace("T", " ").removesuffix(".000000")
    return text[11:] if form.startswith(("%H", "오전")) else text


def series_facts(counted: Partial, name_of: NameOf) -> Series | None:
    """Return how even the steps of time are.

    Args:
        name_of: gives the text of a cell of a column by its hash
    """
    plan = counted.plan
    if plan.time is None:
        return None
    steps = counted.steps[plan.time] if plan.entity is None else counted.entity_steps
    if steps.stamp_count == 0:
        return None
    plain = Series(
        time_column=plan.columns[plan.time].name,
        entity_column=None if plan.entity is None else plan.columns[plan.entity].name,
        entity_count=len(steps.first),
        backward_count=steps.backward_count,
        backward_widest_s=-steps.widest_back / MICRO,
        backward_rows=tuple(one.row for one in steps.backward),
        zero_count=steps.zero_count,
        rows_per_stamp=_rows_per_stamp(counted),
        entities=() if plan.entity is None else _entities(counted, name_of),
    )
    widths, counts = steps.intervals()
    median = weighted_median(widths, counts)
    if median is None:
        return plain
    return _with_steps(plain, steps, (widths, counts, median), partial(_entity, counted, name_of))


def _entities(counted: Partial, name_of: NameOf) -> tuple[Entity, ...]:
    """Return what the steps of time are within each of the first machines or lots."""
    plan, steps = counted.plan, counted.entity_steps
    assert plan.time is not None, "a series has a time column"
    assert plan.entity is not None, "asked only where there is one"
    form = plan.columns[plan.time].form or ""
    ordered = sorted(steps.within, key=lambda key: steps.first_row[key])[:ENTITIES]
    return tuple(
        Entity(
            name=name_of(plan.entity, key),
            row_count=one.rows,
            first=stamp_text(form, steps.first[key]),
            last=stamp_text(form, steps.last[key]),
            interval_mean_s=mean_step_s(one),
            widest_s=one.widest / MICRO,
            widest_row=one.widest_row + 1 if one.widest else None,
            backward_count=one.backward,
            zero_count=one.zero,
        )
        for key, one in ((key, steps.within[key]) for key in ordered)
    )


def mean_step_s(within: Within) -> float | None:
    """Return the mean step forward [s] without the widest one, which may be a stop."""
    if within.forward < 2:
        return None
    return (within.micro - within.widest) / (within.forward - 1) / MICRO


def coverage(counted: Partial) -> Coverage | None:
    """Return the rows by day and hour, None where the stamps have no date."""
    plan, days = counted.plan, counted.days
    form = plan.columns[plan.time].form if plan.time is not None else None
    if form is None or "%Y" not in form or not days.days:
        return None
    assert plan.time is not None, "its form was read above"
    ordered = sorted(days.days)
    span = ordered[-1] - ordered[0] + 1
    empty: list[int] = []
    for before, after in pairwise(ordered):
        if len(empty) < EMPTY_DAYS:
            empty += range(before + 1, min(after, before + 1 + EMPTY_DAYS))
    return Coverage(
        column=plan.columns[plan.time].name,
        day_count=len(ordered),
        span_days=span,
        days=tuple((_day(one), days.days[one]) for one in ordered[:DAYS]),
        empty_days=tuple(_day(one) for one in empty[:EMPTY_DAYS]),
        empty_day_count=span - len(ordered),
        hours=tuple(days.hours.tolist()),
    )


def _day(days: int) -> str:
    return str(np.datetime64(days, "D"))


def _with_steps(
    plain: Series,
    steps: Steps,
    of: tuple[Stamps, Stamps, float],
    entity: Callable[[int], str | None],
) -> Series:
    widths, counts, median = of
    wide = widths > GAP_FACTOR * median
    apart = np.abs(widths - median)
    total = int(counts.sum())
    even = float(counts[apart <= EVEN * median].sum() / total)
    mode = int(np.argmax(counts))
    order = np.argsort(apart, kind="stable")
    jitter = weighted_median(apart[order].astype(np.int64), counts[order])
    periodic = even >= PERIODIC_SHARE
    missed = int(((np.rint(widths[wide] / median) - 1) * counts[wide]).sum())
    return replace(
        plain,
        interval_median_s=median / MICRO,
        interval_mode_s=float(widths[mode]) / MICRO,
        mode_share=float(counts[mode] / total),
        jitter_s=None if jitter is None else jitter / MICRO,
        even_share=even,
        periodic=periodic,
        gap_count=int(counts[wide].sum()),
        missing_point_count=missed if periodic else None,
        gaps=tuple(
            Gap(-one.minus_micro / MICRO, one.row, entity(one.entity))
            for one in steps.widest
            if -one.minus_micro > GAP_FACTOR * median
        ),
    )


def _entity(counted: Partial, name_of: NameOf, value: int) -> str | None:
    """Return the machine or lot behind a hash."""
    position = counted.plan.entity
    return None if position is None else name_of(position, value)


def _rows_per_stamp(counted: Partial) -> int | None:
    """Return how many rows stand at nearly every stamp where it is one number above 1, else None."""
    assert counted.plan.time is not None, "a series has a time column"
    _, counts = counted.by_stamp(counted.plan.time)
    if not len(counts):
        return None
    often = np.bincount(counts)
    best = int(np.argmax(often))
    return best if best > 1 and often[best] >= CONSTANT_SHARE * often.sum() else None
