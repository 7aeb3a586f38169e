"""Telling buyers and sellers of orders, and letting unpaid ones expire."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from billing.gateways.errors import GatewayError
from marketplace.auth import Role
from marketplace.clock import SEOUL, seoul_date
from marketplace.jobs import JobContext, PeriodicContext, job, periodic
from marketplace.members.organizations.telling import tell_people
from marketplace.notices.kinds import NoticeKind
from marketplace.orders.checkout import notices
from marketplace.orders.checkout.ending import expire, overdue
from marketplace.orders.checkout.placing import sellers_of
from marketplace.orders.payments.attempts import find_open
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.models import Payment
from marketplace.orders.payments.settling import Cause, settle
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.purchases.queries import lines_of, number_of

BUYING: Final = (Role.owner, Role.buyer)
SELLING: Final = (Role.owner, Role.seller)
EXPIRE_EVERY_S: Final = 60.0


class GatewayParts(Protocol):
    """The worker's parts that this work uses."""

    @property
    def gateways(self) -> Gateways:
        """The payment gateways."""


@job("checkout.tell_paid", attempts=5, limit_s=60)
async def tell_paid(context: JobContext[object], *, order_id: str) -> None:
    """Tell the buyer that the order is paid, and each seller what was sold."""
    async with context.phases() as session:
        order = await session.get_one(Order, UUID(order_id))
        lines = await lines_of(session, order.id)
        assert order.paid_at is not None, "a paid order has its time"
        closes_on = seoul_date(order.paid_at + timedelta(days=lines[0].acceptance_days))
        await tell_people(
            session, BUYING, notices.PAID, organization_id=order.organization_id,
            link=f"/orders/{order.id}",
            **_facts(order, lines), closes_on=closes_on.isoformat(),
        )  # fmt: skip
        for seller_id, own in sellers_of(lines).items():
            await tell_people(
                session, SELLING, notices.SOLD, organization_id=seller_id, link="/selling/sales",
                **_facts(order, own), buyer=order.organization_name,
            )  # fmt: skip


@job("checkout.tell_account", attempts=5, limit_s=60)
async def tell_account(context: JobContext[object], *, payment_id: str) -> None:
    """Tell the buyer which account waits for the deposit."""
    async with context.phases() as session:
        payment = await session.get_one(Payment, UUID(payment_id))
        order = await session.get_one(Order, payment.order_id)
        account = payment.account or {}
        due_at = payment.expires_at.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M")
        await tell_people(
            session, BUYING, notices.ACCOUNT, organization_id=order.organization_id,
            link=f"/orders/{order.id}",
            number=number_of(order), bank=account.get("bank", ""),
            account=account.get("number", ""), holder=account.get("holder", ""),
            total_won=f"{payment.amount_won:,}", due_at=due_at,
        )  # fmt: skip


@job("checkout.tell_expired", attempts=5, limit_s=60)
async def tell_expired(context: JobContext[object], *, order_id: str) -> None:
    """Tell the buyer that the order has expired."""
    await _tell_buyer(context, order_id, notices.EXPIRED)


@job("checkout.tell_taken_back", attempts=5, limit_s=60)
async def tell_taken_back(context: JobContext[object], *, order_id: str) -> None:
    """Tell buyer and sellers that the bank took the deposit back."""
    await _tell_buyer(context, order_id, notices.TAKEN_BACK)
    async with context.phases() as session:
        order = await session.get_one(Order, UUID(order_id))
        lines = await lines_of(session, order.id)
        for seller_id in sellers_of(lines):
            await tell_people(
                session, SELLING, notices.TAKEN_BACK, organization_id=seller_id,
                link="/selling/sales",
                number=number_of(order),
            )  # fmt: skip


@periodic("checkout.expire", every_s=EXPIRE_EVERY_S, limit_s=300)
async def expire_orders(context: PeriodicContext[GatewayParts]) -> None:
    """End the orders whose time is over, after asking whether they were paid meanwhile."""
    async with context.phases() as session:
        found = await overdue(session)
    for order_id in found:
        async with context.phases() as session:
            payment = await find_open(session, order_id)
        if payment is not None:
            try:
                await settle(context.phases, context.parts.gateways, payment.id, Cause.sweeper)
            except GatewayError:
                continue  # not known whether it was paid: the next round asks again
        async with context.phases() as session:
            await expire(session, order_id)


async def _tell_buyer(context: JobContext[object], order_id: str, kind: NoticeKind) -> None:
    async with context.phases() as session:
        order = await session.get_one(Order, UUID(order_id))
        facts = _facts(order, await lines_of(session, order.id))
        await tell_people(
            session,
            BUYING,
            kind,
            organization_id=order.organization_id,
            link=f"/orders/{order.id}",
            **facts,
        )


def _facts(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    return {
        "number": number_of(order),
        "title": lines[0].title_ko,
        "count": len(lines),
        "total_won": f"{sum(line.paid.total_won for line in lines):,}",
    }
