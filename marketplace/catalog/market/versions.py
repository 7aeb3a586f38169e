"""The versions of a product as everybody sees them: what each holds, and what differs from the one before."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct, convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, allow
from marketplace.catalog.datasets import queries as datasets
from marketplace.catalog.datasets.changes import Changes, changes_of
from marketplace.catalog.datasets.errors import VersionNotFound, VersionWithdrawn
from marketplace.catalog.datasets.models import (
    DataFile,
    DatasetVersion,
    QualityReport,
    VersionState,
)
from marketplace.catalog.market.columns import ColumnGroup, column_groups
from marketplace.catalog.market.errors import (
    ListingNotFound,
    ListingSuspended,
    ListingWithdrawn,
)
from marketplace.catalog.market.queries import Listing, get_content, get_listing
from marketplace.catalog.market.schemas import ListedFile
from marketplace.clock import SEOUL
from marketplace.http.openapi import answers
from quality import DatasetReport

PATH: Final = "/api/v1/products/{product_id:uuid}/versions"
TAGS: Final = ["market"]
SEEN: Final = allow(EVERYONE) | answers(ListingNotFound, ListingWithdrawn, ListingSuspended)
ONE_SEEN: Final = SEEN | answers(
    ListingNotFound, ListingWithdrawn, ListingSuspended, VersionNotFound, VersionWithdrawn
)


class Place(StrEnum):
    """How a version stands to buyers."""

    offered = "offered"
    earlier = "earlier"
    revoked = "revoked"


class VersionLine(Struct, frozen=True):
    """A version in the list; ``sha256`` stands for all its files, also of a revoked one."""

    number: int
    place: Place
    published_at: datetime
    sha256: str
    size_bytes: int
    file_count: int
    revoked_at: datetime | None
    revoked_reason: str | None
    revoked_by_operator: bool | None


class VersionLines(Struct, frozen=True):
    """The versions of a product that were ever approved, the newest first."""

    items: list[VersionLine]


class VersionDetail(Struct, frozen=True, kw_only=True):
    """A version with its files and its schema."""

    number: int
    place: Place
    published_at: datetime
    sha256: str
    size_bytes: int
    row_count: int
    grade: str
    files: list[ListedFile]
    columns: list[ColumnGroup]


@dataclass(frozen=True)
class Shown:
    """A version that can be seen, with all that its page shows."""

    listing: Listing
    version: DatasetVersion
    files: list[DataFile]
    stored_report: QualityReport

    @property
    def place(self) -> Place:
        """How it stands to buyers."""
        return place_of(self.version, self.listing.version.id)

    @property
    def report(self) -> DatasetReport:
        """The report as the engine shaped it."""
        return convert(self.stored_report.report, DatasetReport)

    @property
    def groups(self) -> list[ColumnGroup]:
        """The columns, with the meanings that the seller gives them now."""
        return column_groups(self.report, self.listing.content.column_dictionary)


def place_of(version: DatasetVersion, offered_id: UUID | None) -> Place:
    """Return how a version stands to buyers. Pure."""
    if version.state is VersionState.revoked:
        return Place.revoked
    return Place.offered if version.id == offered_id else Place.earlier


def lines_of(found: list[DatasetVersion], offered_id: UUID | None) -> list[VersionLine]:
    """Shape the list of a product's versions. Pure."""
    return [
        VersionLine(
            one.number, place_of(one, offered_id), one.published_at, one.sha256, one.size_bytes,  # type: ignore[arg-type]  # published, so it has both
            one.file_count, one.revoked_at, one.revoked_reason, one.revoked_by_operator,
        )
        for one in found
    ]  # fmt: skip


async def get_shown(session: AsyncSession, product_id: UUID, number: int) -> Shown:
    """Return a version of a product on sale, the one that is sold or an earlier one.

    Raises:
        VersionNotFound: it was never approved
        VersionWithdrawn: it was revoked
        ListingNotFound: the product never was on sale
        ListingWithdrawn, ListingSuspended: it is no longer
    """
    product, _ = await get_content(session, product_id)
    version = await datasets.get_published(session, product.id, number)
    if version.state is VersionState.revoked:
        raise withdrawn(version)
    listing = await get_listing(session, product_id)
    report = await session.get_one(QualityReport, version.id)
    return Shown(listing, version, await datasets.files_of(session, version.id), report)


def withdrawn(version: DatasetVersion) -> VersionWithdrawn:
    """Return what stands in the place of a revoked version."""
    assert version.revoked_at is not None, "a revoked version has its time"
    assert version.revoked_reason is not None, "and its reason"
    at = f"{version.revoked_at.astimezone(SEOUL):%Y-%m-%d}"
    return VersionWithdrawn(
        number=version.number, at=at, reason=version.revoked_reason,
        by_operator=bool(version.revoked_by_operator), sha256=version.sha256,
    )  # fmt: skip


@get(PATH, opt=SEEN, tags=TAGS)
async def list_versions(
    product_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> VersionLines:
    """List the versions of a product on sale that were ever approved, revoked ones with the reason."""
    listing = await get_listing(session, product_id)
    found = await datasets.list_published(session, product_id)
    return VersionLines(lines_of(found, listing.version.id))


@get(PATH + "/{number:int}", opt=ONE_SEEN, tags=TAGS)
async def show_version(
    product_id: FromPath[UUID], number: FromPath[int], session: NamedDependency[AsyncSession]
) -> VersionDetail:
    """Show a version with its files, their hashes, and its columns."""
    shown = await get_shown(session, product_id, number)
    version = shown.version
    return VersionDetail(
        number=version.number,
        place=shown.place,
        published_at=version.published_at,  # type: ignore[arg-type]  # published, so it has its time
        sha256=version.sha256 or "",
        size_bytes=version.size_bytes,
        row_count=shown.stored_report.row_count,
        grade=shown.stored_report.grade,
        files=[convert(file, ListedFile, from_attributes=True) for file in shown.files],
        columns=shown.groups,
    )


@get(PATH + "/{number:int}/changes", opt=ONE_SEEN, tags=TAGS)
async def show_changes(
    product_id: FromPath[UUID], number: FromPath[int], session: NamedDependency[AsyncSession]
) -> Changes:
    """Show what differs between a version and the newest one before it that can be seen."""
    shown = await get_shown(session, product_id, number)
    return await changes_of(session, shown.version, public=True)


ROUTES: tuple[ControllerRouterHandler, ...] = (list_versions, show_version, show_changes)
