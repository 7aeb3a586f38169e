"""The operator's desk of payments: what is open, one payment with its steps, and what is explained by hand."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.gateways.settling import PaymentState
from marketplace.audit import Thing, record
from marketplace.db import now
from marketplace.errors import Conflict
from marketplace.jobs import enqueue
from marketplace.orders.payments.attempts import ask_soon
from marketplace.orders.payments.errors import DifferenceNotFound, QuestionNotFound
from marketplace.orders.payments.models import (
    Difference,
    Payment,
    PaymentQuestion,
    PaymentRefund,
    Reconciliation,
    RefundState,
)
from marketplace.orders.payments.settling import lock
from marketplace.orders.purchases.models import Order

OPEN_MOST = 100
DAYS_SHOWN = 14


class OutcomeMissing(Conflict):
    """What was found out must be written down."""

    code = "outcome_missing"
    ko = "무엇을 확인했고 어떻게 처리했는지 적으십시오."
    en = "Write down what you found and what was done about it."


class RefundNotRefused(Conflict):
    """Only a refund that the provider refused is sent again."""

    code = "refund_not_refused"
    ko = "결제 대행사가 거절한 환불만 다시 보낼 수 있습니다. 화면을 새로 고치십시오."
    en = "Only a refund that the provider refused can be sent again. Reload the page."


@dataclass(frozen=True)
class PaymentRow:
    """A payment with its order, as lists show it."""

    payment: Payment
    order: Order


async def list_payments(
    session: AsyncSession,
    state: PaymentState | None,
    *,
    after: tuple[datetime, UUID] | None,
    most: int,
) -> list[PaymentRow]:
    """Return payments, the newest first.

    Args:
        state: only those in it
        after: begins behind this start and id
        most: how many
    """
    statement = select(Payment, Order).join(Order, col(Order.id) == col(Payment.order_id))
    if state is not None:
        statement = statement.where(col(Payment.state) == state)
    if after is not None:
        statement = statement.where(tuple_(col(Payment.started_at), col(Payment.id)) < after)
    rows = await session.execute(
        statement.order_by(col(Payment.started_at).desc(), col(Payment.id).desc()).limit(most)
    )
    return [PaymentRow(payment, order) for payment, order in rows]


async def open_questions(session: AsyncSession) -> list[tuple[PaymentQuestion, PaymentRow]]:
    """Return the questions that wait, the oldest first, each with its payment."""
    rows = await session.execute(
        select(PaymentQuestion, Payment, Order)
        .join(Payment, col(Payment.id) == col(PaymentQuestion.payment_id))
        .join(Order, col(Order.id) == col(Payment.order_id))
        .where(col(PaymentQuestion.closed_at).is_(None))
        .order_by(col(PaymentQuestion.raised_at))
        .limit(OPEN_MOST)
    )
    return [(question, PaymentRow(payment, order)) for question, payment, order in rows]


async def open_differences(session: AsyncSession) -> list[Difference]:
    """Return the differences that wait, the oldest day first."""
    rows = await session.scalars(
        select(Difference)
        .where(col(Difference.closed_at).is_(None))
        .order_by(col(Difference.day), col(Difference.found_at))
        .limit(OPEN_MOST)
    )
    return list(rows)


async def compared_days(session: AsyncSession) -> list[Reconciliation]:
    """Return the last comparisons, the newest day first."""
    rows = await session.scalars(
        select(Reconciliation)
        .order_by(col(Reconciliation.day).desc(), col(Reconciliation.gateway))
        .limit(DAYS_SHOWN)
    )
    return list(rows)


async def refunds_of(session: AsyncSession, payment_id: UUID) -> list[PaymentRefund]:
    """Return the refunds of a payment, the oldest first."""
    rows = await session.scalars(
        select(PaymentRefund)
        .where(col(PaymentRefund.payment_id) == payment_id)
        .order_by(col(PaymentRefund.wanted_at))
    )
    return list(rows)


async def questions_of(session: AsyncSession, payment_id: UUID) -> list[PaymentQuestion]:
    """Return the questions about a payment, the oldest first."""
    rows = await session.scalars(
        select(PaymentQuestion)
        .where(col(PaymentQuestion.payment_id) == payment_id)
        .order_by(col(PaymentQuestion.raised_at))
    )
    return list(rows)


async def ask_again(session: AsyncSession, payment_id: UUID) -> None:
    """Have the provider asked for the truth of a payment now.

    Raises:
        PaymentNotFound: there is no such payment
    """
    _, payment = await lock(session, payment_id)
    await ask_soon(session, payment.id)
    await record(session, "payment.asked", Thing("payment", payment.id, payment.organization_id))


async def close_question(
    session: AsyncSession, question_id: UUID, actor_id: UUID, outcome: str
) -> PaymentQuestion:
    """Write down how a question was settled by hand; it may come again.

    Raises:
        QuestionNotFound: no such open question
        OutcomeMissing: nothing was written
    """
    if not outcome.strip():
        raise OutcomeMissing
    question = await session.scalar(
        select(PaymentQuestion)
        .where(col(PaymentQuestion.id) == question_id, col(PaymentQuestion.closed_at).is_(None))
        .with_for_update()
    )
    if question is None:
        raise QuestionNotFound
    question.closed_at, question.closed_by, question.outcome = now(session), actor_id, outcome
    await record(
        session, "payment.question_closed", Thing("payment", question.payment_id), reason=outcome,
        facts={"question": question.reason.value},
    )  # fmt: skip
    return question


async def close_difference(
    session: AsyncSession, difference_id: UUID, actor_id: UUID, outcome: str
) -> Difference:
    """Write down what explains a difference.

    Raises:
        DifferenceNotFound: no such open difference
        OutcomeMissing: nothing was written
    """
    if not outcome.strip():
        raise OutcomeMissing
    found = await session.scalar(
        select(Difference)
        .where(col(Difference.id) == difference_id, col(Difference.closed_at).is_(None))
        .with_for_update()
    )
    if found is None:
        raise DifferenceNotFound
    found.closed_at, found.closed_by, found.outcome = now(session), actor_id, outcome
    await record(
        session, "reconciliation.explained", Thing("reconciliation_difference", found.id),
        reason=outcome, facts={"day": found.day.isoformat(), "kind": found.kind.value},
    )  # fmt: skip
    return found


async def send_refund_again(session: AsyncSession, refund_id: UUID) -> PaymentRefund:
    """Send a refund once more that the provider refused; its key stays the same.

    Raises:
        RefundNotRefused: the provider did not refuse it
    """
    refund = await session.scalar(
        select(PaymentRefund).where(col(PaymentRefund.id) == refund_id).with_for_update()
    )
    if refund is None or refund.state is not RefundState.refused:
        raise RefundNotRefused
    refund.state, refund.failure = RefundState.wanted, ""
    await enqueue(session, "payments.send_refund", refund_id=str(refund.id))
    await record(
        session, "payment.refund_sent_again",
        Thing("payment", refund.payment_id, refund.organization_id),
        facts={"amount_won": refund.amount_won},
    )  # fmt: skip
    return refund
