"""The one way to settle a payment: ask the provider for the truth, then do what the table says.

The return URL, a notification, the sweeper and the operator's button all come here (architecture rule 2). The
provider is asked while no transaction is open; what it says is applied under the locks of order and payment.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.gateways.facts import PaymentSeen, ProviderState, Reference
from billing.gateways.port import PaymentGateway
from billing.gateways.settling import (
    ENDS,
    Decision,
    Ours,
    PaymentState,
    Reason,
    Step,
    applied,
    decide,
)
from marketplace.db import Phases, Scope, now
from marketplace.failpoints import failpoint
from marketplace.orders.payments import booking
from marketplace.orders.payments.attempts import reference_of
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.errors import PaymentNotFound
from marketplace.orders.payments.models import Payment, PaymentRefund, RefundState
from marketplace.orders.purchases.models import Order, OrderState
from marketplace.orders.purchases.queries import locked

# Rounds of asking: an answer older than the one applied, a payment to be closed there.
ROUNDS_MOST: Final = 4
STEPS_MOST: Final = 5
# How long until an unpaid payment is asked for again, by its age [s].
WAITS: Final = ((3_600, 60), (86_400, 900))
LONGEST_WAIT_S: Final = 3_600
WANTING: Final = frozenset({OrderState.awaiting_payment, OrderState.taken_back})
PENDING: Final = frozenset(
    {PaymentState.created, PaymentState.awaiting_deposit, PaymentState.taken_back}
)


class Cause(StrEnum):
    """What made us ask."""

    returned = "returned"
    webhook = "webhook"
    sweeper = "sweeper"
    operator = "operator"
    closing = "closing"
    refund = "refund"


class Settled(Struct, frozen=True, kw_only=True):
    """What became of a payment: our state of it, and the last step."""

    state: PaymentState
    step: Step


async def settle(
    phases: Phases,
    gateways: Gateways,
    payment_id: UUID,
    cause: Cause,
    *,
    returned: Mapping[str, str] | None = None,
) -> Settled:
    """Bring a payment to where the provider says it is; once more changes nothing.

    Args:
        phases: opens transactions; all of them are the exchange's own
        cause: kept with each step
        returned: parameters of the return URL; only with them is a payment approved that waits for us

    Raises:
        PaymentNotFound: there is no such payment
        GatewayError: the provider does not answer, or refuses what came back
    """
    reference, gateway = await _referred(phases, gateways, payment_id)
    seen = await _asked(gateway, reference, returned)
    failpoint("settle.asked")
    found = await _apply(phases, payment_id, seen, cause)
    failpoint("settle.committed")
    for _ in range(ROUNDS_MOST):
        if found.step is Step.ask_again:
            seen = await gateway.look_up(reference)
        elif found.step is Step.close_there:
            seen = await gateway.close(reference)
            if seen.state in {ProviderState.open, ProviderState.awaiting_deposit}:
                break  # it cannot be closed there; money that still comes goes back
        else:
            break
        found = await _apply(phases, payment_id, seen, cause)
    return found


async def _referred(
    phases: Phases, gateways: Gateways, payment_id: UUID
) -> tuple[Reference, PaymentGateway]:
    async with phases(Scope.system()) as session:
        payment = await session.get(Payment, payment_id)
        if payment is None:
            raise PaymentNotFound
        return reference_of(payment), gateways.named(payment.gateway)


async def _asked(
    gateway: PaymentGateway, reference: Reference, returned: Mapping[str, str] | None
) -> PaymentSeen:
    if returned is None:
        return await gateway.look_up(reference)
    return await gateway.finish(reference, returned)


async def _apply(phases: Phases, payment_id: UUID, seen: PaymentSeen, cause: Cause) -> Settled:
    async with phases(Scope.system()) as session:
        return await apply(session, payment_id, seen, cause)


async def apply(
    session: AsyncSession, payment_id: UUID, seen: PaymentSeen, cause: Cause
) -> Settled:
    """Do all steps that a truth asks for, in the caller's transaction, under the locks.

    Args:
        session: of the exchange itself
        seen: asked for before, of the same payment
    """
    order, payment = await lock(session, payment_id)
    ours, step = await ours_of(session, order, payment), Step.nothing
    for _ in range(STEPS_MOST):
        decision = decide(ours, seen)
        if decision.step is Step.take_back and await _refund_decided(session, payment.id):
            # What is decided to go back cannot be taken back as a whole: a person looks at it.
            decision = Decision(step=Step.ask_operator, reason=Reason.regressed)
        step = decision.step
        await _carry_out(session, order, payment, decision, seen, cause)
        ours = applied(ours, decision, seen)
        assert ours.state is payment.state, "the row follows the table"
        if step in ENDS:
            break
    if step is not Step.ask_again:
        payment.asked_at = seen.asked_at
        payment.provider_state = seen.state
        payment.provider_status = seen.provider_status[:60]
        payment.provider_key = payment.provider_key or seen.provider_key
        payment.receipt_url = seen.receipt_url or payment.receipt_url
    payment.ask_at = next_ask(payment, step, now(session))
    await session.flush()
    failpoint("settle.applied")
    return Settled(state=payment.state, step=step)


async def _carry_out(
    session: AsyncSession,
    order: Order,
    payment: Payment,
    decision: Decision,
    seen: PaymentSeen,
    cause: Cause,
) -> None:
    """Do one step. What only the table knows needs nothing here."""
    books = booking.Books(session, order, payment, seen, cause.value)
    doing = {
        Step.show_account: books.show_account,
        Step.complete: books.complete,
        Step.keep_apart: books.keep_apart,
        Step.fail: books.fail,
        Step.close: books.close,
        Step.take_back: books.take_back,
        Step.give_back: books.give_back,
    }
    if decision.step is Step.book_refund:
        await books.book_refunds(decision.refunds)
    elif decision.step is Step.ask_operator:
        await books.ask_operator(decision.reason)
    elif decision.step in doing:
        await doing[decision.step]()


async def _refund_decided(session: AsyncSession, payment_id: UUID) -> bool:
    """Whether a refund of a case was decided that the provider has not paid."""
    found = await session.scalar(
        select(col(PaymentRefund.id))
        .where(
            col(PaymentRefund.payment_id) == payment_id,
            col(PaymentRefund.case_id).is_not(None),
            col(PaymentRefund.state) != RefundState.done,
        )
        .limit(1)
    )
    return found is not None


async def lock(session: AsyncSession, payment_id: UUID) -> tuple[Order, Payment]:
    """Lock a payment's order and then the payment, and return both.

    Raises:
        PaymentNotFound: there is no such payment
    """
    order_id = await session.scalar(
        select(col(Payment.order_id)).where(col(Payment.id) == payment_id)
    )
    if order_id is None:
        raise PaymentNotFound
    order = await locked(session, order_id)
    payment = await session.scalar(
        select(Payment)
        .where(col(Payment.id) == payment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert payment is not None, "payments are never deleted"
    return order, payment


async def ours_of(session: AsyncSession, order: Order, payment: Payment) -> Ours:
    """Return our side of a locked payment."""
    rows = await session.execute(
        select(col(PaymentRefund.id), col(PaymentRefund.provider_key)).where(
            col(PaymentRefund.payment_id) == payment.id,
            col(PaymentRefund.state) == RefundState.done,
        )
    )
    booked = {key for row in rows for key in (str(row.id), f"provider:{row.provider_key}")}
    return Ours(
        id=payment.id,
        state=payment.state,
        amount_won=payment.amount_won,
        wanted=order.state in WANTING,
        live=payment.live,
        refunded_won=payment.refunded_won,
        booked=frozenset(booked),
        asked_at=payment.asked_at,
    )


def next_ask(payment: Payment, step: Step, at: datetime) -> datetime | None:
    """Return when the provider is asked next without being told anything; None where that is no more needed.

    Args:
        step: the last one
        at: now [UTC]
    """
    waits = step in {Step.wait, Step.close_there} or payment.state in PENDING
    if not waits:
        return None
    age_s = (at - payment.started_at).total_seconds()
    wait_s = next((wait for limit, wait in WAITS if age_s < limit), LONGEST_WAIT_S)
    return at + timedelta(seconds=wait_s)
