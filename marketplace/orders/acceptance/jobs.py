"""Letting windows end, and telling both sides."""

from typing import Any, Final
from uuid import UUID

from marketplace.auth import Role
from marketplace.errors import DatabaseBusy
from marketplace.jobs import JobContext, PeriodicContext, job, periodic
from marketplace.members.organizations.telling import tell_people
from marketplace.orders.acceptance import notices
from marketplace.orders.acceptance.accepting import lapse, overdue
from marketplace.orders.acceptance.models import Acceptance, AcceptanceState
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.purchases.queries import number_of

LAPSE_EVERY_S: Final = 60.0
BUYING: Final = (Role.owner, Role.buyer)
SELLING: Final = (Role.owner, Role.seller)


@periodic("acceptance.lapse", every_s=LAPSE_EVERY_S, limit_s=300)
async def lapse_windows(context: PeriodicContext[object]) -> None:
    """End the windows whose time is over; each in a transaction of its own."""
    async with context.phases() as session:
        found = await overdue(session)
    for line_id in found:
        try:
            async with context.phases() as session:
                await lapse(session, line_id)
        except DatabaseBusy:
            continue  # somebody acts on the order now; the next round looks again


@job("acceptance.tell_closed", attempts=5, limit_s=60)
async def tell_closed(context: JobContext[object], *, line_id: str) -> None:
    """Tell the seller that a line is accepted, and the buyer where the time ended without a word."""
    async with context.phases() as session:
        line = await session.get_one(OrderLine, UUID(line_id))
        acceptance = await session.get_one(Acceptance, line.id)
        order = await session.get_one(Order, line.order_id)
        facts: dict[str, Any] = {
            "number": number_of(order), "title": line.title_ko, "amount_won": f"{line.left_won:,}",
        }  # fmt: skip
        await tell_people(
            session,
            SELLING,
            notices.CLOSED,
            organization_id=line.seller_id,
            link="/selling/sales",
            **facts,
        )
        if acceptance.state is AcceptanceState.lapsed:
            link = f"/orders/{order.id}/acceptance"
            await tell_people(
                session,
                BUYING,
                notices.LAPSED,
                organization_id=line.organization_id,
                link=link,
                **facts,
            )
