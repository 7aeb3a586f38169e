"""Reads of inquiries."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.inquiries.errors import InquiryNotFound
from marketplace.catalog.inquiries.models import Inquiry
from marketplace.catalog.products.models import ContentState, ProductContent

SHOWN_MOST = 50
INBOX_MOST = 100


async def list_public(session: AsyncSession, product_id: UUID) -> list[Inquiry]:
    """Return what everybody reads on a product's page, the newest first, at most 50."""
    rows = await session.scalars(
        select(Inquiry)
        .where(col(Inquiry.product_id) == product_id, col(Inquiry.hidden_at).is_(None))
        .order_by(col(Inquiry.asked_at).desc(), col(Inquiry.id))
        .limit(SHOWN_MOST)
    )
    return list(rows)


async def list_all(session: AsyncSession, product_id: UUID) -> list[Inquiry]:
    """Return every inquiry on a product, hidden ones too; for staff."""
    rows = await session.scalars(
        select(Inquiry)
        .where(col(Inquiry.product_id) == product_id)
        .order_by(col(Inquiry.asked_at).desc(), col(Inquiry.id))
        .limit(INBOX_MOST)
    )
    return list(rows)


@dataclass(frozen=True)
class Received:
    """An inquiry in a seller's inbox, with the title of its product."""

    inquiry: Inquiry
    title: str


async def inbox(session: AsyncSession, organization_id: UUID) -> list[Received]:
    """Return the inquiries on an organization's products: open ones first, then the newest."""
    rows = await session.execute(
        select(Inquiry, col(ProductContent.title_ko))
        .join(ProductContent, col(ProductContent.product_id) == col(Inquiry.product_id))
        .where(
            col(Inquiry.organization_id) == organization_id,
            col(Inquiry.hidden_at).is_(None),
            col(ProductContent.state) == ContentState.approved,
        )
        .order_by(col(Inquiry.answer).is_not(None), col(Inquiry.asked_at).desc(), col(Inquiry.id))
        .limit(INBOX_MOST)
    )
    return [Received(inquiry, title) for inquiry, title in rows]


async def count_open(session: AsyncSession, organization_id: UUID) -> int:
    """Return how many inquiries wait for an organization's answer."""
    found = await session.scalar(
        select(func.count()).where(
            col(Inquiry.organization_id) == organization_id,
            col(Inquiry.answer).is_(None),
            col(Inquiry.hidden_at).is_(None),
        )
    )
    return found or 0


async def get_locked(session: AsyncSession, inquiry_id: UUID) -> Inquiry:
    """Return an inquiry with its row locked.

    Raises:
        InquiryNotFound: there is none that this session may see
    """
    found: Inquiry | None = await session.scalar(
        select(Inquiry)
        .where(col(Inquiry.id) == inquiry_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise InquiryNotFound
    return found
