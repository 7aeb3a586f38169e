"""Reads of disputes."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.orders.disputes.errors import DisputeNotFound
from marketplace.orders.disputes.models import Dispute, DisputeState
from marketplace.orders.disputes.schemas import DisputeOut
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.purchases.queries import number_of

SHOWN_MOST: Final = 200


async def get_any(session: AsyncSession, dispute_id: UUID) -> Dispute:
    """Return a dispute that the transaction may see.

    Raises:
        DisputeNotFound: there is none
    """
    found = await session.get(Dispute, dispute_id)
    if found is None:
        raise DisputeNotFound
    return found


async def get_bought(session: AsyncSession, buyer_id: UUID, dispute_id: UUID) -> Dispute:
    """Return a dispute of a buyer.

    Raises:
        DisputeNotFound: none of this buyer
    """
    found = await get_any(session, dispute_id)
    if found.organization_id != buyer_id:
        raise DisputeNotFound
    return found


async def get_sold(session: AsyncSession, seller_id: UUID, dispute_id: UUID) -> Dispute:
    """Return a dispute of a seller's own sales.

    Raises:
        DisputeNotFound: none of this seller
    """
    found = await get_any(session, dispute_id)
    if found.seller_id != seller_id:
        raise DisputeNotFound
    return found


async def locked(session: AsyncSession, dispute_id: UUID) -> Dispute:
    """Return a dispute and keep others from changing it; an order is locked before its disputes."""
    return await session.get_one(Dispute, dispute_id, with_for_update=True, populate_existing=True)


async def list_bought(session: AsyncSession, buyer_id: UUID) -> list[DisputeOut]:
    """Return a buyer's disputes, the newest first."""
    wanted = select(Dispute).where(col(Dispute.organization_id) == buyer_id)
    return await _listed(session, wanted)


async def list_sold(session: AsyncSession, seller_id: UUID) -> list[DisputeOut]:
    """Return the disputes of a seller's sales, the newest first."""
    return await _listed(session, select(Dispute).where(col(Dispute.seller_id) == seller_id))


async def list_of_order(session: AsyncSession, order_id: UUID) -> list[DisputeOut]:
    """Return the disputes of an order, the newest first."""
    return await _listed(session, select(Dispute).where(col(Dispute.order_id) == order_id))


async def list_all(session: AsyncSession, states: Sequence[DisputeState]) -> list[DisputeOut]:
    """Return disputes in these states, the newest first."""
    return await _listed(session, select(Dispute).where(col(Dispute.state).in_(list(states))))


async def _listed(session: AsyncSession, wanted: Select[Dispute]) -> list[DisputeOut]:
    rows = await session.scalars(
        wanted.order_by(col(Dispute.opened_at).desc(), col(Dispute.id)).limit(SHOWN_MOST)
    )
    return await shaped(session, list(rows))


async def shaped(session: AsyncSession, disputes: Sequence[Dispute]) -> list[DisputeOut]:
    """Return disputes with what people know their lines by."""
    line_ids = {one.order_line_id for one in disputes}
    rows = await session.execute(
        select(OrderLine, Order)
        .join(Order, col(Order.id) == col(OrderLine.order_id))
        .where(col(OrderLine.id).in_(line_ids))
    )
    sold = {line.id: (line, order) for line, order in rows}
    return [_out(one, *sold[one.order_line_id]) for one in disputes]


def _out(dispute: Dispute, line: OrderLine, order: Order) -> DisputeOut:
    assert dispute.opened_at is not None, "a saved row has its time"
    return DisputeOut(
        id=dispute.id, order_id=order.id, order_line_id=line.id, order_number=number_of(order),
        title=line.title_ko, version_number=line.version_number,
        buyer_name=order.organization_name, seller_name=line.seller_name, left_won=line.left_won,
        state=dispute.state, statement=dispute.statement, known_on=dispute.known_on,
        opened_at=dispute.opened_at, answer=dispute.answer, answered_at=dispute.answered_at,
        decision=dispute.decision, decided_at=dispute.decided_at, cut_won=dispute.cut_won,
        case_id=dispute.case_id,
    )  # fmt: skip
