"""Making a quotation out of the cart."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.products.models import ContentState, ProductContent
from marketplace.catalog.sellers.queries import cards_of
from marketplace.catalog.sellers.schemas import SellerCard
from marketplace.clock import seoul_date
from marketplace.db import now, take_turns
from marketplace.members.organizations.models import Organization
from marketplace.orders.cart.queries import get_cart
from marketplace.orders.cart.schemas import Cart, CartLine, CartSeller
from marketplace.orders.quotations.errors import CartChanged, CartEmpty
from marketplace.orders.quotations.models import Quotation, QuotationLine


@dataclass(frozen=True)
class QuotationLimits:
    """What a quotation is made under.

    Args:
        products_most: how many products a cart may hold
        valid_days: how long a quotation is shown as valid [days]
    """

    products_most: int
    valid_days: int


async def make(
    session: AsyncSession, organization_id: UUID, *, actor_id: UUID, limits: QuotationLimits
) -> tuple[Quotation, list[QuotationLine]]:
    """Write down what the cart costs today; the cart stays as it is.

    Raises:
        CartEmpty: nothing in the cart is on sale
        CartChanged: something in it is no longer on sale
    """
    # Nobody changes the cart meanwhile.
    await take_turns(session, "cart_item", organization_id)
    cart = await get_cart(session, organization_id, most=limits.products_most)
    if cart.gone and cart.sellers:
        raise CartChanged(count=len(cart.gone))
    if not cart.sellers:
        raise CartEmpty
    quotation = await _quotation(session, organization_id, cart, actor_id, limits.valid_days)
    session.add(quotation)
    await session.flush()
    lines = await _lines(session, quotation, cart)
    session.add_all(lines)
    await session.flush()
    await record(
        session,
        "quotation.made",
        Thing("quotation", quotation.id, organization_id),
        facts={"total_won": cart.total_won, "lines": len(lines)},
    )
    return quotation, lines


async def _quotation(
    session: AsyncSession, organization_id: UUID, cart: Cart, actor_id: UUID, valid_days: int
) -> Quotation:
    buyer = await session.get_one(Organization, organization_id)
    today = seoul_date(now(session))
    return Quotation(
        organization_id=organization_id,
        organization_name=buyer.name,
        organization_number=buyer.business_number,
        made_by=actor_id,
        made_on=today,
        valid_until=today + timedelta(days=valid_days),
        supply_won=cart.supply_won,
        vat_won=cart.vat_won,
        line_count=sum(len(one.lines) for one in cart.sellers),
        made_at=now(session),
    )


async def _lines(session: AsyncSession, quotation: Quotation, cart: Cart) -> list[QuotationLine]:
    cards = await cards_of(session, [one.seller_id for one in cart.sellers])
    terms = await _terms(
        session, [line.product_id for seller in cart.sellers for line in seller.lines]
    )
    pairs = [(seller, line) for seller in cart.sellers for line in seller.lines]
    return [
        _line(quotation, position, cards[seller.seller_id], (seller, line), terms[line.product_id])
        for position, (seller, line) in enumerate(pairs, 1)
    ]


async def _terms(session: AsyncSession, product_ids: list[UUID]) -> dict[UUID, str]:
    """Return the hash of each product's terms in force."""
    rows = await session.execute(
        select(col(ProductContent.product_id), col(ProductContent.licence_sha256)).where(
            col(ProductContent.product_id).in_(product_ids),
            col(ProductContent.state) == ContentState.approved,
        )
    )
    return {row.product_id: row.licence_sha256 for row in rows}


def _line(
    quotation: Quotation,
    position: int,
    card: SellerCard,
    sold: tuple[CartSeller, CartLine],
    licence_sha256: str,
) -> QuotationLine:
    seller, line = sold
    return QuotationLine(
        quotation_id=quotation.id, position=position, organization_id=quotation.organization_id,
        product_id=line.product_id, product_number=line.product_number,
        title_ko=line.title_ko, title_en=line.title_en,
        version_id=line.version_id, version_number=line.version_number,
        licence_sha256=licence_sha256, seller_id=card.id, seller_name=card.name,
        seller_number=card.business_number, seller_representative=card.representative,
        seller_address=card.address, seller_phone=card.contact_phone, taxation=seller.taxation,
        supply_won=line.supply_won, vat_won=line.vat_won,
    )  # fmt: skip
