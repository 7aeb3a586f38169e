"""The end of a dispute; what it means for the money is booked by who ends it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.orders.disputes.models import Dispute, DisputeState
from marketplace.states import move

MACHINE = "dispute"
OPEN = (DisputeState.open, DisputeState.proposed)


async def close(session: AsyncSession, dispute: Dispute, state: DisputeState) -> None:
    """End a locked dispute and have both sides told.

    Args:
        state: for whom it ended
    """
    dispute.decided_at = now(session)
    await move(
        session, MACHINE, dispute, state,
        organization_id=dispute.organization_id, reason=dispute.decision,
    )  # fmt: skip
    await enqueue(session, "disputes.tell_decided", dispute_id=str(dispute.id))


async def open_of(session: AsyncSession, line_id: UUID) -> Dispute | None:
    """Return the open dispute of a line, locked; its order is locked before."""
    return await session.scalar(
        select(Dispute)
        .where(col(Dispute.order_line_id) == line_id, col(Dispute.state).in_(OPEN))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
