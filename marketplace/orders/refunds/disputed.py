"""What the exchange decides about a dispute; every outcome books itself."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.members.oversight.acts import refuse_own, required
from marketplace.orders.acceptance import accepting
from marketplace.orders.acceptance.models import AcceptanceState
from marketplace.orders.disputes import closing, queries
from marketplace.orders.disputes.errors import DisputeDecided
from marketplace.orders.disputes.models import Dispute, DisputeState
from marketplace.orders.refunds.deciding import Sale, lock_sale
from marketplace.orders.refunds.errors import RefundExceedsLine
from marketplace.orders.refunds.making import Part, Wish, make
from marketplace.orders.refunds.models import CaseState, RefundReason
from marketplace.orders.refunds.schemas import DecisionIn, Outcome
from marketplace.states import move


async def decide_dispute(
    session: AsyncSession,
    actor: Principal,
    dispute_id: UUID,
    decision: DecisionIn,
    *,
    second_person_won: int,
) -> Dispute:
    """Decide a dispute: for the seller, rescission, or a price cut.

    Args:
        session: of the exchange itself
        second_person_won: above this the refund waits for a second person [won]

    Raises:
        DisputeNotFound: there is none
        DisputeDecided: it is decided, or its refund waits already
        OwnAccount: the actor belongs to a party
        ReasonMissing: no reason is given
        NothingToRefund, RefundExceedsLine: less is left
    """
    said = required(decision.reason)
    found = await queries.get_any(session, dispute_id)
    for organization_id in (found.organization_id, found.seller_id):
        refuse_own(actor, organization_id=organization_id)
    if decision.outcome is Outcome.for_seller:
        dispute = await _for_seller(session, actor, found, said)
    else:
        dispute = await _for_buyer(session, actor, found, decision, second_person_won)
    await record(
        session, "dispute.decided", Thing("dispute", dispute.id, dispute.organization_id),
        reason=said,
        facts={"outcome": decision.outcome.value, "amount_won": decision.amount_won},
    )  # fmt: skip
    return dispute


async def _for_seller(
    session: AsyncSession, actor: Principal, found: Dispute, said: str
) -> Dispute:
    line, acceptance = await accepting.lock(session, found.order_line_id)
    dispute = await _open(session, found.id)
    dispute.decided_by, dispute.decision = actor.user_id, said
    await closing.close(session, dispute, DisputeState.for_seller)
    if acceptance.state is AcceptanceState.disputed:
        acceptance.decided_by = actor.user_id
        await accepting.close(session, line, acceptance, AcceptanceState.accepted, "for_seller")
    return dispute


async def _for_buyer(
    session: AsyncSession,
    actor: Principal,
    found: Dispute,
    decision: DecisionIn,
    second_person_won: int,
) -> Dispute:
    sale = await lock_sale(session, found.order_id)
    dispute = await _open(session, found.id)
    dispute.decided_by, dispute.decision = actor.user_id, decision.reason
    cut = decision.outcome is Outcome.price_cut
    dispute.cut_won = _cut_of(sale, found.order_line_id, decision) if cut else None
    await session.flush()
    wish = Wish(
        RefundReason.price_cut if cut else RefundReason.dispute_lost, actor.user_id, decision.reason
    )
    part = Part(found.order_line_id, dispute.cut_won)
    case = await make(session, sale, [part], wish, second_person_won=second_person_won)
    if case.state is CaseState.waiting_second_person:
        dispute.case_id = case.id
        await move(
            session, closing.MACHINE, dispute, DisputeState.proposed,
            organization_id=dispute.organization_id,
        )  # fmt: skip
    return dispute


def _cut_of(sale: Sale, line_id: UUID, decision: DecisionIn) -> int:
    """Return the price cut; it leaves something, or it is a rescission."""
    left_won = sale.left_of(line_id)
    cut_won = decision.amount_won or 0
    if not 0 < cut_won < left_won:
        line = sale.lines[line_id]
        raise RefundExceedsLine(title=line.title_ko, left_won=f"{max(0, left_won - 1):,}")
    return cut_won


async def _open(session: AsyncSession, dispute_id: UUID) -> Dispute:
    dispute = await queries.locked(session, dispute_id)
    if dispute.state is not DisputeState.open:
        raise DisputeDecided
    return dispute
