"""Beginning an attempt to pay: the intention is stored before any gateway hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.gateways.choice import GatewayChoice
from billing.gateways.facts import TITLE_CHARACTERS_MAX, Intention, Method, Payer, Reference
from billing.gateways.settling import PaymentState
from billing.papers.evidence import SellerTax
from marketplace.audit import Thing, record
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.errors import MethodNotOffered, PaymentNotFound, SellerTaxUndecided
from marketplace.orders.payments.models import EVIDENCE_OF, EvidenceKind, Payment
from marketplace.orders.purchases.models import Order, OrderLine

MACHINE = "payment"
# When the sweeper first asks the provider of a new attempt by itself.
FIRST_ASK = timedelta(seconds=60)
UNDECIDED = frozenset({SellerTax.special, SellerTax.institution, SellerTax.identified_body})


@dataclass(frozen=True)
class Attempt:
    """How somebody wants to pay.

    Args:
        deposit_days: how long a virtual account waits for its deposit [days]
    """

    method: Method
    user_id: UUID
    deposit_days: int


def methods_of(
    choice: GatewayChoice, total_won: int, tax_types: Sequence[str]
) -> tuple[Method, ...]:
    """Return the ways to pay an order, in the order shown.

    Args:
        total_won: with VAT [won]
        tax_types: of the sellers; one of type 02 gives no invoice, so only cards and wallets are left (B2)
    """
    offered = choice.offered(total_won)
    if SellerTax.simplified.value not in tax_types:
        return offered
    return tuple(one for one in offered if EVIDENCE_OF[one] is EvidenceKind.card_slip)


async def begin(
    session: AsyncSession,
    order: Order,
    lines: Sequence[OrderLine],
    attempt: Attempt,
    *,
    gateways: Gateways,
) -> Payment:
    """Store a new attempt to pay an order that waits for its payment; the caller has locked the order.

    Raises:
        MethodNotOffered: this order cannot be paid so
        SellerTaxUndecided: the register does not say how a seller is taxed
    """
    for line in lines:
        if line.seller_tax_type in UNDECIDED:
            raise SellerTaxUndecided(seller=line.seller_name)
    tax_types = [line.seller_tax_type for line in lines]
    if attempt.method not in methods_of(gateways.choice, order.total_won, tax_types):
        raise MethodNotOffered
    at, gateway = now(session), gateways.choice.gateway_for(attempt.method)
    by_deposit = attempt.method is Method.virtual_account
    payment = Payment(
        order_id=order.id,
        organization_id=order.organization_id,
        method=attempt.method,
        gateway=gateway,
        evidence=EVIDENCE_OF[attempt.method],
        amount_won=order.total_won,
        live=gateways.live,
        title=title_of(lines),
        created_by=attempt.user_id,
        started_at=at,
        expires_at=at + timedelta(days=attempt.deposit_days) if by_deposit else order.expires_at,
        ask_at=at + FIRST_ASK,
    )
    session.add(payment)
    await session.flush()
    await record(
        session, "payment.begun", Thing("payment", payment.id, order.organization_id),
        facts={"method": attempt.method.value, "gateway": gateway, "amount_won": payment.amount_won},
    )  # fmt: skip
    return payment


def title_of(lines: Sequence[OrderLine]) -> str:
    """Return what the buyer reads on the gateway's page."""
    more = f" 외 {len(lines) - 1}건" if len(lines) > 1 else ""
    return lines[0].title_ko[: TITLE_CHARACTERS_MAX - len(more)] + more


async def find_open(session: AsyncSession, order_id: UUID) -> Payment | None:
    """Return the attempt of an order that can still be paid."""
    return await session.scalar(
        select(Payment).where(
            col(Payment.order_id) == order_id,
            col(Payment.state).in_([PaymentState.created, PaymentState.awaiting_deposit]),
        )
    )


async def get(session: AsyncSession, payment_id: UUID) -> Payment:
    """Return a payment that the transaction may see.

    Raises:
        PaymentNotFound: there is none
    """
    found = await session.get(Payment, payment_id)
    if found is None:
        raise PaymentNotFound
    return found


async def payments_of(session: AsyncSession, order_id: UUID) -> list[Payment]:
    """Return the attempts to pay an order, the oldest first."""
    rows = await session.scalars(
        select(Payment)
        .where(col(Payment.order_id) == order_id)
        .order_by(col(Payment.started_at), col(Payment.id))
    )
    return list(rows)


def intention_of(payment: Payment, payer: Payer, *, public_url: str) -> Intention:
    """Return a payment as its gateway is told of it."""
    return Intention(
        id=payment.id,
        amount_won=payment.amount_won,
        method=payment.method,
        title=payment.title,
        return_url=f"{public_url.rstrip('/')}/pay/{payment.id}/return",
        payer=payer,
        started_at=payment.started_at,
        expires_at=payment.expires_at,
    )


def reference_of(payment: Payment) -> Reference:
    """Return what its gateway finds a payment by."""
    return Reference(
        id=payment.id,
        amount_won=payment.amount_won,
        method=payment.method,
        started_at=payment.started_at,
        provider_key=payment.provider_key,
    )


async def ask_soon(session: AsyncSession, payment_id: UUID, *, delay_s: float = 0) -> None:
    """Have the worker ask the provider for the truth of a payment."""
    await enqueue(
        session, "payments.settle", payment_id=str(payment_id), delay_s=delay_s,
        queueing_lock=f"settle {payment_id}",
    )  # fmt: skip
