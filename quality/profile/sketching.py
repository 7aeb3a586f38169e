"""The sketch of a table that was counted to its end, and what comes again within it. Pure."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quality.groupfacts import Repeated
from quality.profile.hashing import Hashes
from quality.profile.partial import Partial
from quality.profile.parts.repeats import Repeats
from quality.profile.parts.units import NO_DAY, constant
from quality.profile.parts.values import Values
from quality.report import Column, Table
from quality.sketches import ROWS, VALUES, WINDOWS, ColumnSketch, Sample, Sketch, packed

# Columns that can name something in another table, and the most values of which all are kept.
KEYS: Final = ("integer", "code", "text")
KEYS_KEPT: Final = 32_768
NUMBERS_KEPT: Final = 1_024
COUNTS_KEPT: Final = 4_096
# Numbers of fewer different values repeat themselves by nature.
VARIED: Final = 20
UNIT_ROWS: Final = 12
UNITS: Final = 3
# Where most days are alike by nature (a counter, a calendar, a program), being alike says nothing.
OWN_SHARE: Final = 1 / 3
EXAMPLES: Final = 3
NAME_CHARS: Final = 100
NO_SAMPLE: Final = Sample("", whole=False)

Named = Callable[[int, int], str]


def sketch_of(table: Table, counted: Partial) -> Sketch:
    """Return what the table leaves behind to be compared by."""
    slots = {one.position: at for at, one in enumerate(counted.plan.of("number"))}
    ids = bool(counted.ids)
    return Sketch(
        table=table.name,
        rows=smallest(counted.repeats, ROWS),
        rows_without_ids=smallest(counted.repeats_without_ids, ROWS) if ids else None,
        columns=tuple(
            _column(column, counted, slots.get(column.position)) for column in table.columns
        ),
    )


def smallest(repeats: Repeats, most: int) -> Sample:
    """Return the smallest hashes of rows."""
    count = sum(len(one) for one in repeats.kept)
    share = min(4 * most / max(count, 1), 1.0)
    while True:
        cut = np.uint64(min(int(share * 2**64), 2**64 - 1)) >> np.uint64(repeats.shift)
        parts = [one[one <= cut] if share < 1 else one for one in repeats.kept]
        found = np.unique(np.concatenate([np.empty(0, dtype=np.uint64), *parts]))
        if len(found) >= most or share >= 1:
            break
        share = min(4 * share, 1.0)
    whole = repeats.shift == 0 and share >= 1 and len(found) <= most
    return Sample(packed(found[:most].tolist(), "Q"), whole)


def _column(column: Column, counted: Partial, slot: int | None) -> ColumnSketch:
    windows = NO_SAMPLE
    if slot is not None and _varied(column):
        kept = counted.windows.kept[slot]
        hashes = kept.hashes[kept.varied]
        whole = bool(kept.bound == np.uint64(2**64 - 1)) and len(hashes) <= WINDOWS
        windows = Sample(packed(hashes[:WINDOWS].tolist(), "Q"), whole)
    if column.kind not in KEYS or column.distinct_count < 2:
        return ColumnSketch(name=column.name, values=NO_SAMPLE, windows=windows)
    values = counted.values[column.position]
    values.settle()
    keeping = NUMBERS_KEPT if column.kind == "integer" else KEYS_KEPT
    hashes = values.hashes[: keeping if len(values.hashes) <= keeping and values.exact else VALUES]
    whole = values.exact and len(hashes) == len(values.hashes)
    return ColumnSketch(
        name=column.name,
        values=Sample(packed(hashes.tolist(), "Q"), whole),
        counts=_counts(values) if whole else "",
        windows=windows,
    )


def _counts(values: Values) -> str:
    if not values.counted or len(values.counts) > COUNTS_KEPT or values.counts.max(initial=0) >> 32:
        return ""
    return packed(values.counts.tolist(), "I")


def _varied(column: Column) -> bool:
    return column.number is not None and column.distinct_count >= VARIED and not column.identifying


def repeated(table: Table, counted: Partial, name_of: Named) -> tuple[Repeated, ...]:
    """Return the columns in which days, machines, lots or stretches are the same again.

    Args:
        name_of: gives the text of a cell's hash in a column
    """
    found = []
    units = counted.units
    slots = {one.position: at for at, one in enumerate(counted.plan.of("number"))}
    for column in table.columns:
        if not _varied(column):
            continue
        if column.position in units.positions and len(units.rows):
            one = _units(column, counted, units.positions.index(column.position), name_of)
            found += [one] if one is not None else []
        kept = counted.windows.kept[slots[column.position]]
        counts = kept.counts[kept.varied]
        if (counts > 1).any():
            found.append(_windows(column, kept.firsts[kept.varied], counts))
    return tuple(found)


def _windows(column: Column, firsts: NDArray[np.int64], counts: NDArray[np.int64]) -> Repeated:
    again = counts > 1
    return Repeated(
        column=column.name,
        unit="window",
        unit_count=int(counts.sum()),
        repeated_count=int((counts[again] - 1).sum()),
        group_count=int(again.sum()),
        first_row=int(firsts[again].min()),
    )


def _units(column: Column, counted: Partial, at: int, name_of: Named) -> Repeated | None:
    units = counted.units
    prints: Hashes = units.prints[:, at]
    looked = [
        place
        for place in range(len(prints))
        if units.rows[place] >= UNIT_ROWS
        and (units.days[place] != NO_DAY)
        and int(prints[place])
        != constant(int(units.first_cells[place, at]), int(units.rows[place]))
    ]
    looked.sort(key=lambda place: int(units.first_rows[place]))
    groups: dict[tuple[int, int], list[int]] = {}
    for place in looked:
        groups.setdefault((int(prints[place]), int(units.rows[place])), []).append(place)
    alike = [group for group in groups.values() if len(group) > 1]
    if not alike or len(looked) < UNITS or len(groups) < OWN_SHARE * len(looked):
        return None
    dated = len(set(units.days.tolist())) > 1
    return Repeated(
        column=column.name,
        unit="day" if dated else "entity",
        unit_count=len(looked),
        repeated_count=sum(len(group) - 1 for group in alike),
        group_count=len(alike),
        first_row=int(min(units.first_rows[group[1]] for group in alike)),
        examples=tuple(
            (
                _name(counted, group[0], name_of, dated=dated),
                _name(counted, group[1], name_of, dated=dated),
            )
            for group in alike[:EXAMPLES]
        ),
    )


def _name(counted: Partial, place: int, name_of: Named, *, dated: bool) -> str:
    units, entity = counted.units, counted.plan.entity
    parts = [str(np.datetime64(int(units.days[place]), "D"))] if dated else []
    if entity is not None:
        parts.append(name_of(entity, int(units.entities[place]))[:NAME_CHARS])
    return " ".join(parts)
