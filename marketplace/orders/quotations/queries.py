"""Reads of quotations."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.orders.quotations.errors import QuotationNotFound
from marketplace.orders.quotations.models import Quotation, QuotationLine

LISTED_MOST = 100


async def list_own(session: AsyncSession, organization_id: UUID) -> list[Quotation]:
    """Return the newest hundred quotations of an organization, the newest first."""
    rows = await session.scalars(
        select(Quotation)
        .where(col(Quotation.organization_id) == organization_id)
        .order_by(col(Quotation.sequence).desc())
        .limit(LISTED_MOST)
    )
    return list(rows)


async def get_own(
    session: AsyncSession, organization_id: UUID, quotation_id: UUID
) -> tuple[Quotation, list[QuotationLine]]:
    """Return a quotation of an organization with its lines.

    Raises:
        QuotationNotFound: none of this organization
    """
    found = await session.scalar(
        select(Quotation).where(
            col(Quotation.id) == quotation_id, col(Quotation.organization_id) == organization_id
        )
    )
    if found is None:
        raise QuotationNotFound
    lines = await session.scalars(
        select(QuotationLine)
        .where(col(QuotationLine.quotation_id) == quotation_id)
        .order_by(col(QuotationLine.position))
    )
    return found, list(lines)
