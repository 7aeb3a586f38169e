"""Reads of sellers."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import convert
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from billing.money import Taxation
from marketplace.catalog.sellers.errors import SellerNotFound
from marketplace.catalog.sellers.models import SellerProfile
from marketplace.catalog.sellers.schemas import SellerCard, SellerProfileOut
from marketplace.members.organizations.models import Organization
from marketplace.members.registry.port import TaxType

_CARDS = text("select * from seller_cards(:ids)")
_TAX_TYPES = text("select id, tax_type from seller_tax_types(:ids)")


async def cards_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, SellerCard]:
    """Return the public facts of organizations that have or had something on sale, by their id."""
    if not ids:
        return {}
    rows = await session.execute(_CARDS, {"ids": list(set(ids))})
    cards = [convert(dict(row), SellerCard) for row in rows.mappings()]
    return {card.id: card for card in cards}


async def taxations_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Taxation]:
    """Return how what each seller sells is taxed, by the seller's id.

    Sellers of the register's type 04 (면세사업자) give an invoice without VAT; all others sell with VAT
    (B2). Where the register has not answered, what the seller named counts.
    """
    return {
        seller_id: Taxation.exempt if tax_type == TaxType.exempt else Taxation.taxable
        for seller_id, tax_type in (await tax_types_of(session, ids)).items()
    }


async def tax_types_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the tax type of each seller, as the register says it today, by the seller's id."""
    if not ids:
        return {}
    rows = await session.execute(_TAX_TYPES, {"ids": list(set(ids))})
    return {row.id: row.tax_type for row in rows}


async def get_card(session: AsyncSession, organization_id: UUID) -> SellerCard:
    """Return the public facts of a seller.

    Raises:
        SellerNotFound: nothing of the organization is or was on sale
    """
    cards = await cards_of(session, [organization_id])
    if organization_id not in cards:
        raise SellerNotFound
    return cards[organization_id]


async def find_profile(session: AsyncSession, organization_id: UUID) -> SellerProfile | None:
    """Return what the organization says of itself to buyers, once it has."""
    found: SellerProfile | None = await session.get(SellerProfile, organization_id)
    return found


async def profile_or_facts(session: AsyncSession, organization_id: UUID) -> SellerProfileOut:
    """Return the profile; before the first save with what the membership knows."""
    found = await find_profile(session, organization_id)
    if found is not None:
        return convert(found, SellerProfileOut, from_attributes=True)
    organization = await session.get_one(Organization, organization_id)
    return SellerProfileOut(
        contact_email=organization.invoice_email,
        contact_phone=organization.phone,
        mail_order_number="",
        mail_order_exempt=False,
        introduction_ko="",
        introduction_en="",
        saved_at=None,
    )
