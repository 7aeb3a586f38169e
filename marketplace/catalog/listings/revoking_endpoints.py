"""The API of revoking one version of a product's data, for its seller and for the operator."""

from datetime import datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Struct, convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.datasets.endpoints import version_out
from marketplace.catalog.datasets.errors import VersionNotFound, VersionNotReady
from marketplace.catalog.datasets.models import VersionState
from marketplace.catalog.datasets.queries import list_immutable
from marketplace.catalog.datasets.schemas import VersionOut
from marketplace.catalog.listings import revoking
from marketplace.catalog.market.errors import ListingNotFound
from marketplace.catalog.market.queries import get_content
from marketplace.catalog.products.policies import SELL
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.errors import OwnAccount, ReasonMissing
from marketplace.members.oversight.policies import REVIEWERS, REVIEWERS_FRESH
from marketplace.members.oversight.schemas import ReasonIn

OWN: Final = "/api/v1/organization/versions/{version_id:uuid}/revocation"
DESK: Final = "/api/v1/operator/versions/{version_id:uuid}/revocation"
LIST: Final = "/api/v1/operator/products/{product_id:uuid}/versions"


class DeskVersion(Struct, frozen=True):
    """A version as the operator sees it; ``published_at`` is its first approval."""

    id: UUID
    number: int
    state: VersionState
    sha256: str
    published_at: datetime | None
    revoked_at: datetime | None
    revoked_reason: str | None
    revoked_by_operator: bool | None


class DeskVersions(Struct, frozen=True):
    """The versions of a product that were ever ready, the newest first."""

    items: list[DeskVersion]


@post(
    OWN,
    status_code=200,
    opt=allow(SELL) | answers(VersionNotFound, VersionNotReady, ReasonMissing),
    tags=["datasets"],
)
async def revoke_own_version(
    version_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[VersionOut]:
    """Revoke a version: nobody gets it any more, everybody reads the reason; it cannot be undone."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> VersionOut:
        version = await revoking.revoke_own(session, own, version_id, reason=data.reason)
        return await version_out(session, version)

    return await once.answer(act, VersionOut, status=200)


@get(LIST, opt=allow(REVIEWERS) | answers(ListingNotFound), tags=["operator"])
async def list_product_versions(
    product_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> DeskVersions:
    """List the versions of a product that is or was on sale."""
    await get_content(session, product_id)
    found = await list_immutable(session, product_id)
    return DeskVersions([convert(one, DeskVersion, from_attributes=True) for one in found])


@post(
    DESK,
    status_code=200,
    opt=allow(REVIEWERS_FRESH)
    | answers(VersionNotFound, VersionNotReady, OwnAccount, ReasonMissing),
    tags=["operator"],
)
async def revoke_version(
    version_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[DeskVersion]:
    """Revoke a version of a product; its seller is told, everybody reads the reason."""

    async def act(session: AsyncSession) -> DeskVersion:
        version = await revoking.revoke(session, principal, version_id, reason=data.reason)
        return convert(version, DeskVersion, from_attributes=True)

    return await once.answer(act, DeskVersion, status=200)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    revoke_own_version,
    list_product_versions,
    revoke_version,
)
