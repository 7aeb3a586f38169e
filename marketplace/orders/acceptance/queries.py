"""Reads of acceptances."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.orders.acceptance.models import Acceptance


async def windows_of(session: AsyncSession, order_id: UUID) -> dict[UUID, Acceptance]:
    """Return the windows of an order by line; an order that was never paid has none."""
    rows = await session.scalars(select(Acceptance).where(col(Acceptance.order_id) == order_id))
    return {one.id: one for one in rows}
