"""The certificates of versions and the keys that sign them, for everybody."""

from datetime import datetime
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct, convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, allow
from marketplace.catalog.datasets.certifying import list_keys
from marketplace.catalog.datasets.errors import VersionNotFound, VersionWithdrawn
from marketplace.catalog.datasets.models import QualityCertificate
from marketplace.catalog.market.errors import (
    CertificateMissing,
    ListingNotFound,
    ListingSuspended,
    ListingWithdrawn,
)
from marketplace.catalog.market.versions import PATH, TAGS, get_shown
from marketplace.http.openapi import answers

KEYS: Final = "/api/v1/quality/keys"


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


async def find_certificate(session: AsyncSession, version_id: UUID) -> QualityCertificate | None:
    """Return the certificate of a version; reports made before there were certificates have none."""
    found: QualityCertificate | None = await session.get(QualityCertificate, version_id)
    return found


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
    product_id: FromPath[UUID], number: FromPath[int], session: NamedDependency[AsyncSession]
) -> Response[bytes]:
    """Give the signed quality report of a version as a file; check it with `quality verify`."""
    shown = await get_shown(session, product_id, number)
    certificate = await find_certificate(session, shown.version.id)
    if certificate is None:
        raise CertificateMissing
    name = f"quality-certificate-{shown.listing.product.number}-{number}.json"
    return Response(
        certificate.content.encode(),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (show_quality_keys, show_certificate)
