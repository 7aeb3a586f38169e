"""Facts of columns together: what is missing where, and which numbers move together. Pure."""

from typing import Final

import numpy as np

from quality.profile.hashing import Floats
from quality.profile.partial import Partial
from quality.report import Bounds, Correlations, Missing

BANDS: Final = 40
TOGETHER: Final = 10
COLUMNS_MAX: Final = 200
ROWS_MIN: Final = 3
LOW_ENDS: Final = ("_min", " min", ".min", "_하한", " 하한", "하한")
HIGH_ENDS: Final = ("_max", " max", ".max", "_상한", " 상한", "상한")


def missing_facts(counted: Partial) -> Missing | None:
    """Return where cells are empty, None where none is."""
    names = tuple(one.name for one in counted.plan.columns)
    first_rows, counts = counted.missing.bands(BANDS)
    some = np.flatnonzero(counts.sum(axis=0))
    if not len(some):
        return None
    return Missing(
        columns=tuple(names[at] for at in some),
        first_rows=tuple(first_rows.tolist()),
        counts=tuple(tuple(row) for row in counts[:, some].tolist()),
        together=tuple(counted.missing.together(names, TOGETHER)),
        full_row_count=counted.missing.full_row_count,
    )


def bounds(counted: Partial) -> tuple[Bounds, ...]:
    """Return the columns that have their own limits beside them, as ``Temp``, ``Temp_Min`` and ``Temp_Max``.

    Rows outside are counted in the sample of rows and scaled up where it is not the whole table.
    """
    numbers = counted.plan.of("number")
    slots = {one.name.strip().casefold(): at for at, one in enumerate(numbers)}
    values, found = counted.sample.values, []
    for at, one in enumerate(numbers):
        name = one.name.strip().casefold()
        low, high = (_limit_of(name, ends, slots) for ends in (LOW_ENDS, HIGH_ENDS))
        if low is None and high is None:
            continue
        with np.errstate(invalid="ignore"):
            outside = np.zeros(len(values), dtype=bool)
            if low is not None:
                outside |= values[:, at] < values[:, low]
            if high is not None:
                outside |= values[:, at] > values[:, high]
        known = ~np.isnan(values[:, at])
        scale = counted.row_count / max(len(values), 1)
        found.append(
            Bounds(
                column=one.name,
                low_column=None if low is None else numbers[low].name,
                high_column=None if high is None else numbers[high].name,
                outside_count=round(int(outside.sum()) * scale),
                row_count=round(int(known.sum()) * scale),
            )
        )
    return tuple(found)


def _limit_of(name: str, ends: tuple[str, ...], slots: dict[str, int]) -> int | None:
    return next((slots[name + end] for end in ends if name + end in slots), None)


def correlations(counted: Partial) -> Correlations | None:
    """Return Pearson's r of every pair of number columns, from the sample of rows."""
    numbers = counted.plan.of("number")[:COLUMNS_MAX]
    if len(numbers) < 2:
        return None
    found = pairwise(counted.sample.values[:, : len(numbers)])
    return Correlations(
        columns=tuple(one.name for one in numbers),
        values=tuple(
            tuple(None if np.isnan(r) else round(float(r), 6) for r in row) for row in found
        ),
        sampled=not counted.sample.whole,
    )


def pairwise(values: Floats) -> Floats:
    """Return r of each pair over the rows in which both have a value, nan where one does not vary.

    Four products of matrices give all sums of pairs at once; columns are centred and scaled before.

    Returns:
        shape (columns, columns)
    """
    there = ~np.isnan(values)
    flags = there.astype(np.float64)
    with np.errstate(all="ignore"):
        counts = flags.sum(axis=0)
        filled = np.where(there, values, 0.0)
        mean = filled.sum(axis=0) / counts
        centred = np.where(there, values - mean, 0.0)
        scale = np.sqrt((centred**2).sum(axis=0) / counts)
        centred = np.where(scale > 0, centred / scale, 0.0)
        both = flags.T @ flags
        sums = centred.T @ flags
        squares = (centred**2).T @ flags
        product = centred.T @ centred
        covariance = product - sums * sums.T / both
        spread = (squares - sums**2 / both) * (squares.T - sums.T**2 / both)
        found = covariance / np.sqrt(spread)
    found[(both < ROWS_MIN) | ~(spread > 1e-12 * both**2)] = np.nan
    return np.clip(found, -1.0, 1.0)
