"""Reads of orders."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.clock import seoul_date
from marketplace.orders.purchases.errors import OrderNotFound
from marketplace.orders.purchases.models import Order, OrderLine, OrderState


def number_of(order: Order) -> str:
    """Return the number that people read out: the year and the running number."""
    assert order.placed_at is not None, "a saved order has its time"
    return f"P{seoul_date(order.placed_at).year}-{order.sequence:06d}"


async def get_own(session: AsyncSession, organization_id: UUID, order_id: UUID) -> Order:
    """Return an order of an organization.

    Raises:
        OrderNotFound: none of this organization
    """
    found = await session.scalar(
        select(Order).where(
            col(Order.id) == order_id, col(Order.organization_id) == organization_id
        )
    )
    if found is None:
        raise OrderNotFound
    return found


async def locked(session: AsyncSession, order_id: UUID) -> Order:
    """Return an order and keep others from changing it until the transaction ends.

    Orders are locked before payments, payments before the ledger (architecture rule 4).

    Raises:
        OrderNotFound: there is none
    """
    found = await session.scalar(
        select(Order)
        .where(col(Order.id) == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise OrderNotFound
    return found


async def lines_of(session: AsyncSession, order_id: UUID) -> list[OrderLine]:
    """Return the lines of an order in their order."""
    rows = await session.scalars(
        select(OrderLine)
        .where(col(OrderLine.order_id) == order_id)
        .order_by(col(OrderLine.position))
    )
    return list(rows)


async def list_own(
    session: AsyncSession, organization_id: UUID, *, before: int | None, most: int
) -> list[Order]:
    """Return orders of an organization, the newest first.

    Args:
        before: only those with a smaller running number
        most: how many
    """
    statement = select(Order).where(col(Order.organization_id) == organization_id)
    if before is not None:
        statement = statement.where(col(Order.sequence) < before)
    rows = await session.scalars(statement.order_by(col(Order.sequence).desc()).limit(most))
    return list(rows)


async def titles_of(session: AsyncSession, order_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the title of the first line of each order."""
    rows = await session.execute(
        select(col(OrderLine.order_id), col(OrderLine.title_ko)).where(
            col(OrderLine.order_id).in_(list(order_ids)), col(OrderLine.position) == 1
        )
    )
    return {row.order_id: row.title_ko for row in rows}


async def count_open(session: AsyncSession, organization_id: UUID) -> int:
    """Return how many orders of an organization wait for their payment."""
    statement = select(func.count()).where(
        col(Order.organization_id) == organization_id,
        col(Order.state) == OrderState.awaiting_payment,
    )
    return await session.scalar(statement) or 0
