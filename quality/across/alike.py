"""Files and tables that are the same, tables with nearly the same columns, and rows that tables share. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from typing import Final

from quality.across.facts import Identical, Overlap, Unlike
from quality.across.laying import Laid
from quality.report import FileReport
from quality.sketches import Sample, shared

# Tables with so much of their columns in common are told apart as nearly the same.
NEAR_SHARE: Final = 0.5
# Of hashes that stand in more tables than this the later ones are compared with the first alone.
TOGETHER: Final = 12
PAIRS_MOST: Final = 100
# With fewer hashes to compare by, a share would be a guess.
COMPARED_LEAST: Final = 8
SHARED_LEAST: Final = 3


def identical(files: Sequence[FileReport], laid: Sequence[Laid]) -> tuple[Identical, ...]:
    """Return groups of files or members of the same bytes, then of tables with the same cells."""
    hashed: dict[str, list[str]] = {}
    for file in files:
        if file.sha256:
            hashed.setdefault(file.sha256, []).append(file.path or file.name)
        for member in file.members:
            if member.sha256:
                hashed.setdefault(member.sha256, []).append(member.name)
    same = [tuple(names) for names in hashed.values() if len(names) > 1]
    cells: dict[tuple[int, tuple[str, ...]], list[Laid]] = {}
    for one in laid:
        digests = tuple(column.digest for column in one.table.columns)
        if one.table.row_count and all(digests):
            cells.setdefault((one.table.row_count, digests), []).append(one)
    alike = [
        tuple(one.label for one in group)
        for group in cells.values()
        if len(group) > 1 and not _told(group, same)
    ]
    found = [
        *(Identical(one, bytes_too=True) for one in same),
        *(Identical(one, bytes_too=False) for one in alike),
    ]
    return tuple(found[:PAIRS_MOST])


def _told(group: Sequence[Laid], same: Iterable[tuple[str, ...]]) -> bool:
    """Whether all tables of a group lie in files that are the same in their bytes."""
    return any(
        all(any(one.path.endswith(name) or f"{name} / " in one.path for name in names) for one in group)
        for names in same
    )  # fmt: skip


def unlike(laid: Sequence[Laid]) -> tuple[Unlike, ...]:
    """Return tables whose columns are nearly those of the largest group of tables with the same columns."""
    groups: dict[tuple[str, ...], list[Laid]] = {}
    for one in laid:
        groups.setdefault(one.names, []).append(one)
    ordered = sorted(groups.values(), key=lambda group: -len(group))
    heads: list[Laid] = []
    found = []
    for group in ordered:
        like = next((head for head in heads if _near(head, group[0])), None)
        if like is None:
            like = group[0]
            heads.append(like)
        for one in group:
            differs = _difference(like, one)
            if differs is not None:
                found.append(differs)
    return tuple(found[:PAIRS_MOST])


def _near(one: Laid, other: Laid) -> bool:
    both = len(set(one.names) & set(other.names))
    return both >= NEAR_SHARE * max(len(one.names), len(other.names)) and both > 1


def _difference(like: Laid, one: Laid) -> Unlike | None:
    theirs = {column.name.strip(): column for column in like.table.columns}
    mine = {column.name.strip(): column for column in one.table.columns}
    both = [name for name in like.names if name in mine]
    order = [one.names.index(name) for name in both]
    made = Unlike(
        table=one.label,
        like=like.label,
        missing=tuple(name for name in like.names if name not in mine),
        extra=tuple(name for name in one.names if name not in theirs),
        reordered=any(first > second for first, second in pairwise(order)),
        kinds=tuple(
            (name, theirs[name].kind, mine[name].kind)
            for name in both
            if _broad(theirs[name].kind) != _broad(mine[name].kind)
            and "empty" not in (theirs[name].kind, mine[name].kind)
        ),
        units=tuple(
            (name, theirs[name].unit or "", mine[name].unit or "")
            for name in both
            if theirs[name].unit != mine[name].unit
        ),
    )
    same = not (made.missing or made.extra or made.reordered or made.kinds or made.units)
    return None if same else made


def _broad(kind: str) -> str:
    return {"integer": "number", "code": "text", "boolean": "text"}.get(kind, kind)


def overlaps(laid: Sequence[Laid], same: Sequence[Identical]) -> tuple[Overlap, ...]:
    """Return pairs of tables that share rows, the largest share first; identical ones are told elsewhere."""
    told = {frozenset(pair) for one in same for pair in combinations(one.names, 2)}
    found: dict[tuple[int, int], Overlap] = {}
    for without_ids in (False, True):
        samples = {
            at: sample
            for at, one in enumerate(laid)
            if (sample := _rows(one, without_ids=without_ids)) is not None
        }
        for first, second in pairs(samples):
            names = frozenset((laid[first].label, laid[second].label))
            alike = laid[first].names == laid[second].names
            if not alike or (first, second) in found or names in told:
                continue
            seen = shared(samples[first], samples[second])
            enough = min(seen.first, seen.second) >= COMPARED_LEAST and seen.both >= SHARED_LEAST
            if seen.both and (seen.exact or enough):
                found[first, second] = Overlap(
                    first=laid[first].label, second=laid[second].label, shared_count=seen.both,
                    first_share=seen.of_first, second_share=seen.of_second,
                    exact=seen.exact, without_ids=without_ids,
                )  # fmt: skip
    ordered = sorted(found.values(), key=lambda one: -max(one.first_share, one.second_share))
    return tuple(ordered[:PAIRS_MOST])


def _rows(one: Laid, *, without_ids: bool) -> Sample | None:
    if one.sketch is None:
        return None
    if not without_ids:
        return one.sketch.rows
    others = sum(not column.identifying for column in one.table.columns)
    return one.sketch.rows_without_ids if others > 1 else None


def pairs(samples: dict[int, Sample]) -> list[tuple[int, int]]:
    """Return the places of samples that have a hash in common, each pair once."""
    holders: dict[int, list[int]] = {}
    for at, sample in samples.items():
        for value in sample.values:
            holders.setdefault(value, []).append(at)
    found = Counter(pair for places in holders.values() for pair in together(places))
    return sorted(found)


def together(places: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Return the pairs of places that hold one hash; of many, the later ones with the first alone."""
    if len(places) > 1:
        yield from combinations(places[:TOGETHER], 2)
        yield from ((places[0], later) for later in places[TOGETHER:])
