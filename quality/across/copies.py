"""Columns that step as others do: copies with a constant added, and stretches that come again elsewhere. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from quality.across.alike import PAIRS_MOST, together
from quality.across.facts import CopiedColumn, Copy, Identical
from quality.across.laying import Laid
from quality.report import Column
from quality.sketches import ColumnSketch, shared

# Stretches that must be the same before anything is said, and for a copy from first row to last.
STRETCHES_LEAST: Final = 4
COPY_STRETCHES_LEAST: Final = 8
# Means and spreads of a copy agree this closely; a constant below this share of the spread is none.
AGREE: Final = 1e-6

Place = tuple[int, int]


def copies(
    laid: Sequence[Laid], same: Sequence[Identical], *, whole_share: float, part_share: float
) -> tuple[Copy, ...]:
    """Return tables with columns that step as those of another, whole copies first.

    Args:
        same: tables that are the same anyway, which are told elsewhere
        whole_share: of the stretches of the smaller column, for a copy from first row to last
        part_share: for stretches that come again
    """
    told = [set(one.names) for one in same]
    found: dict[tuple[int, int], list[tuple[bool, CopiedColumn]]] = {}
    for (first, mine), (second, theirs) in _pairs(laid):
        names = {laid[first].label, laid[second].label}
        if any(names <= one for one in told):
            continue
        seen = _copied((laid[first], mine), (laid[second], theirs), (whole_share, part_share))
        if seen is not None:
            found.setdefault((first, second), []).append(seen)
    made = [_copy(laid[first], laid[second], seen) for (first, second), seen in found.items()]
    made.sort(key=lambda one: (not one.whole, -len(one.columns)))
    return tuple(made[:PAIRS_MOST])


def _pairs(laid: Sequence[Laid]) -> list[tuple[Place, Place]]:
    """Return pairs of columns in different tables that have enough stretches in common."""
    holders: dict[int, list[Place]] = {}
    for at, one in enumerate(laid):
        for place, column in enumerate(one.sketch.columns if one.sketch else ()):
            for value in column.windows.values:
                holders.setdefault(value, []).append((at, place))
    counts: Counter[tuple[Place, Place]] = Counter()
    for places in holders.values():
        numbers = range(len(places))
        counts.update((places[one], places[other]) for one, other in together(numbers))
    return sorted(
        pair
        for pair, count in counts.items()
        if count >= STRETCHES_LEAST and pair[0][0] != pair[1][0]
    )


def _copied(
    first: tuple[Laid, int], second: tuple[Laid, int], least: tuple[float, float]
) -> tuple[bool, CopiedColumn] | None:
    (one, mine), (other, theirs) = first, second
    a, b = _sketch(one, mine), _sketch(other, theirs)
    seen = shared(a.windows, b.windows)
    share = max(seen.of_first, seen.of_second)
    if seen.both < STRETCHES_LEAST or share < least[1]:
        return None
    whole = share >= least[0] and seen.both >= COPY_STRETCHES_LEAST
    constant = _constant(one.table.columns[mine], other.table.columns[theirs]) if whole else None
    return whole, CopiedColumn(
        column=other.table.columns[theirs].name, of_column=one.table.columns[mine].name,
        constant=constant, share=share,
    )  # fmt: skip


def _sketch(one: Laid, place: int) -> ColumnSketch:
    assert one.sketch is not None, "pairs come from sketches"
    return one.sketch.columns[place]


def _constant(first: Column, second: Column) -> float | None:
    """Return what was added to the first column, None where the two are not of the same rows."""
    one, other = first.number, second.number
    if one is None or other is None or one.count != other.count or not one.std or not other.std:
        return None
    if abs(one.std - other.std) > AGREE * one.std:
        return None
    constant = other.mean - one.mean
    return 0.0 if abs(constant) <= AGREE * one.std else float(f"{constant:.6g}")


def _copy(one: Laid, other: Laid, seen: Sequence[tuple[bool, CopiedColumn]]) -> Copy:
    """Put the columns of a pair together: for each the best, whole ones alone where there are any."""
    whole = any(is_whole for is_whole, _ in seen)
    best: dict[str, CopiedColumn] = {}
    for is_whole, column in seen:
        known = best.get(column.column)
        if is_whole == whole and (known is None or _better(column, known)):
            best[column.column] = column
    return Copy(
        table=other.label, of_table=one.label, columns=tuple(best.values()), whole=whole
    )  # fmt: skip


def _better(one: CopiedColumn, known: CopiedColumn) -> bool:
    return (one.share, one.column == one.of_column) > (known.share, known.column == known.of_column)
