"""Telling the parties and the exchange of disputes."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Function, Role
from marketplace.jobs import JobContext, job
from marketplace.members.organizations.telling import tell_people
from marketplace.notices.kinds import NoticeKind
from marketplace.orders.disputes import notices
from marketplace.orders.disputes.models import Dispute
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.purchases.queries import number_of

BUYING: Final = (Role.owner, Role.buyer)
SELLING: Final = (Role.owner, Role.seller)
DECIDING: Final = (Role.administrator, Role.reviewer, Role.finance)
QUOTED_MOST: Final = 500


@job("disputes.tell_opened", attempts=5, limit_s=60)
async def tell_opened(context: JobContext[object], *, dispute_id: str) -> None:
    """Tell the seller and the exchange that a line is disputed."""
    async with context.phases() as session:
        dispute, facts = await _known(session, dispute_id)
        await _tell_seller(session, dispute, notices.OPENED, facts)
        await _tell_operator(session, dispute, notices.OPENED, facts)


@job("disputes.tell_answered", attempts=5, limit_s=60)
async def tell_answered(context: JobContext[object], *, dispute_id: str) -> None:
    """Tell the buyer and the exchange what the seller answered."""
    async with context.phases() as session:
        dispute, facts = await _known(session, dispute_id)
        await _tell_buyer(session, dispute, notices.ANSWERED, facts)
        await _tell_operator(session, dispute, notices.ANSWERED, facts)


@job("disputes.tell_decided", attempts=5, limit_s=60)
async def tell_decided(context: JobContext[object], *, dispute_id: str) -> None:
    """Tell both sides how the dispute ended."""
    async with context.phases() as session:
        dispute, facts = await _known(session, dispute_id)
        await _tell_buyer(session, dispute, notices.DECIDED, facts)
        await _tell_seller(session, dispute, notices.DECIDED, facts)


async def _known(session: AsyncSession, dispute_id: str) -> tuple[Dispute, dict[str, Any]]:
    dispute = await session.get_one(Dispute, UUID(dispute_id))
    line = await session.get_one(OrderLine, dispute.order_line_id)
    order = await session.get_one(Order, dispute.order_id)
    outcome_ko, outcome_en = notices.OUTCOMES.get(dispute.state.value, ("", ""))
    facts = {
        "number": number_of(order), "title": line.title_ko,
        "statement": dispute.statement[:QUOTED_MOST],
        "answer": (dispute.answer or "")[:QUOTED_MOST], "decision": dispute.decision or "",
        "outcome_ko": outcome_ko, "outcome_en": outcome_en,
    }  # fmt: skip
    return dispute, facts


async def _tell_buyer(
    session: AsyncSession, dispute: Dispute, kind: NoticeKind, facts: dict[str, Any]
) -> None:
    link = f"/orders/{dispute.order_id}/acceptance"
    await tell_people(
        session, BUYING, kind, organization_id=dispute.organization_id, link=link, **facts
    )


async def _tell_seller(
    session: AsyncSession, dispute: Dispute, kind: NoticeKind, facts: dict[str, Any]
) -> None:
    await tell_people(
        session, SELLING, kind, organization_id=dispute.seller_id, link="/selling/disputes", **facts
    )


async def _tell_operator(
    session: AsyncSession, dispute: Dispute, kind: NoticeKind, facts: dict[str, Any]
) -> None:
    link = f"/operator/disputes/{dispute.id}"
    await tell_people(
        session, DECIDING, kind, function=Function.exchange_operator, link=link, **facts
    )
