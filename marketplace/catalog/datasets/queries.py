"""Reads of dataset versions and their files; each starts from whose they are."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets.errors import FileNotFound, VersionNotFound
from marketplace.catalog.datasets.models import (
    DataFile,
    DatasetVersion,
    FileState,
    FileStep,
    QualityReport,
    VersionState,
)

UNFINISHED = (FileState.waiting, FileState.uploading)
VERSIONS_MOST = 100


async def list_versions(
    session: AsyncSession, organization_id: UUID, product_id: UUID
) -> list[DatasetVersion]:
    """Return the newest 100 versions of a product that were not given up."""
    rows = await session.scalars(
        select(DatasetVersion)
        .where(
            col(DatasetVersion.product_id) == product_id,
            col(DatasetVersion.organization_id) == organization_id,
            col(DatasetVersion.state) != VersionState.abandoned,
        )
        .order_by(col(DatasetVersion.number).desc())
        .limit(VERSIONS_MOST)
    )
    return list(rows)


async def get_version(
    session: AsyncSession, organization_id: UUID, version_id: UUID, *, lock: bool = False
) -> DatasetVersion:
    """Return a version of the organization, its row locked if wanted.

    Raises:
        VersionNotFound: none, or another organization's
    """
    statement = select(DatasetVersion).where(
        col(DatasetVersion.id) == version_id,
        col(DatasetVersion.organization_id) == organization_id,
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: DatasetVersion | None = await session.scalar(statement)
    if found is None:
        raise VersionNotFound
    return found


async def get_any_version(session: AsyncSession, version_id: UUID) -> DatasetVersion:
    """Return a version of whomever, for staff.

    Raises:
        VersionNotFound: there is none
    """
    found: DatasetVersion | None = await session.get(DatasetVersion, version_id)
    if found is None:
        raise VersionNotFound
    return found


async def list_immutable(session: AsyncSession, product_id: UUID) -> list[DatasetVersion]:
    """Return the newest 100 versions of a product that were ever ready, the newest first; for staff."""
    rows = await session.scalars(
        select(DatasetVersion)
        .where(
            col(DatasetVersion.product_id) == product_id,
            col(DatasetVersion.state).in_((VersionState.ready, VersionState.revoked)),
        )
        .order_by(col(DatasetVersion.number).desc())
        .limit(VERSIONS_MOST)
    )
    return list(rows)


async def list_published(session: AsyncSession, product_id: UUID) -> list[DatasetVersion]:
    """Return the newest 100 versions that were ever approved, the newest first."""
    rows = await session.scalars(
        select(DatasetVersion)
        .where(
            col(DatasetVersion.product_id) == product_id,
            col(DatasetVersion.published_at).is_not(None),
        )
        .order_by(col(DatasetVersion.number).desc())
        .limit(VERSIONS_MOST)
    )
    return list(rows)


async def get_published(session: AsyncSession, product_id: UUID, number: int) -> DatasetVersion:
    """Return a version that was ever approved.

    Raises:
        VersionNotFound: none, or never approved
    """
    found: DatasetVersion | None = await session.scalar(
        select(DatasetVersion).where(
            col(DatasetVersion.product_id) == product_id,
            col(DatasetVersion.number) == number,
            col(DatasetVersion.published_at).is_not(None),
        )
    )
    if found is None:
        raise VersionNotFound
    return found


async def get_file(
    session: AsyncSession, organization_id: UUID, file_id: UUID, *, lock: bool = False
) -> DataFile:
    """Return a file of the organization that was not removed, its row locked if wanted.

    Raises:
        FileNotFound: none, removed, or another organization's
    """
    statement = select(DataFile).where(
        col(DataFile.id) == file_id,
        col(DataFile.organization_id) == organization_id,
        col(DataFile.state) != FileState.removed,
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: DataFile | None = await session.scalar(statement)
    if found is None:
        raise FileNotFound
    return found


async def files_of(session: AsyncSession, version_id: UUID) -> list[DataFile]:
    """Return the files of a version that were not removed, in the order they came."""
    rows = await session.scalars(
        select(DataFile)
        .where(col(DataFile.version_id) == version_id, col(DataFile.state) != FileState.removed)
        .order_by(col(DataFile.position), col(DataFile.id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def steps_of(session: AsyncSession, file_ids: Sequence[UUID]) -> dict[UUID, list[FileStep]]:
    """Return the steps of files by file; a file without steps is missing."""
    rows = await session.scalars(
        select(FileStep)
        .where(col(FileStep.file_id).in_(file_ids))
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[FileStep]] = {}
    for step in rows:
        found.setdefault(step.file_id, []).append(step)
    return found


async def find_report(session: AsyncSession, version_id: UUID) -> QualityReport | None:
    """Return the report of a version, once it has one."""
    found: QualityReport | None = await session.get(QualityReport, version_id)
    return found


async def used_bytes(session: AsyncSession, organization_id: UUID) -> int:
    """Return how much room the organization's files take or will take [bytes]."""
    found = await session.scalar(
        select(func.coalesce(func.sum(DataFile.size_bytes), 0)).where(
            col(DataFile.organization_id) == organization_id,
            col(DataFile.state) != FileState.removed,
        )
    )
    return int(found or 0)
