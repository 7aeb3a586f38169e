"""The operator's pages of refunds: the list, one case, making one, the second person, paying by hand."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from billing.ledger.entries import Account
from marketplace.auth import Principal, allow
from marketplace.db import Phases, Scope
from marketplace.http.dependencies import provide_phases
from marketplace.idempotency import Once
from marketplace.members.oversight.policies import FINANCE_FRESH, STAFF
from marketplace.members.oversight.schemas import OptionalReasonIn
from marketplace.orders.purchases.errors import OrderNotFound
from marketplace.orders.purchases.models import Order
from marketplace.orders.purchases.queries import lines_of, number_of
from marketplace.orders.refunds import approving, paying, queries
from marketplace.orders.refunds.making import Part
from marketplace.orders.refunds.models import CaseState
from marketplace.orders.refunds.schemas import ByHandIn, Won
from marketplace.settings import Settings
from marketplace.web.filters import read_filter
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, render

BASE: Final = "/operator/refunds"
CASE: Final = BASE + "/{case_id:uuid}"
OF_ORDER: Final = "/operator/orders/{order_id:uuid}/refund"


class RefundsFilterIn(Struct, forbid_unknown_fields=True):
    """Conditions of the list."""

    state: CaseState | None = None


class RefundForm(Struct):
    """One line, or a part of it, with the reason."""

    line_id: UUID
    reason: Annotated[str, Meta(min_length=1, max_length=1_000)]
    amount_won: Won | None = None


async def _list(request: AnyRequest, phases: Phases, form: Form[Any] = EMPTY) -> Page:
    given = read_filter(request, RefundsFilterIn) if request.method == "GET" else RefundsFilterIn()
    async with phases() as session:
        states = [given.state] if given.state else list(CaseState)
        return render(
            request,
            "operator/refunds.html",
            status=form.status,
            form=form,
            cases=await queries.list_all(session, states),
            refused=await queries.list_refused(session),
            given=given,
            states=list(CaseState),
            **desk_of(request, session),
        )


@get(BASE, opt=allow(STAFF), include_in_schema=False)
async def show_list(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the refunds, and those that a gateway refused."""
    return await _list(request, phases)


async def _case(request: AnyRequest, case_id: UUID, form: Form[Any] = EMPTY) -> Page:
    async with provide_phases(request)() as session:
        case = (await queries.shaped(session, [await queries.get_case(session, case_id)]))[0]
        return render(
            request,
            "operator/refund.html",
            status=form.status,
            form=form,
            case=case,
            **desk_of(request, session),
        )


@get(CASE, opt=allow(STAFF), include_in_schema=False)
async def show_case(request: AnyRequest, case_id: FromPath[UUID]) -> Page:
    """Show a refund with its lines and steps."""
    return await _case(request, case_id)


@post(CASE + "/approval", opt=allow(FINANCE_FRESH), include_in_schema=False)
async def submit_approval(
    request: AnyRequest,
    case_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Agree as the second person."""
    form = await read_form(request, OptionalReasonIn)

    async def approve(session: AsyncSession) -> object:
        return await approving.approve(session, principal, case_id)

    path, system = f"{BASE}/{case_id}", Scope.system()
    return await submitted(
        form,
        lambda _: once.redirect(form.key, approve, path, "refund-approved", scope=system),
        lambda wrong: _case(request, case_id, wrong),
    )


@post(CASE + "/refusal", opt=allow(FINANCE_FRESH), include_in_schema=False)
async def submit_refusal(
    request: AnyRequest,
    case_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Say no as the second person, or take the case back."""
    form = await read_form(request, OptionalReasonIn)

    async def refuse(session: AsyncSession) -> object:
        return await approving.refuse(session, principal, case_id, reason=form.data.reason)

    path, system = f"{BASE}/{case_id}", Scope.system()
    return await submitted(
        form,
        lambda _: once.redirect(form.key, refuse, path, "refund-refused", scope=system),
        lambda wrong: _case(request, case_id, wrong),
    )


@post(BASE + "/sent/{refund_id:uuid}/by-hand", opt=allow(FINANCE_FRESH), include_in_schema=False)
async def submit_by_hand(
    request: AnyRequest,
    refund_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Record that a refused refund was paid otherwise."""
    form = await read_form(request, ByHandIn)

    async def pay(session: AsyncSession) -> object:
        given = form.data
        return await paying.pay_by_hand(
            session, principal, refund_id, out_of=Account(given.out_of), reason=given.reason
        )

    return await submitted(
        form,
        lambda _: once.redirect(form.key, pay, BASE, "saved", scope=Scope.system()),
        lambda wrong: _list(request, provide_phases(request), wrong),
    )


async def _making(request: AnyRequest, order_id: UUID, form: Form[Any] = EMPTY) -> Page:
    settings: Settings = request.app.state["settings"]
    async with provide_phases(request)() as session:
        order = await session.get(Order, order_id)
        if order is None:
            raise OrderNotFound
        return render(
            request,
            "operator/refund_new.html",
            status=form.status,
            form=form,
            order=order,
            number=number_of(order),
            lines=await lines_of(session, order.id),
            cases=await queries.list_of_order(session, order.id),
            limit_won=settings.refund_second_person_won,
            **desk_of(request, session),
        )


@get(OF_ORDER, opt=allow(STAFF), include_in_schema=False)
async def show_making(request: AnyRequest, order_id: FromPath[UUID]) -> Page:
    """Show what is left of an order's lines, and the form of a refund."""
    return await _making(request, order_id)


@post(OF_ORDER, opt=allow(FINANCE_FRESH), include_in_schema=False)
async def submit_making(
    request: AnyRequest,
    *,
    order_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Refund a line or a part of it."""
    form = await read_form(request, RefundForm)
    limit_won = settings.refund_second_person_won

    async def act(given: RefundForm) -> Page:
        parts = [Part(given.line_id, given.amount_won)]

        async def make(session: AsyncSession) -> UUID:
            case = await approving.make_by_operator(
                session, principal, order_id, parts, reason=given.reason,
                second_person_won=limit_won,
            )  # fmt: skip
            return case.id

        return await once.redirect(
            form.key, make, lambda made: f"{BASE}/{made}", "refund-made", scope=Scope.system()
        )

    return await submitted(form, act, lambda wrong: _making(request, order_id, wrong))


ROUTES = (
    show_list,
    show_case,
    submit_approval,
    submit_refusal,
    submit_by_hand,
    show_making,
    submit_making,
)
