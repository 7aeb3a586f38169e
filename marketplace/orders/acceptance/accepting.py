"""Closing a window for the seller: the buyer accepts, the time is over, or a dispute ends so. It books itself."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.ledger import movements
from billing.ledger.queries import standing
from billing.ledger.service import post
from marketplace.audit import Thing, record
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.orders.acceptance.errors import AcceptanceClosed, AcceptanceNotFound
from marketplace.orders.acceptance.models import Acceptance, AcceptanceState
from marketplace.orders.acceptance.opening import MACHINE
from marketplace.orders.purchases.models import OrderLine
from marketplace.orders.purchases.queries import locked
from marketplace.states import move

LAPSED_MOST: Final = 200


async def lock(
    session: AsyncSession, line_id: UUID, *, buyer_id: UUID | None = None
) -> tuple[OrderLine, Acceptance]:
    """Lock the order of a paid line, then the line and its window, and return the two.

    Args:
        session: of the exchange itself
        buyer_id: only a line that this organization bought

    Raises:
        AcceptanceNotFound: there is no such window
    """
    found = await session.scalar(select(Acceptance).where(col(Acceptance.id) == line_id))
    if found is None or buyer_id not in {None, found.organization_id}:
        raise AcceptanceNotFound
    await locked(session, found.order_id)
    line = await session.get_one(OrderLine, line_id, with_for_update=True, populate_existing=True)
    acceptance = await session.get_one(
        Acceptance, line_id, with_for_update=True, populate_existing=True
    )
    return line, acceptance


async def accept(
    session: AsyncSession, organization_id: UUID, line_id: UUID, *, actor_id: UUID
) -> Acceptance:
    """Accept a delivered line within its window: its money is the seller's.

    Args:
        session: of the exchange itself; the line is looked for by its buyer

    Raises:
        AcceptanceNotFound: the organization bought no such line
        AcceptanceClosed: the window is not open any more
    """
    line, acceptance = await lock(session, line_id, buyer_id=organization_id)
    if acceptance.state is not AcceptanceState.open:
        raise AcceptanceClosed
    acceptance.decided_by = actor_id
    await close(session, line, acceptance, AcceptanceState.accepted)
    await record(
        session, "acceptance.accepted", Thing("acceptance", line_id, organization_id),
        facts={"order_id": str(line.order_id), "amount_won": line.left_won},
    )  # fmt: skip
    return acceptance


async def close(
    session: AsyncSession,
    line: OrderLine,
    acceptance: Acceptance,
    state: AcceptanceState,
    reason: str | None = None,
) -> None:
    """Close a locked window for the seller, book what is left of the line, and have both told.

    A window that opened anew after the bank took the money back is booked again.

    Args:
        state: ``accepted`` or ``lapsed``
    """
    acceptance.decided_at = now(session)
    await move(
        session, MACHINE, acceptance, state,
        organization_id=acceptance.organization_id, reason=reason,
    )  # fmt: skip
    if line.left_won > 0:
        count, _ = await standing(session, movements.ACCEPTANCE, line.id)
        entry = movements.accepted(
            line.id, line.order_id, line.seller_id, line.left_won, nth=count + 1
        )
        await post(session, entry)
    await enqueue(session, "acceptance.tell_closed", line_id=str(line.id))


async def overdue(session: AsyncSession) -> list[UUID]:
    """Return the lines whose window has ended without a word, the oldest first."""
    rows = await session.scalars(
        select(col(Acceptance.id))
        .where(
            col(Acceptance.state) == AcceptanceState.open,
            col(Acceptance.closes_at) <= now(session),
        )
        .order_by(col(Acceptance.closes_at), col(Acceptance.id))
        .limit(LAPSED_MOST)
    )
    return list(rows)


async def lapse(session: AsyncSession, line_id: UUID) -> bool:
    """Let a window end if it is still open and its time is over.

    Returns:
        Whether it ended now.
    """
    line, acceptance = await lock(session, line_id)
    if acceptance.state is not AcceptanceState.open or acceptance.closes_at > now(session):
        return False
    await close(session, line, acceptance, AcceptanceState.lapsed)
    return True
