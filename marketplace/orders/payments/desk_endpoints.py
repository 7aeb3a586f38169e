"""The operator's API of payments, open questions and reconciliation."""

from collections.abc import Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from billing.gateways.settling import PaymentState
from marketplace.auth import Principal, allow
from marketplace.http.cursors import CursorRefused, Cursors
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    Cursor,
    Limit,
    cursors_of,
    position_of,
)
from marketplace.members.oversight.policies import FINANCE
from marketplace.orders.payments import desk
from marketplace.orders.payments.desk import OutcomeMissing, PaymentRow, RefundNotRefused
from marketplace.orders.payments.desk_schemas import (
    ComparedDay,
    DifferenceOut,
    OutcomeIn,
    PaymentDetail,
    PaymentLine,
    PaymentPage,
    PaymentQueue,
    QuestionOut,
    RefundOut,
)
from marketplace.orders.payments.errors import (
    DifferenceNotFound,
    PaymentNotFound,
    QuestionNotFound,
)
from marketplace.orders.payments.models import Payment
from marketplace.orders.purchases.models import Order
from marketplace.orders.purchases.queries import number_of
from marketplace.settings import Settings

LIST_NAME: Final = "operator_payments"
# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[PaymentState | None, QueryParameter(name="state")]


def line_of(row: PaymentRow) -> PaymentLine:
    """Shape a payment as the desk shows it."""
    payment, order = row.payment, row.order
    return PaymentLine(
        id=payment.id, order_id=order.id, order_number=number_of(order),
        organization_name=order.organization_name, method=payment.method,
        gateway=payment.gateway, evidence=payment.evidence, amount_won=payment.amount_won,
        refunded_won=payment.refunded_won, state=payment.state,
        provider_state=payment.provider_state, provider_status=payment.provider_status,
        provider_key=payment.provider_key, started_at=payment.started_at,
        paid_at=payment.paid_at, asked_at=payment.asked_at,
    )  # fmt: skip


async def page_of(
    session: AsyncSession, cursors: Cursors, state: PaymentState | None, cursor: str, limit: int
) -> PaymentPage:
    """Return a page of payments.

    Raises:
        CursorRefused: the cursor was not made here
    """
    after = position_of(cursors, cursor)
    rows = await desk.list_payments(session, state, after=after, most=limit + 1)
    more = None
    if len(rows) > limit:
        last = rows[limit - 1].payment
        more = cursors.seal(last.started_at.isoformat(), str(last.id))
    return PaymentPage([line_of(one) for one in rows[:limit]], more)


async def detail_of(session: AsyncSession, payment_id: UUID) -> PaymentDetail:
    """Return a payment with its refunds and questions.

    Raises:
        PaymentNotFound: there is no such payment
    """
    payment = await session.get(Payment, payment_id)
    if payment is None:
        raise PaymentNotFound
    order = await session.get_one(Order, payment.order_id)
    return PaymentDetail(
        payment=line_of(PaymentRow(payment, order)),
        refunds=_shaped(await desk.refunds_of(session, payment_id), RefundOut),
        questions=_shaped(await desk.questions_of(session, payment_id), QuestionOut),
    )


async def queue_of(session: AsyncSession) -> PaymentQueue:
    """Return what waits for an operator."""
    questions = [question for question, _ in await desk.open_questions(session)]
    return PaymentQueue(
        questions=_shaped(questions, QuestionOut),
        differences=_shaped(await desk.open_differences(session), DifferenceOut),
        days=_shaped(await desk.compared_days(session), ComparedDay),
    )


def _shaped(rows: Sequence[Any], kind: Any) -> list[Any]:
    return [convert(one, kind, from_attributes=True) for one in rows]


@get("/payments", opt=allow(FINANCE) | answers(CursorRefused))
async def list_payments(
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    in_state: InState = None,
    cursor: Cursor = "",
    limit: Limit = DEFAULT_ROWS,
) -> PaymentPage:
    """List payments, the newest first."""
    return await page_of(session, cursors_of(settings, LIST_NAME), in_state, cursor, limit)


@get("/payments/queue", opt=allow(FINANCE))
async def show_payment_queue(session: NamedDependency[AsyncSession]) -> PaymentQueue:
    """Show what no rule could settle, what differs from the gateways' lists, and the last comparisons."""
    return await queue_of(session)


@get("/payments/{payment_id:uuid}", opt=allow(FINANCE) | answers(PaymentNotFound))
async def show_payment(
    payment_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> PaymentDetail:
    """Show a payment with its refunds and questions."""
    return await detail_of(session, payment_id)


@post(
    "/payments/{payment_id:uuid}/asking",
    opt=allow(FINANCE) | answers(PaymentNotFound),
    status_code=204,
)
async def ask_again(payment_id: FromPath[UUID], once: NamedDependency[Once]) -> Response[None]:
    """Have the gateway asked for the truth of a payment now."""

    async def act(session: AsyncSession) -> None:
        await desk.ask_again(session, payment_id)

    return await once.answer(act, None)


@post(
    "/payment-questions/{question_id:uuid}/closing",
    status_code=200,
    opt=allow(FINANCE) | answers(QuestionNotFound, OutcomeMissing),
)
async def close_question(
    question_id: FromPath[UUID],
    data: JSONBody[OutcomeIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[QuestionOut]:
    """Write down how a question about a payment was settled by hand."""

    async def act(session: AsyncSession) -> object:
        return await desk.close_question(session, question_id, principal.user_id, data.outcome)

    return await once.answer(act, QuestionOut, status=200)


@post(
    "/reconciliation-differences/{difference_id:uuid}/closing",
    status_code=200,
    opt=allow(FINANCE) | answers(DifferenceNotFound, OutcomeMissing),
)
async def close_difference(
    difference_id: FromPath[UUID],
    data: JSONBody[OutcomeIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[DifferenceOut]:
    """Write down what explains a difference from a gateway's list."""

    async def act(session: AsyncSession) -> object:
        return await desk.close_difference(session, difference_id, principal.user_id, data.outcome)

    return await once.answer(act, DifferenceOut, status=200)


@post(
    "/payment-refunds/{refund_id:uuid}/sending",
    status_code=200,
    opt=allow(FINANCE) | answers(RefundNotRefused),
)
async def send_refund_again(
    refund_id: FromPath[UUID], once: NamedDependency[Once]
) -> Response[RefundOut]:
    """Send a refund once more that the gateway refused."""

    async def act(session: AsyncSession) -> object:
        return await desk.send_refund_again(session, refund_id)

    return await once.answer(act, RefundOut, status=200)


ROUTES = (
    Router(
        "/api/v1/operator",
        route_handlers=[
            list_payments,
            show_payment_queue,
            show_payment,
            ask_again,
            close_question,
            close_difference,
            send_refund_again,
        ],
        tags=["operator: payments"],
    ),
)
