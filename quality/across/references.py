"""Columns whose values stand in a column of another table, and how many of their rows find theirs. Pure."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from quality.across.facts import Join
from quality.across.laying import Laid
from quality.indices import Pointing
from quality.report import Column
from quality.sketches import Sample, union, unpacked, within

# Columns of other names need more different values before they can mean the same.
VALUES_LEAST: Final = 20
NAMED_VALUES_LEAST: Final = 3
COLUMNS_MOST: Final = 150
JOINS_MOST: Final = 100
DENSE: Final = 2
QUICK: Final = 64


class Key(Struct, frozen=True, kw_only=True):
    """A column over all tables with the same columns.

    Args:
        smallest, hashes: the values' first and all hashes
        rows: of each value, where all are known
        numbering: it counts on from a number, so that its values say nothing
    """

    group: int
    table: str
    column: Column
    values: Sample
    smallest: tuple[int, ...]
    hashes: frozenset[int]
    rows: dict[int, int] | None
    numbering: bool


def joins(laid: Sequence[Laid], least_share: float) -> tuple[Join, ...]:
    """Return columns that refer to a column of a table with other columns.

    Args:
        least_share: of the values that must be found before two columns mean the same
    """
    keys = _keys(laid)
    found = []
    for one in keys:
        matches = [
            (_into_key(one, other), join)
            for other in keys
            if one.group != other.group
            and _fit(one, other)
            and (join := _join(one, other, least_share)) is not None
        ]
        if matches:
            found.append(max(matches, key=lambda way: (way[1].pct, way[0], way[1].column == way[1].to_column)))  # fmt: skip
    return tuple(_one_way(found)[:JOINS_MOST])


def _into_key(one: Key, other: Key) -> bool:
    """Whether the other column names each of its rows and the first does not: what refers to what is plain then."""
    return other.column.identifying and not one.column.identifying


def _one_way(found: Sequence[tuple[bool, Join]]) -> list[Join]:
    """Of two columns that refer to each other keep the way into a key, else that on which less is missing."""
    kept: dict[frozenset[tuple[str, str]], tuple[bool, Join]] = {}
    for into_key, one in found:
        both = frozenset({(one.table, one.column), (one.to_table, one.to_column)})
        known = kept.get(both)
        if known is None or (into_key, one.pct) > (known[0], known[1].pct):
            kept[both] = into_key, one
    return sorted((one for _, one in kept.values()), key=lambda one: one.pct)


def pointing(laid: Sequence[Laid], found: Sequence[Join]) -> Pointing:
    """Return how many cells that point to another table find their value there; only where rows are known.

    Tables with the same columns point together, so that each is told what they came to.
    """
    if len(laid) < 2:
        return Pointing(
            why_ko="표가 하나뿐이라 재지 않았습니다.",
            why_en="There is one table only, so it was not measured.",
        )
    if not found:
        return Pointing(
            why_ko="다른 표의 열을 가리키는 열을 찾지 못해 재지 않았습니다.",
            why_en="No column was found that points to another table, so it was not measured.",
        )
    counts: dict[str, tuple[int, int]] = {}
    for one in found:
        if one.rows:
            above, below = counts.get(one.table, (0, 0))
            counts[one.table] = above + one.found_count, below + one.count
    if not counts:
        return Pointing(
            why_ko="표가 커서 가리키는 값의 행을 셀 수 없어 재지 않았습니다.",
            why_en="The tables are too large to count the rows of values that point elsewhere, so it was not measured.",
        )
    of_group = {names: counts.get(_called(group)) for names, group in _groups(laid).items()}
    return Pointing(
        counted=(sum(above for above, _ in counts.values()), sum(below for _, below in counts.values())),
        by_table=tuple(of_group.get(one.names) for one in laid),
    )  # fmt: skip


def _groups(laid: Sequence[Laid]) -> dict[tuple[str, ...], list[Laid]]:
    groups: dict[tuple[str, ...], list[Laid]] = {}
    for one in laid:
        if one.sketch is not None:
            groups.setdefault(one.names, []).append(one)
    return groups


def _called(group: Sequence[Laid]) -> str:
    """Return what tables with the same columns are called together."""
    return group[0].label + (f" (+{len(group) - 1})" if len(group) > 1 else "")


def _keys(laid: Sequence[Laid]) -> list[Key]:
    keys = []
    for number, group in enumerate(_groups(laid).values()):
        for place in range(len(group[0].table.columns)):
            key = _key(number, group, place)
            if key is not None:
                keys.append(key)
    return keys[:COLUMNS_MOST]


def _key(number: int, group: Sequence[Laid], place: int) -> Key | None:
    columns = [one.table.columns[place] for one in group]
    sketches = [one.sketch.columns[place] for one in group if one.sketch is not None]
    if {_family(column.kind) for column in columns} not in ({"text"}, {"integer"}):
        return None
    values = union([one.values for one in sketches])
    rows: dict[int, int] | None = {}
    for one in sketches:
        counts = unpacked(one.counts, "I")
        if rows is None or len(counts) != len(one.values.values):
            rows = None
            continue
        for value, count in zip(one.values.values, counts, strict=True):
            rows[value] = rows.get(value, 0) + count
    hashes = values.values
    return Key(
        group=number, table=_called(group), column=columns[0], values=values,
        smallest=hashes[:QUICK], hashes=frozenset(hashes), rows=rows if values.whole else None,
        numbering=any(_numbering(column) for column in columns),
    )  # fmt: skip


def _family(kind: str) -> str:
    return "text" if kind in ("text", "code") else kind


def _numbering(column: Column) -> bool:
    number = column.number
    if number is None:
        return False
    return number.high - number.low + 1 <= DENSE * column.distinct_count


def _fit(one: Key, other: Key) -> bool:
    """Whether two columns can mean the same, before their values are looked at."""
    if _family(one.column.kind) != _family(other.column.kind):
        return False
    named = one.column.name.strip().casefold() == other.column.name.strip().casefold()
    if named:
        enough = len(one.hashes) >= NAMED_VALUES_LEAST
        return enough and not (one.numbering and one.column.identifying)
    return len(one.hashes) >= VALUES_LEAST and not one.numbering and not other.numbering


def _join(one: Key, other: Key, least_share: float) -> Join | None:
    if not _quick(one, other):
        return None
    looked, known = within(one.values, other.values)
    if not looked or known < least_share * looked:
        return None
    if one.rows is not None and other.values.whole:
        count = sum(one.rows.values())
        found = sum(rows for value, rows in one.rows.items() if value in other.hashes)
        by_rows = True
    else:
        count, found, by_rows = looked, known, False
    return Join(
        table=one.table, column=one.column.name, to_table=other.table,
        to_column=other.column.name, found_count=found, count=count, rows=by_rows,
        exact=one.values.whole and other.values.whole,
    )  # fmt: skip


def _quick(one: Key, other: Key) -> bool:
    """Whether any of the smallest hashes of the one is in the other."""
    return any(value in other.hashes for value in one.smallest)
