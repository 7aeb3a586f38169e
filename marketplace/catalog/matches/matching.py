"""Comparing a version with all other products: its fingerprints are kept, candidates found by them, results stored.

It may run twice, and for two versions at the same time: fingerprints are committed before the comparison
begins, so that of two versions at least the later one meets the other, and each pair is stored from both sides.
Matches of a version are written by one transaction at a time.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets import queries as datasets
from marketplace.catalog.datasets.models import DatasetVersion, VersionState
from marketplace.catalog.matches.models import DataMatch, MatchRun, TableFingerprint
from marketplace.catalog.matches.telling import tell_of
from marketplace.catalog.products.models import Product
from marketplace.db import Phases, now, take_turns
from marketplace.jobs import enqueue
from marketplace.quality_rules import QualityRules
from quality import FileReport
from quality.across.resembling import Fingerprint, Resemblance, printed, resemblance
from quality.thresholds import applied

# Of another product so many tables are compared with each of ours, and so many in all.
TABLES_OF_ONE: Final = 5
TABLES_MOST: Final = 200
MATCHES_MOST: Final = 200
BACKFILL_MOST: Final = 50
# A turn of everybody: two comparisons write rows of the same two versions.
_ALL: Final = UUID(int=0)

_CANDIDATES = text(
    """select version_id, position from (
         select version_id, position, common,
                row_number() over (partition by product_id order by common desc, version_id, position) as place
         from (select version_id, position, product_id, cardinality(array(
                 select unnest(keys) intersect select unnest(cast(:keys as bigint[])))) as common
               from table_fingerprint
               where keys && cast(:keys as bigint[]) and product_id <> :product_id) counted
       ) ranked
       where place <= :of_one order by common desc, version_id, position limit :most"""
)


@dataclass(frozen=True)
class Shares:
    """From which shares on a match is kept, and is strong [1]."""

    least: float
    strong: float


@dataclass(frozen=True)
class Found:
    """A table of ours, one of somebody else's, and what they share."""

    mine: TableFingerprint
    other: TableFingerprint
    seen: Resemblance
    strong: bool


def shares_of(rules: QualityRules) -> Shares:
    """Return the exchange's shares: those of public data, and of copies (``public_share``, ``copied_share``)."""
    thresholds = applied(rules.thresholds_for(None))
    return Shares(thresholds.public_share, thresholds.copied_share)


async def match_version(phases: Phases, rules: QualityRules, version_id: UUID) -> None:
    """Compare a version that is ready with all other products; again, it replaces what was found before."""
    async with phases() as session:
        version = await _ready(session, version_id)
        if version is None:
            return
        shares = shares_of(rules)
        mine = await keep_fingerprints(session, version)
    found: list[Found] = []
    for one in mine:
        async with phases() as session:
            others = await _candidates(session, one)
        found += await asyncio.to_thread(_compared, one, others, shares)
    found.sort(key=lambda one: (-one.seen.share, one.mine.position, str(one.other.version_id)))
    async with phases() as session:
        await take_turns(session, "data_match", _ALL)
        version = await _ready(session, version_id, {one.other.product_id for one in found})
        if version is not None:
            new = await _keep(session, version, found[:MATCHES_MOST])
            await _note(session, version, len(mine), shares)
            await tell_of(session, version, new)


async def _ready(
    session: AsyncSession, version_id: UUID, products: Collection[UUID] = ()
) -> DatasetVersion | None:
    """Return a version that is ready, its row locked, after the products that new rows will name.

    Whoever approves or revokes locks the product and then the version: the other way round, two would
    wait for each other.
    """
    seen = await session.get(DatasetVersion, version_id)
    if seen is None:
        return None
    named = sorted({seen.product_id, *products})
    await session.execute(
        select(col(Product.id))
        .where(col(Product.id).in_(named))
        .order_by(col(Product.id))
        .with_for_update(read=True, key_share=True)
    )
    version: DatasetVersion | None = await session.get(
        DatasetVersion, version_id, with_for_update=True, populate_existing=True
    )
    return version if version is not None and version.state is VersionState.ready else None


async def keep_fingerprints(
    session: AsyncSession, version: DatasetVersion
) -> list[TableFingerprint]:
    """Put the fingerprints of a version's tables in place of those that are there, out of its files' reports."""
    made: list[TableFingerprint] = []
    for file in await datasets.files_of(session, version.id):
        for one in await asyncio.to_thread(_printed, file.report):
            made.append(
                TableFingerprint(
                    version_id=version.id,
                    position=len(made),
                    organization_id=version.organization_id,
                    product_id=version.product_id,
                    table_name=_called(file.path, one.name),
                    row_count=one.row_count,
                    content=msgspec.to_builtins(one.fingerprint),
                    keys=list(one.fingerprint.keys()),
                )
            )
    await session.execute(
        delete(TableFingerprint).where(col(TableFingerprint.version_id) == version.id)
    )
    session.add_all(made)
    await session.flush()
    return made


