"""The operator's pages of payments: what waits, the list, one payment with its steps."""

from typing import Any
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from billing.gateways.settling import PaymentState
from marketplace.auth import Principal, allow
from marketplace.db import Phases
from marketplace.http.dependencies import provide_phases
from marketplace.members.oversight.listing import DEFAULT_ROWS, cursors_of
from marketplace.members.oversight.policies import FINANCE
from marketplace.orders.payments import desk
from marketplace.orders.payments.desk_endpoints import LIST_NAME, detail_of, page_of
from marketplace.settings import Settings
from marketplace.states import history
from marketplace.web.filters import address, read_filter
from marketplace.web.forms import EMPTY, Form
from marketplace.web.operator_acts import ReasonAct, desk_of, handler_of
from marketplace.web.pages import AnyRequest, Page, render

BASE = "/operator/payments"
QUESTIONS = "/operator/payment-questions"
DIFFERENCES = "/operator/reconciliation-differences"
REFUNDS = "/operator/payment-refunds"


class PaymentsFilterIn(Struct, forbid_unknown_fields=True):
    """Conditions of the list."""

    state: PaymentState | None = None


async def _list(
    request: AnyRequest, phases: Phases, given: PaymentsFilterIn, form: Form[Any] = EMPTY
) -> Page:
    settings: Settings = request.app.state["settings"]
    cursor = request.query_params.get("cursor", "")
    async with phases() as session:
        cursors = cursors_of(settings, LIST_NAME)
        found = await page_of(session, cursors, given.state, cursor, DEFAULT_ROWS)
        return render(
            request,
            "operator/payments.html",
            status=form.status,
            form=form,
            payments=found.items,
            questions=await desk.open_questions(session),
            differences=await desk.open_differences(session),
            days=await desk.compared_days(session),
            given=given,
            states=list(PaymentState),
            next_href=address(BASE, given, cursor=found.next_cursor) if found.next_cursor else "",
            **desk_of(request, session),
        )


@get(BASE, opt=allow(FINANCE), include_in_schema=False)
async def show_list(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show what waits for an operator, and the payments."""
    return await _list(request, phases, read_filter(request, PaymentsFilterIn))


async def _one(
    request: AnyRequest, phases: Phases, payment_id: UUID, form: Form[Any] = EMPTY
) -> Page:
    async with phases() as session:
        return render(
            request,
            "operator/payment.html",
            status=form.status,
            form=form,
            found=await detail_of(session, payment_id),
            steps=list(reversed(await history(session, payment_id))),
            **desk_of(request, session),
        )


@get(BASE + "/{payment_id:uuid}", opt=allow(FINANCE), include_in_schema=False)
async def show_payment(
    request: AnyRequest, payment_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Show a payment with its steps, refunds and questions."""
    return await _one(request, phases, payment_id)


async def _again(request: AnyRequest, _id: UUID, _act: str, form: Form[Any]) -> Page:
    return await _list(request, provide_phases(request), PaymentsFilterIn(), form)


async def _one_again(request: AnyRequest, payment_id: UUID, _act: str, form: Form[Any]) -> Page:
    return await _one(request, provide_phases(request), payment_id, form)


async def _ask(session: AsyncSession, _actor: Principal, thing_id: UUID, **_given: str) -> object:
    await desk.ask_again(session, thing_id)
    return None


async def _close(session: AsyncSession, actor: Principal, thing_id: UUID, reason: str) -> object:
    return await desk.close_question(session, thing_id, actor.user_id, reason)


async def _explain(session: AsyncSession, actor: Principal, thing_id: UUID, reason: str) -> object:
    return await desk.close_difference(session, thing_id, actor.user_id, reason)


async def _send(session: AsyncSession, _actor: Principal, thing_id: UUID, **_given: str) -> object:
    return await desk.send_refund_again(session, thing_id)


ROUTES = (
    show_list,
    show_payment,
    handler_of(ReasonAct("asking", _ask, FINANCE, "payment-asked"), BASE, _one_again),
    handler_of(ReasonAct("closing", _close, FINANCE, "saved"), QUESTIONS, _again, BASE),
    handler_of(ReasonAct("closing", _explain, FINANCE, "saved"), DIFFERENCES, _again, BASE),
    handler_of(ReasonAct("sending", _send, FINANCE, "refund-sent"), REFUNDS, _again, BASE),
)
