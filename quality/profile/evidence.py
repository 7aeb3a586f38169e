"""The first places of what is found in a table, by code and column; the checks decide on the facts alone. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from quality.checks import PLACES_MAX, Evidence
from quality.checks.privacy import persons, secrets
from quality.claims import Place
from quality.profile import privacy
from quality.profile.partial import Partial
from quality.profile.parts.places import Places
from quality.profile.parts.repeats import Repeats, first_again
from quality.profile.parts.steps import Step, Steps
from quality.profile.times import LIKE_DATE
from quality.report import Column, Table

VALUE_CHARS: Final = 100
_DATE: Final = re.compile(LIKE_DATE)

Found = Iterator[tuple[tuple[str, str | None], tuple[Place, ...]]]


def evidence_of(table: Table, counted: Partial) -> Evidence:
    """Return the places that are known; values of personal and secret columns are hidden."""
    listed = dict(_of_rows(table, counted))
    for column in table.columns:
        listed.update(_of_words(column, counted))
        if column.time is not None:
            listed.update(_of_times(column, table, counted))
    return {key: places for key, places in listed.items() if places}


def hidden(name: str) -> bool:
    """Whether the values of a column of this name are not shown as they stand."""
    return bool(
        persons.PERSON_NAMES.search(name)
        or persons.ADDRESS_NAMES.search(name)
        or secrets.telling(name)
    )


def _of_rows(table: Table, counted: Partial) -> Found:
    yield ("ROWS_REPEATED", None), _rows(counted.repeats.first(PLACES_MAX))
    ids = ", ".join(column.name for column in table.columns if column.identifying)
    if ids and not table.duplicate_count:
        rows = counted.repeats_without_ids.first(PLACES_MAX)
        yield ("ROWS_REPEATED_BUT_ID", ids), _rows(rows)
    for at, repeats in counted.id_repeats.items():
        yield ("KEY_REPEATED", counted.plan.columns[at].name), _of_key(repeats)


def _of_key(repeats: Repeats) -> tuple[Place, ...]:
    return _rows(repeats.first(PLACES_MAX))


def _of_words(column: Column, counted: Partial) -> Found:
    words, name = counted.words[column.position], column.name
    hide = hidden(name)
    impossible = [one for one in words.wrong.first if _DATE.search(one[1].strip())]
    for code, first in (
        ("COL_SPARSE", counted.empty_places[column.position].first),
        ("PLACEHOLDER", words.placeholder_places.first),
        ("CELL_FORMULA", words.formulas.first),
        ("NUM_AS_TEXT", words.formed.first),
        ("CODE_ZEROS", words.zeros.first),
        ("TEXT_BROKEN", words.broken.first),
        ("TYPE_MIXED", words.odd.first),
        ("DATE_IMPOSSIBLE", impossible),
    ):
        yield (code, name), _cells(first, hide=hide)
    for code, places in words.private.items():
        yield (code, name), _masked(places)


def _of_times(column: Column, table: Table, counted: Partial) -> Found:
    series, own = table.series, column.time
    assert own is not None, "asked only of columns of time"
    steps = counted.steps[column.position]
    ordering = series is not None and series.time_column == column.name
    within = ordering and series is not None and series.entity_column is not None
    if within:
        steps = counted.entity_steps
    yield ("TIME_BACKWARD", column.name), _steps(steps.backward)
    if ordering:
        yield ("TIME_REPEATED", column.name), _repeated(column, steps, counted, within=within)


def _repeated(column: Column, steps: Steps, counted: Partial, *, within: bool) -> tuple[Place, ...]:
    """Return rows whose stamp came before: behind themselves within a machine, else anywhere."""
    stamps = counted.stamps[column.position]
    if within or sum(map(len, stamps)) != counted.row_count or not column.time:
        return _rows([one.row for one in steps.standing])
    if not column.time.repeated_count:
        return ()
    return _rows(first_again(np.concatenate(stamps), PLACES_MAX))


def _rows(rows: Iterable[int]) -> tuple[Place, ...]:
    return tuple(Place(row + 1, "") for row in rows)


def _cells(first: Sequence[tuple[int, str]], *, hide: bool) -> tuple[Place, ...]:
    return tuple(
        Place(row + 1, privacy.veiled(text) if hide else text[:VALUE_CHARS]) for row, text in first
    )


def _masked(places: Places) -> tuple[Place, ...]:
    return tuple(Place(row + 1, privacy.masked(text.strip())) for row, text in places.first)


def _steps(steps: Iterable[Step]) -> tuple[Place, ...]:
    """Return the rows behind steps back, and how wide each is."""
    return tuple(Place(one.row + 1, f"{one.minus_micro / 1e6:,g} s") for one in steps)
