"""Two persons approve a settlement; with the second the books follow, and a payout waits for the bank."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing.duties import issue_due_on
from billing.ledger import movements
from billing.ledger.service import post
from billing.money import Split
from marketplace.audit import record
from marketplace.auth import Principal
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.orders.settlements import queries
from marketplace.orders.settlements.counting import Count, count
from marketplace.orders.settlements.drafting import (
    SETTLEMENT,
    close_if_done,
    lock_undecided,
    thing_of,
)
from marketplace.orders.settlements.errors import SecondApproverNeeded, SettlementChanged
from marketplace.orders.settlements.models import (
    FeeInvoice,
    Payout,
    Settlement,
    SettlementLine,
    SettlementState,
)
from marketplace.orders.settlements.periods import Terms
from marketplace.states import move


async def approve(
    session: AsyncSession, principal: Principal, settlement_id: UUID, terms: Terms
) -> Settlement:
    """Approve a draft, as the first or as the second person.

    Args:
        session: of the exchange itself

    Raises:
        SettlementNotFound: there is none
        SettlementDecided: it is no draft any more
        SecondApproverNeeded: the same person approved first
        SettlementChanged: its amounts are not those of the books any more
    """
    settlement = await lock_undecided(session, settlement_id)
    first = settlement.state is SettlementState.drafted
    if not first and settlement.first_approved_by == principal.user_id:
        raise SecondApproverNeeded
    if not await is_current(session, settlement, terms, lock=True):
        raise SettlementChanged
    if first:
        settlement.first_approved_by, settlement.first_approved_at = principal.user_id, now(session)
        await _move(session, settlement, SettlementState.approved_once)
        await _record(session, settlement, "settlement.approved_first")
        return settlement
    settlement.approved_by, settlement.approved_at = principal.user_id, now(session)
    await _move(session, settlement, SettlementState.approved)
    await _book(session, settlement)
    await _record(session, settlement, "settlement.approved")
    return settlement


async def is_current(
    session: AsyncSession, settlement: Settlement, terms: Terms, *, lock: bool = False
) -> bool:
    """Whether a draft says what the lines and the books say now.

    Args:
        session: of the exchange itself
        lock: keep refunds of the lines waiting until the transaction ends
    """
    period = await queries.get_period(session, settlement.period_id)
    counted = await count(
        session, settlement.organization_id, period, terms, besides=settlement.id, lock=lock
    )
    lines = await queries.settlement_lines(session, settlement.id)
    return _said(settlement, lines) == _found(counted, terms)


def _said(settlement: Settlement, lines: list[SettlementLine]) -> tuple[object, ...]:
    return (
        {one.order_line_id: (one.amount_won, one.fee_base_won) for one in lines},
        (settlement.fee_bps, settlement.fee_base, settlement.fee_supply_won),
        (settlement.fee_vat_won, settlement.carried_in_won, settlement.set_off_won),
        (settlement.debt_left_won, settlement.paid_won, settlement.carry_reason),
    )


def _found(counted: Count, terms: Terms) -> tuple[object, ...]:
    sums = counted.sums
    return (
        {one.line.id: (one.line.left_won, one.fee_base_won(terms.fee_base)) for one in counted.due},
        (terms.fee_bps, terms.fee_base, sums.fee.supply_won),
        (sums.fee.vat_won, sums.carried_in_won, sums.set_off_won),
        (sums.debt_left_won, sums.paid_won, sums.carry_reason),
    )


async def _book(session: AsyncSession, settlement: Settlement) -> None:
    """Take fee and debt from what is payable, and let the payout wait."""
    seller_id = settlement.organization_id
    fee = Split(settlement.fee_supply_won, settlement.fee_vat_won)
    if fee.total_won:
        invoice = FeeInvoice(
            settlement_id=settlement.id, organization_id=seller_id, supply_won=fee.supply_won,
            vat_won=fee.vat_won, written_on=settlement.ends_on,
            issue_due_on=issue_due_on(settlement.ends_on),
        )  # fmt: skip
        session.add(invoice)
        await session.flush()
        await post(session, movements.fee_charged(invoice.id, settlement.id, seller_id, fee))
    if settlement.set_off_won:
        await post(session, movements.set_off(settlement.id, seller_id, settlement.set_off_won))
    if settlement.paid_won:
        session.add(
            Payout(
                settlement_id=settlement.id,
                organization_id=seller_id,
                amount_won=settlement.paid_won,
            )
        )
        await session.flush()
        return
    await enqueue(session, "settlements.tell_carried", settlement_id=str(settlement.id))
    await close_if_done(session, await queries.lock_period(session, settlement.period_id))


async def _move(session: AsyncSession, settlement: Settlement, state: SettlementState) -> None:
    await move(session, SETTLEMENT, settlement, state, organization_id=settlement.organization_id)


async def _record(session: AsyncSession, settlement: Settlement, action: str) -> None:
    facts = {"number": settlement.number, "paid_won": settlement.paid_won}
    await record(session, action, thing_of(settlement), facts=facts)
