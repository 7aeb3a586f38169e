"""Putting a product into the organization's cart, and taking it out."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.market.errors import ListingNotFound
from marketplace.catalog.market.queries import get_listing, offers_by_id
from marketplace.db import now, take_turns
from marketplace.orders.cart import queries
from marketplace.orders.cart.errors import CartFull, CartItemNotFound, OwnProduct
from marketplace.orders.cart.models import CartItem


async def add(
    session: AsyncSession, organization_id: UUID, product_id: UUID, *, actor_id: UUID, most: int
) -> None:
    """Put a product on sale into the cart; twice changes nothing.

    Args:
        most: how many products a cart may hold

    Raises:
        ListingNotFound, ListingWithdrawn, ListingSuspended: it is not on sale
        OwnProduct: the organization sells it itself
        CartFull: the cart holds as much as it may
    """
    offers = await offers_by_id(session, [product_id])
    if not offers:
        await get_listing(session, product_id)
        raise ListingNotFound
    (offer,) = offers
    if offer.product.organization_id == organization_id:
        raise OwnProduct
    # Two windows of an organization do not pass the limit.
    await take_turns(session, "cart_item", organization_id)
    if await queries.has(session, organization_id, product_id):
        return
    if await queries.count_own(session, organization_id) >= most:
        raise CartFull(most=most)
    assert offer.product.price_won is not None, "a listed product has its price"
    session.add(
        CartItem(
            organization_id=organization_id,
            product_id=product_id,
            title_ko=offer.content.title_ko,
            title_en=offer.content.title_en,
            price_won=offer.product.price_won,
            version_id=offer.version_id,
            added_by=actor_id,
            added_at=now(session),
        )
    )
    await session.flush()
    await record(session, "cart.added", _thing(organization_id, product_id))


async def remove(session: AsyncSession, organization_id: UUID, product_id: UUID) -> None:
    """Take a product out of the cart.

    Raises:
        CartItemNotFound: it is not in it
    """
    gone = await session.scalar(
        delete(CartItem)
        .where(
            col(CartItem.organization_id) == organization_id,
            col(CartItem.product_id) == product_id,
        )
        .returning(col(CartItem.product_id))
    )
    if gone is None:
        raise CartItemNotFound
    await record(session, "cart.removed", _thing(organization_id, product_id))


def _thing(organization_id: UUID, product_id: UUID) -> Thing:
    return Thing("product", product_id, organization_id)
