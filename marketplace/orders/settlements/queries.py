"""Reads of settlements."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.purchases.queries import number_of
from marketplace.orders.settlements.errors import SettlementNotFound, SettlementPeriodNotFound
from marketplace.orders.settlements.models import (
    FeeInvoice,
    Payout,
    Settlement,
    SettlementLine,
    SettlementPeriod,
    SettlementState,
)

LISTED_MOST = 500
DECIDED = (SettlementState.approved, SettlementState.paying, SettlementState.paid)


@dataclass(frozen=True)
class SettledLine:
    """A line of a settlement with what was sold [won]."""

    order_line_id: UUID
    order_number: str
    buyer: str
    product_number: int
    title_ko: str
    title_en: str
    accepted_at: datetime
    amount_won: int
    fee_base_won: int


async def get(session: AsyncSession, settlement_id: UUID) -> Settlement:
    """Return a settlement.

    Raises:
        SettlementNotFound: there is none
    """
    found = await session.get(Settlement, settlement_id)
    if found is None:
        raise SettlementNotFound
    return found


async def lock(session: AsyncSession, settlement_id: UUID) -> Settlement:
    """Return a settlement as it is now, and keep others from changing it.

    Raises:
        SettlementNotFound: there is none
    """
    found = await session.get(
        Settlement, settlement_id, with_for_update=True, populate_existing=True
    )
    if found is None:
        raise SettlementNotFound
    return found


async def get_own(session: AsyncSession, organization_id: UUID, settlement_id: UUID) -> Settlement:
    """Return a settlement of a seller once two persons have approved it.

    Raises:
        SettlementNotFound: none of this seller, or still a draft
    """
    found = await session.get(Settlement, settlement_id)
    hidden = found is None or found.organization_id != organization_id
    if found is None or hidden or found.state not in DECIDED:
        raise SettlementNotFound
    return found


async def list_own(session: AsyncSession, organization_id: UUID) -> list[Settlement]:
    """Return the approved settlements of a seller, the newest first."""
    rows = await session.scalars(
        select(Settlement)
        .where(
            col(Settlement.organization_id) == organization_id,
            col(Settlement.state).in_(DECIDED),
        )
        .order_by(col(Settlement.sequence).desc())
        .limit(LISTED_MOST)
    )
    return list(rows)


async def list_periods(session: AsyncSession) -> list[SettlementPeriod]:
    """Return the months, the newest first."""
    rows = await session.scalars(
        select(SettlementPeriod).order_by(col(SettlementPeriod.begins_on).desc()).limit(120)
    )
    return list(rows)


async def get_period(session: AsyncSession, period_id: UUID) -> SettlementPeriod:
    """Return a month.

    Raises:
        SettlementPeriodNotFound: there is none
    """
    found = await session.get(SettlementPeriod, period_id)
    if found is None:
        raise SettlementPeriodNotFound
    return found


async def lock_period(session: AsyncSession, period_id: UUID) -> SettlementPeriod:
    """Return a month as it is now, and keep others from changing it.

    Raises:
        SettlementPeriodNotFound: there is none
    """
    found = await session.get(
        SettlementPeriod, period_id, with_for_update=True, populate_existing=True
    )
    if found is None:
        raise SettlementPeriodNotFound
    return found


async def list_of(
    session: AsyncSession, period_id: UUID, *, after: int = 0, most: int = LISTED_MOST
) -> list[Settlement]:
    """Return the settlements of a month by number.

    Args:
        after: only those with a larger number
        most: how many
    """
    rows = await session.scalars(
        select(Settlement)
        .where(col(Settlement.period_id) == period_id, col(Settlement.sequence) > after)
        .order_by(col(Settlement.sequence))
        .limit(most)
    )
    return list(rows)


async def anything_open(session: AsyncSession, period_id: UUID) -> bool:
    """Whether a settlement of the month is still to be decided or paid."""
    waits = col(Settlement.state).in_(
        [SettlementState.drafted, SettlementState.approved_once, SettlementState.paying]
    ) | ((col(Settlement.state) == SettlementState.approved) & (col(Settlement.paid_won) > 0))
    found = await session.scalar(
        select(func.count()).where(col(Settlement.period_id) == period_id, waits)
    )
    return bool(found)


async def settlement_lines(session: AsyncSession, settlement_id: UUID) -> list[SettlementLine]:
    """Return the lines that a settlement has; what was let go is left out."""
    rows = await session.scalars(
        select(SettlementLine)
        .where(
            col(SettlementLine.settlement_id) == settlement_id,
            col(SettlementLine.released_at).is_(None),
        )
        .order_by(col(SettlementLine.accepted_at), col(SettlementLine.order_line_id))
    )
    return list(rows)


async def lines_with_sales(session: AsyncSession, settlement_id: UUID) -> list[SettledLine]:
    """Return the lines of a settlement with what was sold, in the order of acceptance."""
    rows = await session.execute(
        select(SettlementLine, OrderLine, Order)
        .join(OrderLine, col(OrderLine.id) == col(SettlementLine.order_line_id))
        .join(Order, col(Order.id) == col(OrderLine.order_id))
        .where(
            col(SettlementLine.settlement_id) == settlement_id,
            col(SettlementLine.released_at).is_(None),
        )
        .order_by(col(SettlementLine.accepted_at), col(SettlementLine.order_line_id))
    )
    return [
        SettledLine(
            order_line_id=line.id, order_number=number_of(order), buyer=order.organization_name,
            product_number=line.product_number, title_ko=line.title_ko, title_en=line.title_en,
            accepted_at=settled.accepted_at, amount_won=settled.amount_won,
            fee_base_won=settled.fee_base_won,
        )
        for settled, line, order in rows.all()
    ]  # fmt: skip


async def find_payout(session: AsyncSession, settlement_id: UUID) -> Payout | None:
    """Return the payout of a settlement, where something is paid out."""
    found: Payout | None = await session.scalar(
        select(Payout).where(col(Payout.settlement_id) == settlement_id)
    )
    return found


async def find_fee_invoice(session: AsyncSession, settlement_id: UUID) -> FeeInvoice | None:
    """Return what the exchange's invoice for the fee says, where there is a fee."""
    found: FeeInvoice | None = await session.scalar(
        select(FeeInvoice).where(col(FeeInvoice.settlement_id) == settlement_id)
    )
    return found