def _printed(report: dict[str, Any] | None) -> list[Any]:
    return [] if report is None else printed(msgspec.convert(report, FileReport))


def _called(path: str, table: str) -> str:
    """Return how people call a table: its file, and its own name where that is another."""
    name = path if path.rpartition("/")[2] == table or path == table else f"{path} / {table}"
    return name[:1000]


async def _candidates(session: AsyncSession, one: TableFingerprint) -> list[TableFingerprint]:
    """Return tables of other products that have a hash in common, found by the index."""
    if not one.keys:
        return []
    asked = {"keys": one.keys, "product_id": one.product_id, "of_one": TABLES_OF_ONE, "most": TABLES_MOST}  # fmt: skip
    places = [tuple(place) for place in await session.execute(_CANDIDATES, asked)]
    key = tuple_(col(TableFingerprint.version_id), col(TableFingerprint.position))
    found = await session.scalars(select(TableFingerprint).where(key.in_(places)))
    return list(found)


def _compared(
    mine: TableFingerprint, others: Sequence[TableFingerprint], shares: Shares
) -> list[Found]:
    own = msgspec.convert(mine.content, Fingerprint)
    found = []
    for other in others:
        seen = resemblance(own, msgspec.convert(other.content, Fingerprint), shares.least)
        if seen is not None:
            found.append(Found(mine, other, seen, seen.strong(shares.strong)))
    return found


async def _keep(
    session: AsyncSession, version: DatasetVersion, found: Sequence[Found]
) -> list[DataMatch]:
    """Put what was found in place of what was; return the strong ones that nobody was told of."""
    before = await session.execute(
        select(
            col(DataMatch.position),
            col(DataMatch.other_version_id),
            col(DataMatch.other_position),
            col(DataMatch.found_at),
            col(DataMatch.strong),
        ).where(col(DataMatch.version_id) == version.id)
    )
    known = {tuple(one[:3]): (one.found_at, one.strong) for one in before}
    await session.execute(
        delete(DataMatch).where(
            or_(
                col(DataMatch.version_id) == version.id,
                col(DataMatch.other_version_id) == version.id,
            )
        )
    )
    new = []
    for one in found:
        row = _row(one.mine, one.other, one.seen, strong=one.strong)
        mirrored = _row(one.other, one.mine, one.seen.mirrored, strong=one.strong)
        since, told = known.get(_place(row), (None, False))
        row.found_at = mirrored.found_at = since or now(session)
        session.add_all((row, mirrored))
        if one.strong and not told:
            new.append(row)
    await session.flush()
    return new


def _place(one: DataMatch) -> tuple[int, UUID, int]:
    return one.position, one.other_version_id, one.other_position


def _row(
    mine: TableFingerprint, other: TableFingerprint, seen: Resemblance, *, strong: bool
) -> DataMatch:
    return DataMatch(
        version_id=mine.version_id,
        position=mine.position,
        other_version_id=other.version_id,
        other_position=other.position,
        organization_id=mine.organization_id,
        product_id=mine.product_id,
        other_organization_id=other.organization_id,
        other_product_id=other.product_id,
        table_name=mine.table_name,
        other_table_name=other.table_name,
        share=seen.share,
        strong=strong,
        same_bytes=seen.same_bytes,
        row_share=seen.row_share,
        other_row_share=seen.other_row_share,
        exact=seen.exact,
        stretch_share=seen.stretch_share,
        columns=list(seen.columns),
    )


async def _note(
    session: AsyncSession, version: DatasetVersion, table_count: int, shares: Shares
) -> None:
    row = {
        "organization_id": version.organization_id,
        "table_count": table_count,
        "least_share": shares.least,
        "strong_share": shares.strong,
        "compared_at": now(session),
    }
    await session.execute(
        insert(MatchRun)
        .values(version_id=version.id, **row)
        .on_conflict_do_update(index_elements=["version_id"], set_=row)
    )


async def match_waiting(phases: Phases, rules: QualityRules) -> int:
    """Have versions compared that never were, or by other shares than those of the settings; return how many."""
    shares = shares_of(rules)
    async with phases() as session:
        rows = await session.scalars(
            select(col(DatasetVersion.id))
            .outerjoin(MatchRun, col(MatchRun.version_id) == col(DatasetVersion.id))
            .where(
                col(DatasetVersion.state) == VersionState.ready,
                or_(
                    col(MatchRun.version_id).is_(None),
                    col(MatchRun.least_share) != shares.least,
                    col(MatchRun.strong_share) != shares.strong,
                ),
            )
            .order_by(col(DatasetVersion.ready_at), col(DatasetVersion.id))
            .limit(BACKFILL_MOST)
        )
        waiting = list(rows)
        for version_id in waiting:
            await ask_for_match(session, version_id)
        return len(waiting)


async def ask_for_match(session: AsyncSession, version_id: UUID) -> None:
    """Have a version compared once this transaction has ended."""
    await enqueue(
        session, "catalog.match_version", queueing_lock=f"data match {version_id}",
        version_id=str(version_id),
    )  # fmt: skip
