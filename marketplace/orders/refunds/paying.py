"""After the provider's word: a refund is paid, was made by the provider itself, or was refused and is dealt with."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from billing.gateways.settling import PaymentState, Reason
from billing.ledger import movements
from billing.ledger.entries import Account
from billing.ledger.service import post
from billing.money import allot
from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.members.oversight.acts import refuse_own, required
from marketplace.orders.payments.desk import RefundNotRefused
from marketplace.orders.payments.models import (
    Payment,
    PaymentQuestion,
    PaymentRefund,
    RefundState,
)
from marketplace.orders.payments.settling import lock
from marketplace.orders.purchases.models import Order
from marketplace.orders.refunds import queries
from marketplace.orders.refunds.approving import MACHINE
from marketplace.orders.refunds.deciding import decide, sale_of
from marketplace.orders.refunds.making import keep
from marketplace.orders.refunds.models import CaseState, RefundCase, RefundReason
from marketplace.states import move

UNPAID = frozenset({CaseState.decided, CaseState.sent})


async def sent(session: AsyncSession, refund_id: UUID) -> None:
    """Note that the provider took a refund; once more changes nothing."""
    _, _, refund = await _locked(session, refund_id)
    if refund.case_id is None:
        return
    case = await queries.locked_case(session, refund.case_id)
    if case.state is CaseState.decided:
        await move(session, MACHINE, case, CaseState.sent, organization_id=case.organization_id)


async def paid(session: AsyncSession, refund_id: UUID) -> None:
    """Carry the case of a paid refund to its end; one that the provider made by itself gets a case first.

    Once more changes nothing.
    """
    order, payment, refund = await _locked(session, refund_id)
    if refund.state is not RefundState.done:
        return
    if refund.case_id is None:
        case = await _made_by_gateway(session, order, payment, refund)
    else:
        case = await queries.locked_case(session, refund.case_id)
    if case is None or case.state not in UNPAID:
        return
    case.paid_at = refund.booked_at
    await move(session, MACHINE, case, CaseState.paid, organization_id=case.organization_id)
    await enqueue(session, "refunds.tell_paid", case_id=str(case.id))


async def _made_by_gateway(
    session: AsyncSession, order: Order, payment: Payment, refund: PaymentRefund
) -> RefundCase | None:
    """Take what the provider paid back by itself from the lines, by what is left of each.

    Nobody can say of which line it was. What no line can bear is asked of the operator.
    """
    sale = await sale_of(session, order, payment)
    left = {line.id: line.left_won for line in sale.lines.values() if line.left_won}
    amount_won = min(refund.amount_won, sum(left.values()))
    if amount_won < refund.amount_won:
        await _ask(session, payment, refund, amount_won)
    if amount_won == 0:
        return None
    parts = dict(zip(left, allot(amount_won, list(left.values())), strict=True))
    case = RefundCase(
        order_id=order.id, organization_id=order.organization_id, payment_id=payment.id,
        reason=RefundReason.gateway_made, amount_won=amount_won, decided_at=now(session),
    )  # fmt: skip
    await keep(session, sale, case, {line_id: won for line_id, won in parts.items() if won})
    refund.case_id = case.id
    await decide(session, sale, case, send=False)
    return case


async def _ask(
    session: AsyncSession, payment: Payment, refund: PaymentRefund, taken_won: int
) -> None:
    asked = insert(PaymentQuestion).values(
        payment_id=payment.id,
        reason=Reason.refunds_differ,
        detail=f"refund {refund.id}: {refund.amount_won - taken_won} won more than is left",
    )
    await session.execute(asked.on_conflict_do_nothing())


async def pay_by_hand(
    session: AsyncSession, actor: Principal, refund_id: UUID, *, out_of: Account, reason: str
) -> PaymentRefund:
    """Record that a refund which the provider refused was paid otherwise.

    What the provider counts as refunded stays as it is: it paid nothing.

    Args:
        out_of: ``bank``, or ``gateway_clearing`` where the bank took a deposit back by itself

    Raises:
        ReasonMissing: no reason is given
        RefundNotRefused: it was not refused, or was dealt with
        OwnAccount: the order is of the actor's own organization
    """
    said = required(reason)
    order, payment, refund = await _refused(session, actor, refund_id)
    refund.state, refund.booked_at = RefundState.done, now(session)
    if payment.state is PaymentState.surplus:
        await _give_back(session, order, payment, refund, out_of)
    else:
        entry = movements.refund_paid(
            refund.id, order.id, order.organization_id, refund.amount_won, out_of=out_of
        )
        await post(session, entry)
        await enqueue(session, "refunds.paid", refund_id=str(refund.id))
    await session.flush()
    await record(
        session, "refund.paid_by_hand",
        Thing("payment_refund", refund.id, payment.organization_id), reason=said,
        facts={"amount_won": refund.amount_won, "out_of": out_of.value},
    )  # fmt: skip
    return refund


async def _give_back(
    session: AsyncSession, order: Order, payment: Payment, refund: PaymentRefund, out_of: Account
) -> None:
    """Money kept apart has gone back by hand: the payment has ended."""
    entry = movements.given_back(refund.id, order.id, refund.amount_won, out_of=out_of)
    await post(session, entry)
    payment.refunded_won += refund.amount_won
    await move(
        session, "payment", payment, PaymentState.refunded,
        organization_id=payment.organization_id, reason="by hand",
    )  # fmt: skip


async def _refused(
    session: AsyncSession, actor: Principal, refund_id: UUID
) -> tuple[Order, Payment, PaymentRefund]:
    order, payment, refund = await _locked(session, refund_id)
    refuse_own(actor, organization_id=order.organization_id)
    if refund.state is not RefundState.refused:
        raise RefundNotRefused
    return order, payment, refund


async def _locked(session: AsyncSession, refund_id: UUID) -> tuple[Order, Payment, PaymentRefund]:
    found = await session.get(PaymentRefund, refund_id)
    if found is None:
        raise RefundNotRefused
    order, payment = await lock(session, found.payment_id)
    refund = await session.get_one(
        PaymentRefund, refund_id, with_for_update=True, populate_existing=True
    )
    return order, payment, refund
