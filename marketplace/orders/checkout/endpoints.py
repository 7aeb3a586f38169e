"""The API of orders and of paying them."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Scope
from marketplace.http.cursors import CursorRefused
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    Cursor,
    Limit,
    cursors_of,
    number_of,
)
from marketplace.orders.cart.policies import BUY, BUY_READ
from marketplace.orders.checkout import ending, paying, placing
from marketplace.orders.checkout.placing import Buyer, TooManyOpenOrders, limits_of
from marketplace.orders.checkout.schemas import (
    DepositOut,
    OrderIn,
    OrderLineOut,
    OrderOut,
    Orders,
    PaymentIn,
    PaymentOut,
)
from marketplace.orders.payments.attempts import Attempt, payments_of
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.errors import MethodNotOffered, SellerTaxUndecided
from marketplace.orders.payments.models import Payment
from marketplace.orders.purchases import queries
from marketplace.orders.purchases.errors import (
    AlreadyOwned,
    OrderChanged,
    OrderExpired,
    OrderNotFound,
    OrderNotOpen,
    TermsNotAccepted,
    TrainingRequired,
)
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.quotations.errors import CartEmpty
from marketplace.settings import Settings

PATH: Final = "/api/v1/organization/orders"
ONE: Final = PATH + "/{order_id:uuid}"
TAGS: Final = ["orders"]
LIST_NAME: Final = "orders"


def _payment(payment: Payment, settings: Settings) -> PaymentOut:
    return PaymentOut(
        id=payment.id, method=payment.method, gateway=payment.gateway,
        evidence=payment.evidence, amount_won=payment.amount_won,
        refunded_won=payment.refunded_won, state=payment.state,
        pay_url=f"{settings.public_url.rstrip('/')}/pay/{payment.id}",
        receipt_url=payment.receipt_url,
        account=convert(payment.account, DepositOut) if payment.account else None,
        failure_message=payment.failure_message, started_at=payment.started_at,
        expires_at=payment.expires_at, paid_at=payment.paid_at,
    )  # fmt: skip


def out_of(
    order: Order,
    settings: Settings,
    *,
    lines: Sequence[OrderLine] = (),
    payments: Sequence[Payment] = (),
    title: str = "",
) -> OrderOut:
    """Shape an order as its organization sees it."""
    assert order.placed_at is not None, "a saved row has its time"
    return OrderOut(
        id=order.id, number=queries.number_of(order), state=order.state,
        organization_name=order.organization_name, organization_number=order.organization_number,
        purpose=order.purpose, purpose_note=order.purpose_note, supply_won=order.supply_won,
        vat_won=order.vat_won, total_won=order.total_won, line_count=order.line_count,
        title=title or (lines[0].title_ko if lines else ""), placed_at=order.placed_at,
        expires_at=order.expires_at, paid_at=order.paid_at,
        lines=[convert(one, OrderLineOut, from_attributes=True) for one in lines],
        payments=[_payment(one, settings) for one in payments],
    )  # fmt: skip


async def whole(session: AsyncSession, order: Order, settings: Settings) -> OrderOut:
    """Return an order with its lines and payments."""
    lines = await queries.lines_of(session, order.id)
    return out_of(order, settings, lines=lines, payments=await payments_of(session, order.id))


async def page_of(
    session: AsyncSession, organization_id: UUID, settings: Settings, cursor: str, limit: int
) -> Orders:
    """Return a page of an organization's orders.

    Raises:
        CursorRefused: the cursor was not made here
    """
    cursors = cursors_of(settings, LIST_NAME)
    rows = await queries.list_own(
        session, organization_id, before=number_of(cursors, cursor), most=limit + 1
    )
    titles = await queries.titles_of(session, [one.id for one in rows])
    more = cursors.seal(rows[limit - 1].sequence or 0) if len(rows) > limit else None
    return Orders([out_of(one, settings, title=titles[one.id]) for one in rows[:limit]], more)


@get(PATH, opt=allow(BUY_READ) | answers(CursorRefused), tags=TAGS)
async def list_orders(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: Cursor = "",
    limit: Limit = DEFAULT_ROWS,
) -> Orders:
    """List the orders of your organization, the newest first."""
    return await page_of(session, own_organization_id(principal), settings, cursor, limit)


@post(
    PATH,
    opt=allow(BUY)
    | answers(
        CartEmpty, OrderChanged, TermsNotAccepted, AlreadyOwned, MethodNotOffered,
        SellerTaxUndecided, TooManyOpenOrders, TrainingRequired,
    ),
    tags=TAGS,
)  # fmt: skip
async def place_order(
    data: JSONBody[OrderIn],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    gateways: NamedDependency[Gateways],
    once: NamedDependency[Once],
) -> Response[OrderOut]:
    """Order everything in the cart; its payment goes on at ``pay_url``."""
    buyer, limits = Buyer(own_organization_id(principal), principal.user_id), limits_of(settings)

    async def act(session: AsyncSession) -> OrderOut:
        order, _ = await placing.place(session, buyer, data, gateways=gateways, limits=limits)
        return await whole(session, order, settings)

    return await once.answer(act, OrderOut)


@get(ONE, opt=allow(BUY_READ) | answers(OrderNotFound), tags=TAGS)
async def show_order(
    order_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> OrderOut:
    """Show an order with its lines and the attempts to pay it."""
    order = await queries.get_own(session, own_organization_id(principal), order_id)
    return await whole(session, order, settings)


@post(
    ONE + "/payments",
    opt=allow(BUY)
    | answers(OrderNotFound, OrderNotOpen, OrderExpired, MethodNotOffered, SellerTaxUndecided),
    tags=TAGS,
)
async def pay_order(
    *,
    order_id: FromPath[UUID],
    data: JSONBody[PaymentIn],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    gateways: NamedDependency[Gateways],
    once: NamedDependency[Once],
) -> Response[OrderOut]:
    """Begin another attempt to pay an order; the one before is closed."""
    own = own_organization_id(principal)
    attempt = Attempt(data.method, principal.user_id, settings.order_deposit_days)

    async def act(session: AsyncSession) -> OrderOut:
        await paying.pay_anew(session, own, order_id, attempt, gateways=gateways)
        return await whole(session, await queries.get_own(session, own, order_id), settings)

    return await once.answer(act, OrderOut, scope=Scope.system())


@post(
    ONE + "/cancellation",
    status_code=200,
    opt=allow(BUY) | answers(OrderNotFound, OrderNotOpen),
    tags=TAGS,
)
async def cancel_order(
    order_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[OrderOut]:
    """Give up an order that is not paid."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> OrderOut:
        order = await ending.cancel(session, own, order_id)
        return await whole(session, order, settings)

    return await once.answer(act, OrderOut, status=200, scope=Scope.system())


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_orders,
    place_order,
    show_order,
    pay_order,
    cancel_order,
)
