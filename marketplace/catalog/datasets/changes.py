"""What differs between a version of a dataset and the one before: files by hash, tables, columns, statistics."""

from typing import Final
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct, convert
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets import queries
from marketplace.catalog.datasets.errors import VersionNotFound
from marketplace.catalog.datasets.models import DatasetVersion, VersionState
from marketplace.catalog.products.policies import SELL_READ
from marketplace.http.openapi import answers
from marketplace.members.organizations.policies import own_organization_id
from quality import Differences, compare
from quality.report import DatasetReport

PATH: Final = "/api/v1/organization/versions/{version_id:uuid}/changes"


class Changes(Struct, frozen=True):
    """A version beside the one before; without one, everything is new and ``data`` is missing.

    Files are the same where their path and SHA-256 are; ``data`` compares the two quality reports
    and is missing, too, where one of them was never made.
    """

    number: int
    before_number: int | None
    files_added: list[str]
    files_removed: list[str]
    files_changed: list[str]
    files_same: int
    data: Differences | None


async def changes_of(
    session: AsyncSession, version: DatasetVersion, *, public: bool = False
) -> Changes:
    """Compare a version with the newest ready (or since revoked) one before it.

    Args:
        public: compare with one that everybody may see: approved once and not revoked
    """
    before = await _before(session, version, public=public)
    now = await _hashes(session, version.id)
    then = await _hashes(session, before.id) if before is not None else {}
    common = now.keys() & then.keys()
    changed = sorted(path for path in common if now[path] != then[path])
    return Changes(
        number=version.number,
        before_number=before.number if before is not None else None,
        files_added=sorted(now.keys() - then.keys()),
        files_removed=sorted(then.keys() - now.keys()),
        files_changed=changed,
        files_same=len(common) - len(changed),
        data=await _differences(session, before, version) if before is not None else None,
    )


async def _before(
    session: AsyncSession, version: DatasetVersion, *, public: bool
) -> DatasetVersion | None:
    statement = (
        select(DatasetVersion)
        .where(
            col(DatasetVersion.product_id) == version.product_id,
            col(DatasetVersion.number) < version.number,
            col(DatasetVersion.state).in_((VersionState.ready, VersionState.revoked)),
        )
        .order_by(col(DatasetVersion.number).desc())
        .limit(1)
    )
    if public:
        statement = statement.where(
            col(DatasetVersion.state) == VersionState.ready,
            col(DatasetVersion.published_at).is_not(None),
        )
    found: DatasetVersion | None = await session.scalar(statement)
    return found


async def _hashes(session: AsyncSession, version_id: UUID) -> dict[str, str | None]:
    return {file.path: file.sha256 for file in await queries.files_of(session, version_id)}


async def _differences(
    session: AsyncSession, before: DatasetVersion, after: DatasetVersion
) -> Differences | None:
    old = await queries.find_report(session, before.id)
    new = await queries.find_report(session, after.id)
    if old is None or new is None:
        return None
    return compare(convert(old.report, DatasetReport), convert(new.report, DatasetReport))


@get(PATH, opt=allow(SELL_READ) | answers(VersionNotFound), tags=["datasets"])
async def show_changes(
    version_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Changes:
    """Show what differs between a version and the one before."""
    own = own_organization_id(principal)
    return await changes_of(session, await queries.get_version(session, own, version_id))


ROUTES: tuple[ControllerRouterHandler, ...] = (show_changes,)
