"""Examining the files of a version again; the new report takes the place of the old one, which is kept.

What was declared of the data then counts again: the files' reports carry it. Engine, weights and thresholds are
those of today, and the day for the data's age is the order's, so the same order gives the same report.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from msgspec import convert
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.catalog.datasets import queries as datasets
from marketplace.catalog.datasets.declaring import kind_of
from marketplace.catalog.datasets.fetching import fetch
from marketplace.catalog.datasets.folders import own_folder
from marketplace.catalog.datasets.models import (
    DataFile,
    DatasetVersion,
    QualityReport,
    VersionState,
)
from marketplace.catalog.datasets.processing import Shelves, keep_report
from marketplace.catalog.datasets.versions import figures_of
from marketplace.catalog.products.models import Product
from marketplace.catalog.profiles.models import EarlierReport, ProfileOrder, ProfileState
from marketplace.catalog.profiles.notices import PROFILED
from marketplace.catalog.profiles.queries import earlier_reports
from marketplace.catalog.search.indexing import index_product
from marketplace.db import Phases, now
from marketplace.jobs import enqueue
from marketplace.members.accounts.models import User, UserState
from marketplace.members.accounts.telling import recipient_of
from marketplace.notices.service import notify
from marketplace.quality_rules import QualityRules
from quality import NOTHING_SAID, DatasetReport, FileReport, Settings, canonical, examine, summarize


@dataclass(frozen=True)
class Matter:
    """The files of a version with what is said of each, and whether its seller said that data were augmented."""

    files: list[tuple[DataFile, Settings]]
    augmented: bool | None


@dataclass(frozen=True)
class Made:
    """The new reports of the files by their ids, and that of the dataset with its hash."""

    files: dict[UUID, FileReport]
    report: DatasetReport
    sha256: str


async def profile_again(phases: Phases, shelves: Shelves, order_id: UUID) -> None:
    """Carry an order out; one that has ended is left alone.

    Raises:
        WorkerDiskFull: no room for a file here; tried again later
        StorageError: the store does not answer; tried again later
    """
    async with phases() as session:
        matter = await _matter(session, shelves.rules, order_id)
    if matter is None:
        return
    async with own_folder(shelves.folder) as folder:
        made = await asyncio.to_thread(_made, shelves, matter, folder)
    async with phases() as session:
        await _keep(session, order_id, made)


async def give_up(phases: Phases, order_id: UUID) -> None:
    """Say that the version could not be examined, so that nobody waits; its report stays as it is."""
    async with phases() as session:
        order = await _waiting(session, order_id)
        if order is not None:
            await _end(session, order, ProfileState.failed)


async def _waiting(session: AsyncSession, order_id: UUID) -> ProfileOrder | None:
    order: ProfileOrder | None = await session.get(
        ProfileOrder, order_id, with_for_update=True, populate_existing=True
    )
    return order if order is not None and order.state is ProfileState.waiting else None


async def _matter(session: AsyncSession, rules: QualityRules, order_id: UUID) -> Matter | None:
    order = await _waiting(session, order_id)
    if order is None:
        return None
    version = await session.get_one(DatasetVersion, order.version_id)
    stored = await datasets.find_report(session, version.id)
    if version.state is not VersionState.ready or stored is None:
        await _end(session, order, ProfileState.failed)
        return None
    thresholds = rules.thresholds_for(await kind_of(session, version.product_id))
    files = []
    for file in await datasets.files_of(session, version.id):
        said = convert(file.report, FileReport).settings or NOTHING_SAID
        today = replace(said, preset=rules.preset, thresholds=thresholds, as_of=order.as_of)
        files.append((file, today))
    return Matter(files, (stored.report.get("across") or {}).get("augmented"))


def _made(shelves: Shelves, matter: Matter, folder: Path) -> Made:
    """Fetch and examine the files one after the other; blocks."""
    reports: dict[UUID, FileReport] = {}
    for file, said in matter.files:
        path = fetch(shelves, file, folder / "file")
        reports[file.id] = examine(
            path, name=file.path, limits=shelves.limits, settings=said, children=shelves.children
        )
        path.unlink()
    made = summarize(list(reports.values()), augmented=matter.augmented)
    return Made(reports, made, hashlib.sha256(canonical(made)).hexdigest())


async def _keep(session: AsyncSession, order_id: UUID, made: Made) -> None:
    seen = await session.get_one(ProfileOrder, order_id)
    # The same order of locks as when it is ordered: version, then order.
    version = await session.get_one(
        DatasetVersion, seen.version_id, with_for_update=True, populate_existing=True
    )
    order = await _waiting(session, order_id)
    if order is None:
        return
    if version.state is not VersionState.ready:
        await _end(session, order, ProfileState.failed)
        return
    newest = await session.get_one(
        QualityReport, version.id, with_for_update=True, populate_existing=True
    )
    if newest.sha256 == made.sha256:
        await _end(session, order, ProfileState.unchanged)
        return
    before = newest.grade
    await _replace(session, newest, made)
    for file in await datasets.files_of(session, version.id):
        await keep_report(session, file, made.files[file.id])
    await session.flush()
    await index_product(session, version.product_id)
    await enqueue(session, "catalog.certify_version", version_id=str(version.id))
    await enqueue(session, "catalog.match_version", version_id=str(version.id))
    await _end(session, order, ProfileState.done, before=before, grade=made.report.grade)
    await _tell(session, version, order, before=before, grade=made.report.grade)


async def _replace(session: AsyncSession, newest: QualityReport, made: Made) -> None:
    """Put the new report in the place of the newest, which is kept with the next number."""
    number = len(await earlier_reports(session, newest.version_id)) + 1
    kept = {
        name: getattr(newest, name)
        for name in EarlierReport.model_fields
        if name not in ("number", "replaced_at")
    }
    session.add(EarlierReport(number=number, replaced_at=now(session), **kept))
    await session.flush()
    for name, value in figures_of(made.report, made.sha256).items():
        setattr(newest, name, value)
    newest.made_at = now(session)
    await session.flush()


async def _end(
    session: AsyncSession, order: ProfileOrder, state: ProfileState, **facts: str
) -> None:
    order.state, order.ended_at = state, now(session)
    await session.flush()
    thing = Thing("dataset_version", order.version_id, order.organization_id)
    told = {"state": state.value, "as_of": order.as_of.isoformat(), **facts}
    await record(session, "dataset.profiled_again", thing, facts=told)


async def _tell(
    session: AsyncSession, version: DatasetVersion, order: ProfileOrder, **grades: str
) -> None:
    person = await session.get_one(User, version.created_by)
    if person.state is not UserState.active:
        return
    product = await session.get_one(Product, version.product_id)
    await notify(
        session, recipient_of(person), PROFILED, link=f"/selling/products/{product.id}/data",
        product=product.number, number=version.number, reason=order.reason, **grades,
    )  # fmt: skip
