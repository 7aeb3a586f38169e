"""Ending orders that nobody paid: the buyer cancels, or their time is over."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.gateways.settling import PaymentState
from marketplace.audit import Thing, record
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.orders.payments.attempts import ask_soon
from marketplace.orders.payments.models import Payment
from marketplace.orders.purchases import queries
from marketplace.orders.purchases.errors import OrderNotOpen
from marketplace.orders.purchases.models import Order, OrderState
from marketplace.states import move

EXPIRED_MOST = 100


async def cancel(session: AsyncSession, organization_id: UUID, order_id: UUID) -> Order:
    """Give an unpaid order up; money that comes all the same goes back.

    Args:
        session: of the exchange itself, for the payments; the order is looked for by its organization

    Raises:
        OrderNotFound: none of this organization
        OrderNotOpen: it is paid, or has ended
    """
    order = await queries.get_own(session, organization_id, order_id)
    order = await queries.locked(session, order.id)
    if order.state not in {OrderState.awaiting_payment, OrderState.taken_back}:
        raise OrderNotOpen
    await _end(session, order, OrderState.cancelled)
    await record(session, "order.cancelled", Thing("purchase_order", order.id, organization_id))
    return order


async def overdue(session: AsyncSession) -> list[UUID]:
    """Return orders whose time to be paid is over, the oldest first."""
    rows = await session.scalars(
        select(col(Order.id))
        .where(
            col(Order.state) == OrderState.awaiting_payment,
            col(Order.expires_at) < now(session),
        )
        .order_by(col(Order.expires_at))
        .limit(EXPIRED_MOST)
    )
    return list(rows)


async def expire(session: AsyncSession, order_id: UUID) -> bool:
    """Let an order expire if it is still unpaid and overdue; the caller has asked the provider before.

    Returns:
        Whether it expired now.
    """
    order = await queries.locked(session, order_id)
    if order.state is not OrderState.awaiting_payment or order.expires_at >= now(session):
        return False
    await _end(session, order, OrderState.expired)
    await enqueue(session, "checkout.tell_expired", order_id=str(order.id))
    return True


async def _end(session: AsyncSession, order: Order, state: OrderState) -> None:
    """End the order and close its open attempts; the provider is told by the sweeper."""
    await close_attempts(session, order, state.value)
    await move(session, "purchase_order", order, state, organization_id=order.organization_id)


async def close_attempts(session: AsyncSession, order: Order, reason: str) -> None:
    """Close the open attempts of a locked order; the worker closes them at the provider.

    Args:
        session: of the exchange itself
        reason: kept with the step
    """
    payments = await session.scalars(
        select(Payment)
        .where(
            col(Payment.order_id) == order.id,
            col(Payment.state).in_([PaymentState.created, PaymentState.awaiting_deposit]),
        )
        .with_for_update()
    )
    for payment in payments:
        payment.ask_at = now(session)
        await move(
            session, "payment", payment, PaymentState.closed,
            organization_id=order.organization_id, reason=reason,
        )  # fmt: skip
        await ask_soon(session, payment.id)
