"""The API of the organization's cart."""

from typing import Final
from uuid import UUID

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.market.errors import (
    ListingNotFound,
    ListingSuspended,
    ListingWithdrawn,
)
from marketplace.http.openapi import answers
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.cart import queries, service
from marketplace.orders.cart.errors import CartFull, CartItemNotFound, OwnProduct
from marketplace.orders.cart.policies import BUY, BUY_READ
from marketplace.orders.cart.schemas import Cart
from marketplace.settings import Settings

PATH: Final = "/api/v1/organization/cart"
ONE: Final = PATH + "/{product_id:uuid}"
TAGS: Final = ["orders"]


@get(PATH, opt=allow(BUY_READ), tags=TAGS)
async def show_cart(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Cart:
    """Show what your organization means to buy, by seller, at the prices of now."""
    own = own_organization_id(principal)
    return await queries.get_cart(session, own, most=settings.cart_products_most)


@put(
    ONE,
    status_code=200,
    opt=allow(BUY)
    | answers(ListingNotFound, ListingWithdrawn, ListingSuspended, OwnProduct, CartFull),
    tags=TAGS,
)
async def add_to_cart(
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Cart:
    """Put a product into the cart; one that is in it stays as it is."""
    own, most = own_organization_id(principal), settings.cart_products_most
    await service.add(session, own, product_id, actor_id=principal.user_id, most=most)
    return await queries.get_cart(session, own, most=most)


@delete(ONE, status_code=204, opt=allow(BUY) | answers(CartItemNotFound), tags=TAGS)
async def remove_from_cart(
    product_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> None:
    """Take a product out of the cart."""
    await service.remove(session, own_organization_id(principal), product_id)


ROUTES: tuple[ControllerRouterHandler, ...] = (show_cart, add_to_cart, remove_from_cart)
