"""How well a dataset fits a buyer's columns, and why."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from quality.fitting.conversions import converted, scale_of
from quality.fitting.offered import Meaning, Offered, offered_of
from quality.fitting.own import OwnColumn
from quality.fitting.words import bare, likeness
from quality.report import DatasetReport

# Of fewer rows than this nothing is counted, and a bar of a histogram with fewer is taken for empty.
GROUP_MIN: Final = 20
LIKE_FROM: Final = 0.45
MEANING_FACTOR: Final = 0.9
UNIT_UNKNOWN: Final = 0.9
SHARE_STEP: Final = 0.05


class Match(Struct, frozen=True, kw_only=True):
    """A column of the buyer's and the one of the dataset that stands for it.

    Args:
        how: ``name`` the same name, ``words`` the same words or another language, ``meaning`` by what the
            seller says of it
        likeness: of the names, 0.45 to 1
        unit: ``same``, ``convertible``, ``unknown`` where one of both is not given or not known
        low, high: the dataset's range in the buyer's unit; None where it is no number or has too few rows
        covered_share: how much of the buyer's range the dataset reaches [1], or of the buyer's values
        inside_share: how many of the dataset's rows lie within the buyer's range [1], to the nearest 5 %
        score: likeness by unit by covered share [1]
    """

    own: OwnColumn
    tables: tuple[str, ...]
    column: str
    meaning: str
    column_unit: str
    how: str
    likeness: float
    unit: str
    low: float | None
    high: float | None
    covered_share: float | None
    inside_share: float | None
    score: float


class Fit(Struct, frozen=True, kw_only=True):
    """How well a dataset fits.

    Args:
        score_pct: the mean of the scores over all columns of the buyer, of which missing ones have none
        missing: columns of the buyer that nothing stands for
        others: columns of the dataset that the buyer did not ask for
    """

    score_pct: float
    matches: tuple[Match, ...]
    missing: tuple[OwnColumn, ...]
    others: tuple[str, ...]


def fit(
    report: DatasetReport, own: Sequence[OwnColumn], said: Mapping[str, Meaning] | None = None
) -> Fit:
    """Say which columns of a dataset stand for the buyer's, what is missing, and how far the ranges agree.

    Each column stands for one other at most; the best pairs are taken first.

    Args:
        own: at least one
        said: what the seller says of the columns, by their names
    """
    assert own, "callers refuse an empty list"
    offered = offered_of(report, said or {})
    pairs = [
        (match.score, match.likeness, -at, -place, match)
        for at, one in enumerate(own)
        for place, other in enumerate(offered)
        if (match := _match(one, other)) is not None
    ]
    pairs.sort(key=lambda pair: pair[:4], reverse=True)
    taken: dict[int, Match] = {}
    places: set[int] = set()
    for _, _, minus_at, minus_place, match in pairs:
        if -minus_at not in taken and -minus_place not in places:
            taken[-minus_at] = match
            places.add(-minus_place)
    total = sum(one.score for one in taken.values())
    return Fit(
        score_pct=round(100 * total / len(own), 1),
        matches=tuple(taken[at] for at in sorted(taken)),
        missing=tuple(one for at, one in enumerate(own) if at not in taken),
        others=tuple(one.name for place, one in enumerate(offered) if place not in places),
    )


def _match(own: OwnColumn, other: Offered) -> Match | None:
    like = likeness(own.name, other.name)
    by_meaning = MEANING_FACTOR * likeness(own.name, other.meaning) if other.meaning else 0.0
    how = (
        "meaning"
        if by_meaning > like
        else "name"
        if bare(own.name) == bare(other.name)
        else "words"
    )
    like = max(like, by_meaning)
    unit = _unit(own, other)
    if like < LIKE_FROM or unit == "other":
        return None
    low, high = _range(own, other)
    covered = _covered(own, other, low, high)
    return Match(
        own=own,
        tables=other.tables,
        column=other.name,
        meaning=other.meaning,
        column_unit=other.unit,
        how=how,
        likeness=round(like, 2),
        unit=unit,
        low=low,
        high=high,
        covered_share=covered,
        inside_share=_inside(own, other),
        score=like * (UNIT_UNKNOWN if unit == "unknown" else 1.0) * (1.0 if covered is None else covered),
    )  # fmt: skip


def _unit(own: OwnColumn, other: Offered) -> str:
    """Return ``same``, ``convertible``, ``unknown``, or ``other`` for units of different things."""
    if own.unit and own.unit.strip() == other.unit.strip():
        return "same"
    mine, theirs = scale_of(own.unit), other.scale
    numeric = own.low is not None or not own.values
    if not own.unit and not other.unit and (not numeric or other.low is None):
        return "same"
    if mine is None or theirs is None:
        return "unknown"
    if mine.measures != theirs.measures:
        return "other"
    return "same" if mine == theirs else "convertible"


def _range(own: OwnColumn, other: Offered) -> tuple[float | None, float | None]:
    """Return the dataset's range in the buyer's unit."""
    if other.low is None or other.high is None or other.row_count < GROUP_MIN:
        return None, None
    mine, theirs = scale_of(own.unit), other.scale
    if mine is None or theirs is None or mine.measures != theirs.measures:
        return other.low, other.high
    return converted(other.low, theirs, mine), converted(other.high, theirs, mine)


def _covered(own: OwnColumn, other: Offered, low: float | None, high: float | None) -> float | None:
    if own.values and other.values:
        there = {value for value, count in other.values if count >= GROUP_MIN}
        return sum(value in there for value in own.values) / len(own.values)
    if own.low is None or own.high is None or low is None or high is None:
        return None
    if own.high == own.low:
        return float(low <= own.low <= high)
    return max(0.0, min(own.high, high) - max(own.low, low)) / (own.high - own.low)


def _inside(own: OwnColumn, other: Offered) -> float | None:
    """Count bars of the histogram, each by how much of it lies within; bars of few rows are taken for empty."""
    if own.low is None or own.high is None or other.row_count < GROUP_MIN or not other.bins:
        return None
    low, high = own.low, own.high
    mine, theirs = scale_of(own.unit), other.scale
    if mine is not None and theirs is not None:
        low, high = converted(low, mine, theirs), converted(high, mine, theirs)
    total = sum(one.count for one in other.bins)
    inside = 0.0
    for one in other.bins:
        if one.count < GROUP_MIN:
            continue
        width = one.high - one.low
        shared = min(high, one.high) - max(low, one.low)
        part = shared / width if width > 0 else float(low <= one.low <= high)
        inside += one.count * max(0.0, part)
    return round(round(inside / total / SHARE_STEP) * SHARE_STEP, 2)
