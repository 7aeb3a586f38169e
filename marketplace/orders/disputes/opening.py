"""The buyer's side of a dispute: opening it in time, and withdrawing it."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.duties import defect_ends_on, supplied_on
from marketplace.audit import Thing, record
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.errors import FieldError, Invalid
from marketplace.jobs import enqueue
from marketplace.orders.acceptance import accepting
from marketplace.orders.acceptance.models import Acceptance, AcceptanceState
from marketplace.orders.acceptance.opening import MACHINE as ACCEPTANCE
from marketplace.orders.delivery.models import Entitlement
from marketplace.orders.disputes import queries
from marketplace.orders.disputes.closing import close
from marketplace.orders.disputes.errors import (
    DisputeDecided,
    DisputeOpen,
    DisputesTooMany,
    DisputeTooLate,
    NothingToDispute,
)
from marketplace.orders.disputes.models import Dispute, DisputeState
from marketplace.orders.disputes.schemas import DisputeIn
from marketplace.orders.purchases.models import OrderLine
from marketplace.states import move

DISPUTES_MOST: Final = 5
PAID_BACK: Final = frozenset({AcceptanceState.ended})


async def open_dispute(
    session: AsyncSession, buyer_id: UUID, line_id: UUID, given: DisputeIn, *, actor_id: UUID
) -> Dispute:
    """Dispute a delivered line: within its window, or within the periods of the law after it.

    While the window is open the money stays held; after it the money may be the seller's already.

    Args:
        session: of the exchange itself; the line is looked for by its buyer

    Raises:
        AcceptanceNotFound: the organization bought no such line
        NothingToDispute: it is not paid, or was paid back
        DisputeOpen, DisputesTooMany: it is disputed already, or was too often
        DisputeTooLate: all periods have ended
        Invalid: the day of knowing is none between supply and today
    """
    line, acceptance = await accepting.lock(session, line_id, buyer_id=buyer_id)
    if acceptance.state in PAID_BACK or line.left_won == 0:
        raise NothingToDispute
    await _refuse_another(session, line.id)
    known_on = await _in_time(session, line, acceptance, given.known_on)
    dispute = Dispute(
        order_line_id=line.id, order_id=line.order_id, organization_id=line.organization_id,
        seller_id=line.seller_id, statement=given.statement, known_on=known_on,
        opened_by=actor_id,
    )  # fmt: skip
    session.add(dispute)
    await session.flush()
    if acceptance.state is AcceptanceState.open:
        await move(
            session, ACCEPTANCE, acceptance, AcceptanceState.disputed, organization_id=buyer_id
        )
    await record(
        session, "dispute.opened", Thing("dispute", dispute.id, buyer_id),
        facts={"order_line_id": str(line.id), "amount_won": line.left_won},
    )  # fmt: skip
    await enqueue(session, "disputes.tell_opened", dispute_id=str(dispute.id))
    return dispute


async def withdraw(
    session: AsyncSession, buyer_id: UUID, dispute_id: UUID, *, actor_id: UUID
) -> Dispute:
    """Give a dispute up: the line counts as accepted.

    Raises:
        DisputeNotFound: none of this buyer
        DisputeDecided: it is decided, or its refund waits for the second person
    """
    found = await queries.get_bought(session, buyer_id, dispute_id)
    line, acceptance = await accepting.lock(session, found.order_line_id)
    dispute = await queries.locked(session, dispute_id)
    if dispute.state is not DisputeState.open:
        raise DisputeDecided
    dispute.decided_by = actor_id
    await close(session, dispute, DisputeState.withdrawn)
    if acceptance.state is AcceptanceState.disputed:
        acceptance.decided_by = actor_id
        await accepting.close(session, line, acceptance, AcceptanceState.accepted, "withdrawn")
    await record(session, "dispute.withdrawn", Thing("dispute", dispute.id, buyer_id))
    return dispute


async def _refuse_another(session: AsyncSession, line_id: UUID) -> None:
    states = list(
        await session.scalars(
            select(col(Dispute.state)).where(col(Dispute.order_line_id) == line_id)
        )
    )
    if DisputeState.open in states or DisputeState.proposed in states:
        raise DisputeOpen
    if len(states) >= DISPUTES_MOST:
        raise DisputesTooMany(most=DISPUTES_MOST)


async def _in_time(
    session: AsyncSession, line: OrderLine, acceptance: Acceptance, known_on: date | None
) -> date:
    """Return the day of knowing, if the dispute comes in time."""
    today = seoul_date(now(session))
    supply_on = await supply_day(session, line.id)
    known = known_on or today
    if not supply_on <= known <= today:
        raise Invalid([_wrong_day(supply_on, today)])
    ends_on = defect_ends_on(supply_on, known)
    if acceptance.state is not AcceptanceState.open and today > ends_on:
        raise DisputeTooLate(ends_on=ends_on.isoformat())
    return known


async def supply_day(session: AsyncSession, line_id: UUID) -> date:
    """Return the day in Seoul on which the buyer could use a line's data."""
    granted_at = await session.scalar(
        select(func.min(col(Entitlement.granted_at))).where(
            col(Entitlement.order_line_id) == line_id
        )
    )
    assert granted_at is not None, "a window opens together with the right to use"
    return supplied_on(granted_at)


def _wrong_day(supply_on: date, today: date) -> FieldError:
    return FieldError(
        "known_on",
        "known_on_range",
        f"문제를 안 날은 공급받은 날({supply_on})부터 오늘({today}) 사이여야 합니다.",
        f"The day on which you found it lies between supply ({supply_on}) and today ({today}).",
    )
