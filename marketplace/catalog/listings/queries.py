"""Reads of products on the market: the operator's list, and the list of registered products (E8)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.listings.errors import ListTooLong
from marketplace.catalog.listings.schemas import ListingRow
from marketplace.catalog.market.queries import Offer, offers_of
from marketplace.catalog.products.models import (
    ContentState,
    Product,
    ProductContent,
    ProductState,
)
from marketplace.members.organizations.models import Organization

EXPORT_MOST = 20_000


async def list_listings(
    session: AsyncSession,
    *,
    text: str = "",
    state: ProductState | None = None,
    after: tuple[datetime, UUID] | None = None,
    rows_max: int,
) -> list[ListingRow]:
    """Return products that are or were on sale, the newest begun first; for staff.

    Args:
        text: part of the title or the seller's name, or the product's number
    """
    statement = (
        select(Product, col(ProductContent.title_ko), col(Organization.name))
        .join(ProductContent, col(ProductContent.product_id) == Product.id)
        .join(Organization, col(Organization.id) == col(Product.organization_id))
        .where(
            col(Product.state) != ProductState.draft,
            col(ProductContent.state) == ContentState.approved,
        )
        .order_by(col(Product.created_at).desc(), col(Product.id).desc())
        .limit(rows_max)
    )
    if text.isdigit():
        statement = statement.where(col(Product.number) == int(text))
    elif text:
        statement = statement.where(
            col(ProductContent.title_ko).icontains(text, autoescape=True)
            | col(Organization.name).icontains(text, autoescape=True)
        )
    if state is not None:
        statement = statement.where(col(Product.state) == state)
    if after is not None:
        statement = statement.where(tuple_(col(Product.created_at), col(Product.id)) < after)
    return [_row(*found) for found in await session.execute(statement)]


def _row(product: Product, title: str, seller: str) -> ListingRow:
    assert product.number is not None, "a saved row has its number"
    assert product.created_at is not None, "and its time"
    assert product.price_won is not None, "what was on sale has its price"
    return ListingRow(
        product.id, product.number, title, product.organization_id, seller, product.state,
        product.price_won, product.created_at,
    )  # fmt: skip


async def all_offers(session: AsyncSession) -> list[Offer]:
    """Return every product on sale, the newest first.

    Raises:
        ListTooLong: more than 20,000
    """
    offers = await offers_of(session, limit=EXPORT_MOST + 1)
    if len(offers) > EXPORT_MOST:
        raise ListTooLong(most=EXPORT_MOST)
    return offers
