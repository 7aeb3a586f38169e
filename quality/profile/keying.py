"""Columns that may tell the rows of a table apart, chosen from the sample."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from quality.groupfacts import Key
from quality.profile.blocks import pair_hashes
from quality.profile.partial import Partial
from quality.profile.parts.words import Coded
from quality.profile.planned import ColumnPlan
from quality.report import Column

NUMBERING: Final = re.compile(
    r"(^|[^a-z])(id|no|num|number|serial|index|key|barcode|s/?n)([^a-z]|$)|번호|일련|바코드|시리얼",
    re.IGNORECASE,
)
NEARLY: Final = 0.99
ROWS_MIN: Final = 20
CANDIDATES_MAX: Final = 8
PAIRS_MAX: Final = 2
# What more rows repeat is no key.
REPEATED_MAX: Final = 0.01
# A pair that repeats early in the sample is not looked at further.
FIRST_ROWS: Final = 5_000

Part = Mapping[int, Coded]


def numbering(name: str, cells: Coded) -> bool:
    """Whether a column is named as one that numbers the rows, and nearly does."""
    rows = len(cells.places)
    if rows < ROWS_MIN or cells.empty.any() or NUMBERING.search(name) is None:
        return False
    return len(cells.values) >= NEARLY * rows


def key_pairs(
    columns: Sequence[ColumnPlan], first: Sequence[int | None], parts: Sequence[Part]
) -> tuple[tuple[int, int], ...]:
    """Return pairs of columns that tell all rows of the sample apart, none where one column does.

    Args:
        first: positions of the columns that are tried before others
    """
    if any(one.identifying for one in columns):
        return ()
    rows = sum(len(next(iter(part.values())).places) for part in parts)
    if rows < ROWS_MIN:
        return ()
    own = [one.position for one in columns if _may_be_part(one, parts)]
    ordered = sorted(own, key=lambda at: (at not in first, at))[:CANDIDATES_MAX]
    found: list[tuple[int, int]] = []
    for one, other in combinations(ordered, 2):
        distinct = [max(len(part[at].values) for part in parts) for at in (one, other)]
        biggest = max(len(part[one].places) for part in parts)
        if distinct[0] * distinct[1] >= biggest and _apart(one, other, parts):
            found.append((min(one, other), max(one, other)))
        if len(found) == PAIRS_MAX:
            break
    return tuple(found)


def _may_be_part(column: ColumnPlan, parts: Sequence[Part]) -> bool:
    """Whether a column names something: no measurement, no empty cell, more than one value."""
    if column.declared == "nested" or (column.kind == "number" and not column.whole):
        return False
    cells = [part[column.position] for part in parts]
    return not any(one.empty.any() for one in cells) and max(len(one.values) for one in cells) > 1


def _apart(one: int, other: int, parts: Sequence[Part]) -> bool:
    """Whether no two rows of the sample are alike in both columns."""
    for most in (FIRST_ROWS, None):
        hashes = np.concatenate(list(_hashes(one, other, parts, most)))
        if len(np.unique(hashes)) < len(hashes):
            return False
    return True


def _hashes(one: int, other: int, parts: Sequence[Part], most: int | None) -> Iterator[np.ndarray]:
    left = most
    for part in parts:
        both = pair_hashes(part[one].hashes()[:left], part[other].hashes()[:left])
        yield both
        if left is not None:
            left -= len(both)
            if left <= 0:
                return


def keys_of(columns: Sequence[Column], counted: Partial) -> tuple[Key, ...]:
    """Return what tells the rows of the whole table apart: columns with few repeats, pairs with none."""
    keys = []
    for column in columns:
        repeats = counted.id_repeats.get(column.position)
        stamped = column.time is not None and column.time.parsed_count == counted.row_count
        if repeats is not None and not column.null_count:
            groups = repeats.finish()
            keys.append(Key(columns=(column.name,), repeat_count=groups.repeated_rows, exact=groups.exact))  # fmt: skip
        elif stamped and column.time is not None:
            keys.append(Key(columns=(column.name,), repeat_count=column.time.repeated_count))
    most = REPEATED_MAX * counted.row_count
    keys = [key for key in keys if key.repeat_count <= most]
    if any(key.repeat_count == 0 for key in keys):
        return tuple(keys)
    for pair, repeats in counted.pair_repeats.items():
        groups = repeats.finish()
        if not groups.repeated_rows and not any(columns[at].null_count for at in pair):
            names = tuple(columns[at].name for at in pair)
            keys.append(Key(columns=names, repeat_count=0, exact=groups.exact))
    return tuple(keys)
