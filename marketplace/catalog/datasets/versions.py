"""The life of a dataset version: opened, closed by its seller, ready when every file is, immutable then."""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.datasets import queries
from marketplace.catalog.datasets.errors import (
    FilesUnfinished,
    VersionClosed,
    VersionEmpty,
    VersionOpen,
)
from marketplace.catalog.datasets.models import (
    DataFile,
    DatasetVersion,
    FileState,
    QualityReport,
    VersionState,
)
from marketplace.catalog.datasets.notices import BLOCKED, READY
from marketplace.catalog.products.models import Product, ProductContent
from marketplace.catalog.products.queries import WRITABLE, get_own_for_update
from marketplace.db import now
from marketplace.errors import Language
from marketplace.jobs import enqueue
from marketplace.members.accounts.models import User
from marketplace.notices.service import Recipient, notify
from marketplace.states import move
from quality import DatasetReport, FileReport, canonical, summarize

MACHINE: Final = "dataset_version"
OPEN: Final = (VersionState.open, VersionState.processing, VersionState.blocked)
TROUBLED: Final = (FileState.blocked, FileState.failed)


async def open_version(
    session: AsyncSession, organization_id: UUID, product_id: UUID, *, note: str, actor_id: UUID
) -> DatasetVersion:
    """Open the next version of a product, to which files can be added.

    Raises:
        ProductNotFound: none, or another organization's
        VersionOpen: one is open already
    """
    await get_own_for_update(session, organization_id, product_id)
    known = await session.scalar(
        select(DatasetVersion).where(
            col(DatasetVersion.product_id) == product_id, col(DatasetVersion.state).in_(OPEN)
        )
    )
    if known is not None:
        raise VersionOpen(number=known.number)
    newest = await session.scalar(
        select(func.max(DatasetVersion.number)).where(col(DatasetVersion.product_id) == product_id)
    )
    version = DatasetVersion(
        product_id=product_id,
        organization_id=organization_id,
        number=(newest or 0) + 1,
        note=note.strip(),
        created_by=actor_id,
        created_at=now(session),
    )
    session.add(version)
    await session.flush()
    thing = Thing("dataset_version", version.id, organization_id)
    await record(session, "dataset.version_opened", thing, facts={"number": version.number})
    return version


async def close_version(
    session: AsyncSession, organization_id: UUID, version_id: UUID
) -> DatasetVersion:
    """Close a version: no file is added any more; it is ready when every file is.

    Raises:
        VersionNotFound: none of this organization
        VersionClosed: it is closed already
        VersionEmpty, FilesUnfinished: what is still to be done
    """
    version = await queries.get_version(session, organization_id, version_id, lock=True)
    if version.state not in (VersionState.open, VersionState.blocked):
        raise VersionClosed
    files = await queries.files_of(session, version_id)
    if not files:
        raise VersionEmpty
    unfinished = sum(file.state in queries.UNFINISHED for file in files)
    if unfinished:
        raise FilesUnfinished(count=unfinished)
    await _move(session, version, VersionState.processing)
    version.closed_at = now(session)
    await session.flush()
    thing = Thing("dataset_version", version.id, organization_id)
    await record(session, "dataset.version_closed", thing, facts={"files": len(files)})
    await settle(session, version)
    return version


async def give_up_version(
    session: AsyncSession, organization_id: UUID, version_id: UUID
) -> DatasetVersion:
    """Give up a version that is not ready; a sweeper takes the bytes of its files.

    Raises:
        VersionNotFound: none of this organization
        VersionClosed: it is ready
    """
    version = await queries.get_version(session, organization_id, version_id, lock=True)
    if version.state not in OPEN:
        raise VersionClosed
    await _move(session, version, VersionState.abandoned)
    for file in await queries.files_of(session, version_id):
        file.state = FileState.removed
    await session.flush()
    thing = Thing("dataset_version", version.id, organization_id)
    await record(session, "dataset.version_given_up", thing, facts={"number": version.number})
    return version


async def settle(session: AsyncSession, version: DatasetVersion) -> None:
    """Move a closed version on once its files allow: to ready, or to blocked.

    The caller holds the version's lock. The same function is called when the version is closed and
    when each file ends, so whichever comes last decides.
    """
    if version.state is not VersionState.processing:
        return
    files = await queries.files_of(session, version.id)
    if all(file.state is FileState.ready for file in files):
        await _ready(session, version, files)
    elif all(file.state in (FileState.ready, *TROUBLED) for file in files):
        await _move(session, version, VersionState.blocked)
        await _tell(session, version, BLOCKED)


