"""Work on payments beside the requests: settling, sweeping, sending refunds, and the sandbox's notifications."""

import logging
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlmodel import col

from billing.gateways.errors import GatewayError
from billing.gateways.facts import Method
from marketplace.auth import Function, Role
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.encryption import Keyring
from marketplace.errors import Unavailable
from marketplace.jobs import JobContext, PeriodicContext, enqueue, job, periodic
from marketplace.members.organizations.telling import tell_people
from marketplace.orders.payments.attempts import ask_soon
from marketplace.orders.payments.choosing import SANDBOX, Gateways
from marketplace.orders.payments.models import Payment, PaymentRefund, RefundState
from marketplace.orders.payments.notices import REFUND_REFUSED
from marketplace.orders.payments.reconciling import reconcile, uncompared
from marketplace.orders.payments.sending import refund_account, send_refund
from marketplace.orders.payments.settling import Cause, settle
from marketplace.orders.purchases.models import Order
from marketplace.orders.purchases.queries import number_of
from marketplace.settings import Settings

logger = logging.getLogger(__name__)
RECONCILE_EVERY_S: Final = 1_800.0
SWEEP_EVERY_S: Final = 15.0
SWEPT_MOST: Final = 200
DELIVER_EVERY_S: Final = 1.0
WEBHOOK_TIMEOUT_S: Final = 10.0


class PaymentParts(Protocol):
    """The worker's parts that this work uses."""

    @property
    def settings(self) -> Settings:
        """The settings of the worker."""

    @property
    def gateways(self) -> Gateways:
        """The payment gateways."""

    @property
    def keyring(self) -> Keyring:
        """Opens the numbers of bank accounts."""


class GatewaySilent(Unavailable):
    """The gateway gave no answer; asked again later."""

    code = "gateway_silent"
    ko = "결제 대행사 {gateway}이(가) 답하지 않습니다({reason}). 다시 묻습니다."
    en = "The payment gateway {gateway} gives no answer ({reason}). It is asked again."


@job("payments.settle", attempts=8, limit_s=120, backoff_s=5.0)
async def settle_payment(context: JobContext[PaymentParts], *, payment_id: str) -> None:
    """Ask the provider of a payment for the truth and do what it asks for."""
    try:
        await settle(context.phases, context.parts.gateways, UUID(payment_id), Cause.webhook)
    except GatewayError as error:
        raise GatewaySilent(gateway=error.gateway, reason=error.code) from error


@periodic("payments.sweep", every_s=SWEEP_EVERY_S, limit_s=120)
async def sweep(context: PeriodicContext[PaymentParts]) -> None:
    """Have every payment asked for that nobody has told us of for too long."""
    async with context.phases() as session:
        due = await session.scalars(
            select(Payment)
            .where(col(Payment.ask_at) <= now(session))
            .order_by(col(Payment.ask_at))
            .limit(SWEPT_MOST)
            .with_for_update(skip_locked=True)
        )
        for payment in due:
            payment.ask_at = None  # settling says when next
            await ask_soon(session, payment.id)


@job("payments.send_refund", attempts=10, limit_s=180, backoff_s=10.0)
async def send(context: JobContext[PaymentParts], *, refund_id: str) -> None:
    """Have a provider pay a refund; the deposit of a virtual account waits for the buyer's own account."""
    account = None
    async with context.phases() as session:
        refund = await session.get_one(PaymentRefund, UUID(refund_id))
        payment = await session.get_one(Payment, refund.payment_id)
        if refund.state is RefundState.wanted and payment.method is Method.virtual_account:
            account = await refund_account(session, payment, context.parts.keyring)
            if account is None:
                await enqueue(session, "refunds.ask_account", refund_id=refund_id)
                return
    try:
        await send_refund(context.phases, context.parts.gateways, refund.id, account)
    except GatewayError as error:
        raise GatewaySilent(gateway=error.gateway, reason=error.code) from error


@job("payments.tell_refused", attempts=5, limit_s=60)
async def tell_refused(context: JobContext[object], *, refund_id: str) -> None:
    """Tell the operator's finance staff of a refund that the provider refused."""
    async with context.phases() as session:
        refund = await session.get_one(PaymentRefund, UUID(refund_id))
        payment = await session.get_one(Payment, refund.payment_id)
        order = await session.get_one(Order, payment.order_id)
        await tell_people(
            session, (Role.administrator, Role.finance), REFUND_REFUSED,
            function=Function.exchange_operator, link=f"/operator/payments/{payment.id}",
            number=number_of(order), amount_won=f"{refund.amount_won:,}", failure=refund.failure,
        )  # fmt: skip


@periodic("payments.reconcile", every_s=RECONCILE_EVERY_S, limit_s=1_800)
async def reconcile_yesterday(context: PeriodicContext[PaymentParts]) -> None:
    """Compare the day before, once for each gateway that has payments; a failed day is tried again."""
    gateways = context.parts.gateways
    async with context.phases() as session:
        day = seoul_date(now(session)) - timedelta(days=1)
        names = await uncompared(session, day)
    for name in names:
        if gateways.knows(name):
            try:
                await reconcile(context.phases, gateways, name, day)
            except GatewayError as error:
                logger.warning("%s gave no list of %s: %s", name, day, error.code)


@periodic("payments.send_sandbox_webhooks", every_s=DELIVER_EVERY_S, limit_s=60)
async def send_sandbox_webhooks(context: PeriodicContext[PaymentParts]) -> None:
    """Send the notifications that the sandbox's gateway owes to our own address, as a provider would."""
    gateways = context.parts.gateways
    if not gateways.knows(SANDBOX):
        return
    due = await gateways.sandbox.webhooks()
    if not due:
        return
    address = f"{context.parts.settings.public_url.rstrip('/')}/webhooks/{SANDBOX}"
    async with httpx.AsyncClient(timeout=WEBHOOK_TIMEOUT_S) as client:
        for one in due:
            try:
                await client.post(address, content=one.raw, headers=one.headers)
            except httpx.HTTPError:
                continue  # as a provider whose call is lost; the sweeper asks
