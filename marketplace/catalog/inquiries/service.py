"""Asking, answering, hiding. Whoever is concerned in another organization is told by a job."""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.catalog.inquiries import queries
from marketplace.catalog.inquiries.errors import (
    InquiriesFull,
    InquiryHidden,
    InquiryNotFound,
    OwnProductInquiry,
)
from marketplace.catalog.inquiries.models import Inquiry
from marketplace.catalog.inquiries.schemas import InquiryIn
from marketplace.catalog.market.queries import get_listing
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.members.oversight.acts import required

OPEN_MOST: Final = 10
TELL: Final = "inquiries.tell"


async def ask(
    session: AsyncSession,
    organization_id: UUID,
    product_id: UUID,
    given: InquiryIn,
    *,
    actor_id: UUID,
) -> Inquiry:
    """Ask about a product on sale.

    Raises:
        ListingNotFound, ListingWithdrawn, ListingSuspended: it is not on sale
        OwnProductInquiry: it is the asker's own
        InquiriesFull: ten of the organization wait for an answer already
    """
    listing = await get_listing(session, product_id)
    if listing.product.organization_id == organization_id:
        raise OwnProductInquiry
    waiting = await session.scalar(
        select(func.count()).where(
            col(Inquiry.product_id) == product_id,
            col(Inquiry.asker_organization_id) == organization_id,
            col(Inquiry.answer).is_(None),
        )
    )
    if (waiting or 0) >= OPEN_MOST:
        raise InquiriesFull(most=OPEN_MOST)
    inquiry = Inquiry(
        product_id=product_id,
        organization_id=listing.product.organization_id,
        kind=given.kind,
        body=given.body.strip(),
        asker_organization_id=organization_id,
        asked_by=actor_id,
        asked_at=now(session),
    )
    session.add(inquiry)
    await session.flush()
    await record(session, "inquiry.asked", _thing(inquiry), facts={"kind": given.kind.value})
    await enqueue(session, TELL, inquiry_id=str(inquiry.id))
    return inquiry


async def answer(
    session: AsyncSession, organization_id: UUID, inquiry_id: UUID, text: str, *, actor_id: UUID
) -> Inquiry:
    """Answer an inquiry, or correct the answer; the audit trail keeps what stood before.

    Raises:
        InquiryNotFound: none on a product of this organization
        InquiryHidden: the operator has hidden it
    """
    # A lock asks for the right to change, which the asker has not; so the owner is looked at first.
    seen = await session.get(Inquiry, inquiry_id, populate_existing=True)
    if seen is None or seen.organization_id != organization_id:
        raise InquiryNotFound
    if seen.hidden_at is not None:
        raise InquiryHidden
    inquiry = await queries.get_locked(session, inquiry_id)
    before = inquiry.answer
    inquiry.answer, inquiry.answered_by, inquiry.answered_at = text.strip(), actor_id, now(session)
    await session.flush()
    facts = {"before": before} if before else {}
    await record(session, "inquiry.answered", _thing(inquiry), facts=facts)
    await enqueue(session, TELL, inquiry_id=str(inquiry.id))
    return inquiry


async def hide(
    session: AsyncSession, actor: Principal, inquiry_id: UUID, *, reason: str
) -> Inquiry:
    """Hide an inquiry from everybody but the staff; hiding twice changes nothing.

    Raises:
        ReasonMissing: no reason
        InquiryNotFound: there is none
    """
    text = required(reason)
    inquiry = await queries.get_locked(session, inquiry_id)
    if inquiry.hidden_at is None:
        inquiry.hidden_reason, inquiry.hidden_by = text, actor.user_id
        inquiry.hidden_at = now(session)
        await session.flush()
        await record(session, "inquiry.hidden", _thing(inquiry), reason=text)
    return inquiry


def _thing(inquiry: Inquiry) -> Thing:
    return Thing("inquiry", inquiry.id, inquiry.organization_id)