async def _ready(session: AsyncSession, version: DatasetVersion, files: Sequence[DataFile]) -> None:
    version.file_count = len(files)
    version.size_bytes = sum(file.size_bytes for file in files)
    version.sha256 = manifest_sha256(files)
    version.ready_at = now(session)
    await _move(session, version, VersionState.ready)
    reports = [msgspec.convert(file.report, FileReport) for file in files]
    augmented = await _augmented(session, version)
    made = await asyncio.to_thread(summarize, reports, augmented=augmented)
    sha256 = hashlib.sha256(await asyncio.to_thread(canonical, made)).hexdigest()
    figures = figures_of(made, sha256)
    session.add(
        QualityReport(
            version_id=version.id,
            organization_id=version.organization_id,
            made_at=now(session),
            **figures,
        )
    )
    await session.flush()
    await _attach(session, version, figures["report"])
    thing = Thing("dataset_version", version.id, version.organization_id)
    facts = {"sha256": version.sha256, "grade": made.grade, "size_bytes": version.size_bytes}
    await record(session, "dataset.version_ready", thing, facts=facts)
    await enqueue(session, "catalog.certify_version", version_id=str(version.id))
    await enqueue(session, "catalog.match_version", version_id=str(version.id))
    await _tell(session, version, READY, grade=made.grade)


def figures_of(made: DatasetReport, sha256: str) -> dict[str, Any]:
    """Return what is stored of a report: its head in columns, all of it as plain data, its hash."""
    return {
        "engine": made.engine,
        "grade": made.grade,
        "blocker_count": made.blocker_count,
        "warning_count": made.warning_count,
        "row_count": made.row_count,
        "report": msgspec.to_builtins(made),
        "sha256": sha256,
    }


def manifest_sha256(files: Sequence[DataFile]) -> str:
    """Return the hash of a version: of its files' names and hashes, in the order of the names."""
    lines = sorted(f"{file.path}\0{file.sha256}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


async def _augmented(session: AsyncSession, version: DatasetVersion) -> bool | None:
    """Return whether the newest content of the product says that its data were augmented."""
    told: dict[str, Any] | None = await session.scalar(
        select(col(ProductContent.declarations))
        .where(col(ProductContent.product_id) == version.product_id)
        .order_by(col(ProductContent.number).desc())
        .limit(1)
    )
    return (told or {}).get("augmented")


async def _attach(session: AsyncSession, version: DatasetVersion, report: dict[str, Any]) -> None:
    """Let the draft sell the new version, and fill an empty column dictionary from the files."""
    draft = await session.scalar(
        select(ProductContent)
        .where(
            col(ProductContent.product_id) == version.product_id,
            col(ProductContent.state).in_(WRITABLE),
        )
        .with_for_update()
    )
    if draft is None:
        return
    draft.dataset_version_id = version.id
    if not draft.column_dictionary:
        draft.column_dictionary = dictionary_of(report)
    draft.revision += 1
    # Who saves next reads whose upload changed the draft.
    draft.saved_by, draft.saved_at = version.created_by, now(session)
    await session.flush()
    if draft.rules is not None:
        await enqueue(session, "catalog.check_rules", content_id=str(draft.id))


def dictionary_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the columns of a report as entries of a dictionary that a person completes."""
    entries: dict[str, dict[str, Any]] = {}
    for file in report["files"]:
        for table in file["tables"]:
            for column in table["columns"]:
                name = column["name"].strip()
                entry = {"meaning": "", "unit": column["unit"] or "", "low": None, "high": None}
                if name:
                    entries.setdefault(name, {"name": name[:300], **entry, "codes": []})
    return list(entries.values())[:2_000]


async def _move(session: AsyncSession, version: DatasetVersion, to: VersionState) -> None:
    await move(session, MACHINE, version, to, organization_id=version.organization_id)


async def _tell(session: AsyncSession, version: DatasetVersion, kind: Any, **facts: Any) -> None:
    person = await session.get_one(User, version.created_by)
    product = await session.get_one(Product, version.product_id)
    language: Language = "en" if person.language == "en" else "ko"
    await notify(
        session,
        Recipient(person.id, person.email, language),
        kind,
        link=f"/selling/products/{version.product_id}",
        product=product.number,
        number=version.number,
        **facts,
    )
