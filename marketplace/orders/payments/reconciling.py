"""The daily comparison of what a provider lists with what we booked; every difference waits for an operator."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.gateways.facts import Movement, MovementKind
from billing.gateways.settling import PaymentState
from marketplace.clock import SEOUL
from marketplace.db import Phases, Scope, now
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.models import (
    Difference,
    DifferenceKind,
    Payment,
    PaymentRefund,
    Reconciliation,
    RefundState,
)

# Our clock and the provider's name the same movement within this time.
SKEW = timedelta(minutes=10)
NEVER_PAID = frozenset(
    {PaymentState.created, PaymentState.awaiting_deposit, PaymentState.closed, PaymentState.failed}
)


@dataclass(frozen=True)
class Found:
    """One difference, before it is written down."""

    kind: DifferenceKind
    payment_id: UUID | None
    provider_key: str
    theirs_won: int | None
    ours_won: int | None


async def reconcile(phases: Phases, gateways: Gateways, name: str, day: date) -> int:
    """Compare one day of one gateway with our rows and write down what differs; once more adds nothing.

    Args:
        phases: opens transactions; all of them are the exchange's own
        name: of the gateway
        day: in Seoul, one that has ended

    Returns:
        How many differences the day has.

    Raises:
        GatewayError: the provider does not answer
    """
    movements = await gateways.named(name).movements(day)
    async with phases(Scope.system()) as session:
        found = await differences(session, name, day, movements)
        await session.execute(
            insert(Reconciliation)
            .values(
                gateway=name,
                day=day,
                movement_count=len(movements),
                difference_count=len(found),
                done_at=now(session),
            )
            .on_conflict_do_update(
                index_elements=["gateway", "day"],
                set_={
                    "movement_count": len(movements),
                    "difference_count": len(found),
                    "done_at": now(session),
                },
            )
        )
        for one in found:
            await session.execute(
                insert(Difference)
                .values(
                    gateway=name,
                    day=day,
                    kind=one.kind,
                    payment_id=one.payment_id,
                    provider_key=one.provider_key,
                    theirs_won=one.theirs_won,
                    ours_won=one.ours_won,
                )
                .on_conflict_do_nothing()
            )
    return len(found)


async def uncompared(session: AsyncSession, day: date) -> list[str]:
    """Return the gateways that had payments and whose day was not compared yet."""
    done = select(col(Reconciliation.gateway)).where(col(Reconciliation.day) == day)
    rows = await session.scalars(
        select(col(Payment.gateway)).where(col(Payment.gateway).not_in(done)).distinct()
    )
    return sorted(rows)


async def differences(
    session: AsyncSession, name: str, day: date, movements: Iterable[Movement]
) -> list[Found]:
    """Return what the provider's list of a day and our rows do not say alike."""
    listed = list(movements)
    paid = {one.id: one for one in listed if one.kind is MovementKind.paid and one.id}
    payments = await _payments(session, name, set(paid))
    found = [
        Found(DifferenceKind.unknown_there, None, one.provider_key, one.amount_won, None)
        for one in listed
        if one.kind is MovementKind.paid and one.id not in payments
    ]
    for payment_id, movement in paid.items():
        payment = payments.get(payment_id)
        if payment is None:
            continue
        if payment.state in NEVER_PAID:
            kind = DifferenceKind.unpaid_here
        elif payment.amount_won != movement.amount_won:
            kind = DifferenceKind.amount_differs
        else:
            continue
        found.append(
            Found(kind, payment.id, movement.provider_key, movement.amount_won, payment.amount_won)
        )
    found += await _missing_there(session, name, day, set(paid))
    return found + await _refunds(session, name, listed)


async def _payments(session: AsyncSession, name: str, ids: set[UUID]) -> dict[UUID, Payment]:
    rows = await session.scalars(
        select(Payment).where(col(Payment.id).in_(ids), col(Payment.gateway) == name)
    )
    return {row.id: row for row in rows}


async def _missing_there(
    session: AsyncSession, name: str, day: date, listed: set[UUID]
) -> list[Found]:
    """Return what we booked as paid well within the day and the provider does not list."""
    begin = datetime.combine(day, time.min, SEOUL) + SKEW
    rows = await session.scalars(
        select(Payment).where(
            col(Payment.gateway) == name,
            col(Payment.paid_at) >= begin,
            col(Payment.paid_at) < begin + timedelta(days=1) - 2 * SKEW,
            col(Payment.state) != PaymentState.taken_back,
        )
    )
    return [
        Found(DifferenceKind.missing_there, row.id, row.provider_key, None, row.amount_won)
        for row in rows
        if row.id not in listed
    ]


async def _refunds(session: AsyncSession, name: str, listed: list[Movement]) -> list[Found]:
    """Return refunds that the provider lists and we have not booked, or with another amount."""
    found: list[Found] = []
    for one in listed:
        if one.kind is not MovementKind.refunded:
            continue
        refund = await _refund(session, name, one)
        if refund is None or refund.state is not RefundState.done:
            payment_id = refund.payment_id if refund is not None else one.id
            found.append(
                Found(
                    DifferenceKind.refund_unbooked,
                    payment_id,
                    one.provider_key,
                    one.amount_won,
                    None,
                )
            )
        elif refund.amount_won != one.amount_won:
            found.append(
                Found(
                    DifferenceKind.refund_differs, refund.payment_id, one.provider_key,
                    one.amount_won, refund.amount_won,
                )
            )  # fmt: skip
    return found


async def _refund(session: AsyncSession, name: str, one: Movement) -> PaymentRefund | None:
    own = col(PaymentRefund.id) == one.refund_id
    theirs = (col(PaymentRefund.provider_key) == one.provider_key) & (
        col(PaymentRefund.provider_key) != ""
    )
    return await session.scalar(
        select(PaymentRefund)
        .join(Payment, col(Payment.id) == col(PaymentRefund.payment_id))
        .where(col(Payment.gateway) == name, own if one.refund_id else theirs)
    )
