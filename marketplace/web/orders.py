"""The pages of orders: the list, one with its timeline, paying again, giving up, the statement as PDF."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.gateways.facts import Method
from billing.gateways.settling import PaymentState
from marketplace.auth import Principal, allow
from marketplace.db import Phases, Scope, now
from marketplace.http.files import PDF, file_answer
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.listing import DEFAULT_ROWS, Cursor
from marketplace.orders.acceptance.models import Acceptance
from marketplace.orders.cart.policies import BUY, BUY_READ
from marketplace.orders.checkout import ending, paying
from marketplace.orders.checkout.endpoints import page_of, whole
from marketplace.orders.checkout.statement import statement
from marketplace.orders.delivery.models import Entitlement
from marketplace.orders.payments.attempts import Attempt, methods_of, payments_of
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.models import EVIDENCE_OF, EvidenceKind
from marketplace.orders.payments.settling import WANTING
from marketplace.orders.purchases import queries
from marketplace.orders.purchases.models import Order, OrderLine, OrderState
from marketplace.orders.quotations.papers import issuer_of
from marketplace.settings import Settings
from marketplace.states import Step, history
from marketplace.web.filters import address
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, language_of, render

LIST: Final = "/orders"
ONE: Final = LIST + "/{order_id:uuid}"
OPEN: Final = frozenset({PaymentState.created, PaymentState.awaiting_deposit})


class PayForm(Struct):
    """How the order is to be paid now."""

    method: Method


class CursorOnly(Struct):
    """A list without conditions."""


@get(LIST, opt=allow(BUY_READ), include_in_schema=False)
async def show_list(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: Cursor = "",
) -> Page:
    """List the organization's orders, the newest first."""
    own = own_organization_id(principal)
    found = await page_of(session, own, settings, cursor, DEFAULT_ROWS)
    more = address(LIST, CursorOnly(), cursor=found.next_cursor) if found.next_cursor else ""
    return render(request, "orders.html", orders=found.items, more=more, first=not cursor)


@dataclass(frozen=True)
class OrderPlace:
    """The page of one order, and what it is made with."""

    request: AnyRequest
    order_id: UUID
    phases: Phases
    principal: Principal
    settings: Settings
    gateways: Gateways

    @property
    def own(self) -> UUID:
        """The organization of the person who asks."""
        return own_organization_id(self.principal)

    async def page(self, form: Form[Any] = EMPTY) -> Page:
        """Show the order; ``form`` is what was sent and refused."""
        async with self.phases() as session:
            order = await queries.get_own(session, self.own, self.order_id)
            lines = await queries.lines_of(session, order.id)
            shown = await whole(session, order, self.settings)
            events = await events_of(session, order)
            rights = await _of_lines(session, Entitlement, order.id)
            windows = await _of_lines(session, Acceptance, order.id)
            at = now(session)
        waits = order.state is OrderState.taken_back or order.expires_at > at
        return render(
            self.request,
            "order.html",
            status=form.status,
            form=form,
            order=shown,
            lines=lines,
            events=events,
            rights={one.order_line_id: one for one in rights},
            windows={one.id: one for one in windows},
            open_payment=next((one for one in shown.payments if one.state in OPEN), None),
            methods=self._methods(order, lines),
            may_pay=order.state in WANTING and waits,
            may_buy=self.principal.has(*BUY.roles),
            deposit_days=self.settings.order_deposit_days,
        )

    def _methods(self, order: Order, lines: list[OrderLine]) -> list[tuple[Method, bool]]:
        """Return the ways to pay, each with whether an invoice proves it."""
        tax_types = [line.seller_tax_type for line in lines]
        ways = methods_of(self.gateways.choice, order.total_won, tax_types)
        return [(one, EVIDENCE_OF[one] is EvidenceKind.invoice) for one in ways]


def provide_place(
    request: AnyRequest,
    order_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    gateways: NamedDependency[Gateways],
) -> OrderPlace:
    """Give the page that is asked for."""
    return OrderPlace(request, order_id, phases, principal, settings, gateways)


PLACE: Final = {"place": Provide(provide_place, sync_to_thread=False)}


@get(ONE, opt=allow(BUY_READ), include_in_schema=False, dependencies=PLACE)
async def show_order(place: NamedDependency[OrderPlace]) -> Page:
    """Show an order: what was bought, how it is paid, what happened when."""
    return await place.page()


async def _of_lines(session: AsyncSession, kind: Any, order_id: UUID) -> list[Any]:
    rows = await session.scalars(select(kind).where(col(kind.order_id) == order_id))
    return list(rows)


async def events_of(session: AsyncSession, order: Order) -> list[tuple[str, Step]]:
    """Return what happened to an order and its payments, the newest first, each with its machine."""
    found = [("order", one) for one in await history(session, order.id)]
    for payment in await payments_of(session, order.id):
        found += [("payment", one) for one in await history(session, payment.id)]
    return sorted(found, key=lambda one: one[1].at, reverse=True)


@post(ONE + "/payments", opt=allow(BUY), include_in_schema=False, dependencies=PLACE)
async def submit_payment(place: NamedDependency[OrderPlace], once: NamedDependency[Once]) -> Page:
    """Begin another attempt to pay an order."""
    form = await read_form(place.request, PayForm)

    async def act(content: PayForm) -> Page:
        days = place.settings.order_deposit_days
        attempt = Attempt(content.method, place.principal.user_id, days)

        async def begin(session: AsyncSession) -> UUID:
            made = await paying.pay_anew(
                session, place.own, place.order_id, attempt, gateways=place.gateways
            )
            return made.id

        system = Scope.system()
        return await once.redirect(form.key, begin, lambda made: f"/pay/{made}", scope=system)

    return await submitted(form, act, place.page)


@post(ONE + "/cancellation", opt=allow(BUY), include_in_schema=False, dependencies=PLACE)
async def submit_cancellation(
    place: NamedDependency[OrderPlace], once: NamedDependency[Once]
) -> Page:
    """Give up an order that is not paid."""
    form = await read_form(place.request, Nothing)

    async def act(_: Nothing) -> Page:
        async def cancel(session: AsyncSession) -> None:
            await ending.cancel(session, place.own, place.order_id)

        path, system = f"/orders/{place.order_id}", Scope.system()
        return await once.redirect(form.key, cancel, path, "order-cancelled", scope=system)

    return await submitted(form, act, place.page)


@get(ONE + "/statement.pdf", opt=allow(BUY_READ), include_in_schema=False)
async def send_statement(
    request: AnyRequest,
    order_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """Send the statement of an order (거래명세서) as a PDF in the reader's language."""
    order = await queries.get_own(session, own_organization_id(principal), order_id)
    lines: list[OrderLine] = await queries.lines_of(session, order.id)
    payments = await payments_of(session, order.id)
    kept = {PaymentState.paid, PaymentState.partly_refunded, PaymentState.refunded}
    payment = next((one for one in payments if one.state in kept), None)
    content = await asyncio.to_thread(
        statement, order, lines, payment, issuer_of(settings), language_of(request)
    )
    return file_answer(content, PDF, f"statement-{queries.number_of(order)}.pdf")


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_list,
    show_order,
    submit_payment,
    submit_cancellation,
    send_statement,
)
