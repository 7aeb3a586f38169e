"""The certificates of versions and the keys that sign them, for everybody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Struct, convert
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import EVERYONE, allow
from marketplace.catalog.datasets.certifying import list_keys
from marketplace.catalog.datasets.errors import VersionNotFound, VersionWithdrawn
from marketplace.catalog.datasets.models import QualityCertificate, QualityReport
from marketplace.catalog.market.errors import (
    CertificateMissing,
    ListingNotFound,
    ListingSuspended,
    ListingWithdrawn,
)
from marketplace.catalog.market.versions import PATH, TAGS, get_shown
from marketplace.http.openapi import answers

KEYS: Final = "/api/v1/quality/keys"
ReportHash = Annotated[str | None, QueryParameter(pattern="^[0-9a-f]{64}$")]


class QualityKeyOut(Struct, frozen=True):
    """A key that signs or signed certificates: Ed25519, 32 bytes in base64.

    It counts at the time of issue: not before ``valid_from``, not from ``valid_until`` nor ``revoked_at`` on.
    """

    id: str
    public_key: str
    valid_from: datetime
    valid_until: datetime | None
    revoked_at: datetime | None
    revoked_reason: str | None


class QualityKeyList(Struct, frozen=True):
    """Every key that ever signed, the newest first; ``quality verify --keys`` reads this answer."""

    items: list[QualityKeyOut]


async def find_certificate(
    session: AsyncSession, report: QualityReport, sha256: str | None = None
) -> QualityCertificate | None:
    """Return the certificate of a report, or of one before it; reports older than certificates have none.

    Args:
        sha256: of an earlier report of the same version
    """
    place = (report.version_id, sha256 or report.sha256)
    found: QualityCertificate | None = await session.get(QualityCertificate, place)
    return found


async def earlier_certificates(
    session: AsyncSession, report: QualityReport
) -> Sequence[QualityCertificate]:
    """Return the certificates of reports that this one took the place of, the newest first."""
    found = await session.scalars(
        select(QualityCertificate)
        .where(
            col(QualityCertificate.version_id) == report.version_id,
            col(QualityCertificate.report_sha256) != report.sha256,
        )
        .order_by(col(QualityCertificate.issued_at).desc())
    )
    return found.all()


@get(KEYS, opt=allow(EVERYONE), tags=["quality"])
async def show_quality_keys(session: NamedDependency[AsyncSession]) -> QualityKeyList:
    """List the public keys that sign quality certificates, with their times and revocations."""
    found = await list_keys(session)
    return QualityKeyList([convert(one, QualityKeyOut, from_attributes=True) for one in found])


@get(
    PATH + "/{number:int}/certificate",
    opt=allow(EVERYONE)
    | answers(
        ListingNotFound, ListingWithdrawn, ListingSuspended, VersionNotFound, VersionWithdrawn, CertificateMissing
    ),
    tags=TAGS,
    media_type="application/json",
)  # fmt: skip
async def show_certificate(
    product_id: FromPath[UUID],
    number: FromPath[int],
    session: NamedDependency[AsyncSession],
    report: ReportHash = None,
) -> Response[bytes]:
    """Give the signed quality report of a version as a file; check it with `quality verify`.

    `report` is the SHA-256 of an earlier report of the version, whose certificate stays valid.
    """
    shown = await get_shown(session, product_id, number)
    certificate = await find_certificate(session, shown.stored_report, report)
    if certificate is None:
        raise CertificateMissing
    name = f"quality-certificate-{shown.listing.product.number}-{number}.json"
    return Response(
        certificate.content.encode(),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (show_quality_keys, show_certificate)
