"""The API of sellers: what everybody reads of one, and the own profile."""

from typing import Final
from uuid import UUID

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, Principal, allow
from marketplace.catalog.products.policies import SELL, SELL_READ
from marketplace.catalog.sellers import queries, service
from marketplace.catalog.sellers.errors import SellerNotFound
from marketplace.catalog.sellers.schemas import SellerCard, SellerProfileIn, SellerProfileOut
from marketplace.errors import Invalid
from marketplace.http.openapi import answers
from marketplace.members.organizations.errors import NoOrganization
from marketplace.members.organizations.policies import own_organization_id

OWN: Final = "/api/v1/organization/seller-profile"
TAGS: Final = ["sellers"]


@get("/api/v1/sellers/{seller_id:uuid}", opt=allow(EVERYONE) | answers(SellerNotFound), tags=TAGS)
async def show_seller(
    seller_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> SellerCard:
    """Show who sells: the facts that the law of mediated sales asks for."""
    return await queries.get_card(session, seller_id)


@get(OWN, opt=allow(SELL_READ) | answers(NoOrganization), tags=TAGS)
async def show_own_profile(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> SellerProfileOut:
    """Show what buyers read of the own organization; before the first save, a proposal."""
    return await queries.profile_or_facts(session, own_organization_id(principal))


@put(OWN, opt=allow(SELL) | answers(NoOrganization, Invalid), tags=TAGS)
async def save_own_profile(
    data: JSONBody[SellerProfileIn],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> SellerProfileOut:
    """Save what buyers read of the own organization."""
    own = own_organization_id(principal)
    saved = await service.save_profile(session, own, data, actor_id=principal.user_id)
    return convert(saved, SellerProfileOut, from_attributes=True)


ROUTES: tuple[ControllerRouterHandler, ...] = (show_seller, show_own_profile, save_own_profile)
