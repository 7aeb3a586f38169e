"""Opening the windows of paid lines, and ending them where nothing is left to accept."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.db import now
from marketplace.orders.acceptance.models import Acceptance, AcceptanceState
from marketplace.orders.purchases.models import OrderLine
from marketplace.states import move

MACHINE = "acceptance"


async def open_windows(session: AsyncSession, lines: Sequence[OrderLine]) -> None:
    """Open the window of each paid line; one that ended because the bank took the money back opens anew.

    Args:
        session: of the exchange itself
    """
    at = now(session)
    found = await session.scalars(
        select(Acceptance)
        .where(col(Acceptance.id).in_([line.id for line in lines]))
        .order_by(col(Acceptance.id))
        .with_for_update()
    )
    known = {one.id: one for one in found}
    for line in lines:
        closes_at = at + timedelta(days=line.acceptance_days)
        if (earlier := known.get(line.id)) is None:
            session.add(
                Acceptance(
                    id=line.id, order_id=line.order_id, organization_id=line.organization_id,
                    seller_id=line.seller_id, opened_at=at, closes_at=closes_at,
                )
            )  # fmt: skip
        elif earlier.state is AcceptanceState.ended:
            earlier.opened_at, earlier.closes_at = at, closes_at
            earlier.decided_at, earlier.decided_by = None, None
            await move(
                session, MACHINE, earlier, AcceptanceState.open,
                organization_id=earlier.organization_id,
            )  # fmt: skip
    await session.flush()


async def end_windows(session: AsyncSession, line_ids: Sequence[UUID], reason: str) -> None:
    """End the windows of lines of which nothing is left, also those that were accepted.

    Args:
        session: of the exchange itself
    """
    found = await session.scalars(
        select(Acceptance)
        .where(
            col(Acceptance.id).in_(list(line_ids)),
            col(Acceptance.state) != AcceptanceState.ended,
        )
        .order_by(col(Acceptance.id))
        .with_for_update()
    )
    for one in found:
        one.decided_at = now(session)
        await move(
            session, MACHINE, one, AcceptanceState.ended,
            organization_id=one.organization_id, reason=reason,
        )  # fmt: skip
