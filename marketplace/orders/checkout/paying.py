"""Paying an order anew after an attempt failed, and going on at the gateway."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing.gateways.errors import GatewayError, GatewayRefused
from billing.gateways.facts import Payer
from billing.gateways.settling import PaymentState
from marketplace.db import Phases, Scope, now
from marketplace.failpoints import failpoint
from marketplace.orders.checkout.ending import close_attempts
from marketplace.orders.payments.attempts import (
    Attempt,
    begin,
    get,
    intention_of,
)
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.errors import GatewayAway, PaymentNotFound
from marketplace.orders.payments.models import Payment
from marketplace.orders.payments.settling import PENDING, lock
from marketplace.orders.purchases import queries
from marketplace.orders.purchases.errors import OrderExpired, OrderNotOpen
from marketplace.orders.purchases.models import Order, OrderState
from marketplace.states import move


async def pay_anew(
    session: AsyncSession,
    organization_id: UUID,
    order_id: UUID,
    attempt: Attempt,
    *,
    gateways: Gateways,
) -> Payment:
    """Begin another attempt to pay an order; the one that was open is closed.

    Args:
        session: of the exchange itself; the order is looked for by its organization

    Raises:
        OrderNotFound: none of this organization
        OrderNotOpen: it is paid, or has ended
        OrderExpired: its time is over
        MethodNotOffered, SellerTaxUndecided: it cannot be paid so
    """
    order = await queries.get_own(session, organization_id, order_id)
    order = await queries.locked(session, order.id)
    if order.state not in {OrderState.awaiting_payment, OrderState.taken_back}:
        raise OrderNotOpen
    if order.state is OrderState.awaiting_payment and order.expires_at <= now(session):
        raise OrderExpired
    await close_attempts(session, order, "another attempt")
    lines = await queries.lines_of(session, order.id)
    return await begin(session, order, lines, attempt, gateways=gateways)


async def start(
    phases: Phases, gateways: Gateways, payment_id: UUID, *, public_url: str
) -> tuple[Payment, Order]:
    """Have the gateway begin a payment, if it has not; once more is the same payment.

    Args:
        phases: opens transactions; what is shown was looked up in the caller's own

    Returns:
        The payment with the link or the kit that leads on, and its order.

    Raises:
        PaymentNotFound: the caller may not see it
        GatewayAway: the gateway does not answer; nothing was charged
    """
    async with phases() as session:
        payment = await get(session, payment_id)
        order = await session.get(Order, payment.order_id)
        if order is None or order.organization_id != payment.organization_id:
            raise PaymentNotFound
    begun = payment.redirect_url or payment.kit
    if begun or payment.state not in PENDING:
        return payment, order
    payer = Payer(name=order.organization_name, email=order.invoice_email)
    intention = intention_of(payment, payer, public_url=public_url)
    try:
        started = await gateways.named(payment.gateway).start(intention)
    except GatewayRefused as error:
        return await _refused(phases, payment_id, error)
    except (GatewayError, LookupError) as error:
        raise GatewayAway(retry_after_s=5) from error
    failpoint("payment.started")
    async with phases(Scope.system()) as session:
        order, payment = await lock(session, payment_id)
        payment.provider_key = payment.provider_key or started.provider_key
        payment.redirect_url = started.redirect_url
        if started.kit is not None:
            payment.kit = {"script_url": started.kit.script_url, "request": started.kit.request}
        await session.flush()
    return payment, order


async def _refused(
    phases: Phases, payment_id: UUID, error: GatewayRefused
) -> tuple[Payment, Order]:
    """Keep that the gateway does not take this payment; nothing was charged."""
    async with phases(Scope.system()) as session:
        order, payment = await lock(session, payment_id)
        if payment.state is PaymentState.created:
            payment.failure_code, payment.failure_message = error.code, error.ko
            payment.ask_at = None
            await move(
                session, "payment", payment, PaymentState.failed,
                organization_id=payment.organization_id, reason="start",
            )  # fmt: skip
    return payment, order
