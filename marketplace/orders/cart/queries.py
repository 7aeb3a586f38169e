"""Reads of the cart: each line at the price and version of now."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.money import NOTHING, Split, Taxation, split_of_supply
from marketplace.catalog.datasets.models import DatasetVersion
from marketplace.catalog.market.queries import Offer, offers_by_id
from marketplace.catalog.sellers.queries import taxations_of
from marketplace.orders.cart.models import CartItem
from marketplace.orders.cart.schemas import Cart, CartGone, CartLine, CartSeller


async def has(session: AsyncSession, organization_id: UUID, product_id: UUID) -> bool:
    """Whether the organization has a product in its cart."""
    return await session.get(CartItem, (organization_id, product_id)) is not None


async def count_own(session: AsyncSession, organization_id: UUID) -> int:
    """Return how many products the organization's cart holds."""
    statement = select(func.count()).where(col(CartItem.organization_id) == organization_id)
    return await session.scalar(statement) or 0


async def version_numbers(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the numbers of versions by their id."""
    rows = await session.execute(
        select(col(DatasetVersion.id), col(DatasetVersion.number)).where(
            col(DatasetVersion.id).in_(ids)
        )
    )
    return {row.id: row.number for row in rows}


async def get_cart(session: AsyncSession, organization_id: UUID, *, most: int) -> Cart:
    """Return the organization's cart: sellers by name, lines in the order in which they were put in.

    Args:
        most: how many products a cart may hold
    """
    items = list(
        await session.scalars(
            select(CartItem)
            .where(col(CartItem.organization_id) == organization_id)
            .order_by(col(CartItem.added_at), col(CartItem.product_id))
        )
    )
    offers = {
        offer.product.id: offer
        for offer in await offers_by_id(session, [item.product_id for item in items])
    }
    numbers = await version_numbers(session, [offer.version_id for offer in offers.values()])
    taxed = await taxations_of(session, [one.product.organization_id for one in offers.values()])
    sold: dict[UUID, list[tuple[CartItem, Offer]]] = {}
    for item in items:
        if (offer := offers.get(item.product_id)) is not None:
            sold.setdefault(offer.product.organization_id, []).append((item, offer))
    sellers = sorted(
        (_seller(pairs, taxed[seller_id], numbers) for seller_id, pairs in sold.items()),
        key=lambda one: (one.name, one.seller_id),
    )
    return Cart(
        sellers=sellers,
        gone=[_gone(item) for item in items if item.product_id not in offers],
        count=len(items),
        supply_won=sum(one.supply_won for one in sellers),
        vat_won=sum(one.vat_won for one in sellers),
        total_won=sum(one.total_won for one in sellers),
        most=most,
    )


def _seller(
    pairs: Sequence[tuple[CartItem, Offer]], taxation: Taxation, numbers: dict[UUID, int]
) -> CartSeller:
    card = pairs[0][1].seller
    lines, whole = [], NOTHING
    for item, offer in pairs:
        assert offer.product.price_won is not None, "a listed product has its price"
        split = split_of_supply(offer.product.price_won, taxation)
        whole += split
        lines.append(_line(item, offer, split, numbers[offer.version_id]))
    return CartSeller(
        seller_id=card.id, name=card.name, taxation=taxation, lines=lines,
        supply_won=whole.supply_won, vat_won=whole.vat_won, total_won=whole.total_won,
    )  # fmt: skip


def _line(item: CartItem, offer: Offer, split: Split, version_number: int) -> CartLine:
    product, content = offer.product, offer.content
    assert product.number is not None, "a saved row has its number"
    assert item.added_at is not None, "and its time"
    return CartLine(
        product_id=product.id, product_number=product.number,
        title_ko=content.title_ko, title_en=content.title_en,
        version_id=offer.version_id, version_number=version_number,
        supply_won=split.supply_won, vat_won=split.vat_won, total_won=split.total_won,
        price_was_won=item.price_won if item.price_won != product.price_won else None,
        newer=item.version_id != offer.version_id, added_at=item.added_at,
    )  # fmt: skip


def _gone(item: CartItem) -> CartGone:
    return CartGone(product_id=item.product_id, title_ko=item.title_ko, title_en=item.title_en)
