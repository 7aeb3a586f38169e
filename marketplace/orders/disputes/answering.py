"""The seller's answer to a dispute: once, while it is open."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.orders.disputes import queries
from marketplace.orders.disputes.errors import DisputeDecided
from marketplace.orders.disputes.models import Dispute, DisputeState


async def answer(
    session: AsyncSession, seller_id: UUID, dispute_id: UUID, text: str, *, actor_id: UUID
) -> Dispute:
    """Keep what the seller says to a dispute.

    Args:
        session: of the exchange itself; the dispute is looked for by its seller

    Raises:
        DisputeNotFound: none of this seller
        DisputeDecided: it was answered, or is not open any more
    """
    await queries.get_sold(session, seller_id, dispute_id)
    dispute = await queries.locked(session, dispute_id)
    if dispute.state is not DisputeState.open or dispute.answer is not None:
        raise DisputeDecided
    dispute.answer, dispute.answered_by, dispute.answered_at = text, actor_id, now(session)
    await session.flush()
    await record(session, "dispute.answered", Thing("dispute", dispute.id, seller_id))
    await enqueue(session, "disputes.tell_answered", dispute_id=str(dispute.id))
    return dispute
