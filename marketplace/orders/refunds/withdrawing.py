"""The buyer's right to withdraw (청약철회): within seven days, from what was not downloaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.duties import may_withdraw, supplied_on, withdrawal_ends_on
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.orders.delivery.models import Entitlement
from marketplace.orders.purchases.models import Order, OrderLine, OrderState
from marketplace.orders.purchases.queries import get_own
from marketplace.orders.refunds.deciding import lock_sale
from marketplace.orders.refunds.errors import NothingToRefund, WithdrawalOver
from marketplace.orders.refunds.making import Part, Wish, make
from marketplace.orders.refunds.models import RefundCase, RefundReason


@dataclass(frozen=True)
class Withdrawable:
    """Whether and until when a line can be withdrawn from."""

    line: OrderLine
    downloaded: bool
    ends_on: date
    allowed: bool


async def withdrawable(
    session: AsyncSession, order: Order, lines: Sequence[OrderLine]
) -> list[Withdrawable]:
    """Return for each line of a paid order whether the buyer may withdraw from it today."""
    if order.paid_at is None:
        return []
    rows = await session.scalars(select(Entitlement).where(col(Entitlement.order_id) == order.id))
    rights = {one.order_line_id: one for one in rows}
    today = seoul_date(now(session))
    return [_of_line(order, line, rights[line.id], today) for line in lines]


def _of_line(order: Order, line: OrderLine, right: Entitlement, today: date) -> Withdrawable:
    assert order.paid_at is not None, "only a paid order gives a right"
    assert right.granted_at is not None, "a saved row has its time"
    ends_on = withdrawal_ends_on(seoul_date(order.paid_at), supplied_on(right.granted_at))
    told = right.told_at is not None
    right_holds = may_withdraw(
        today, ends_on=ends_on, first_access_at=right.first_access_at, told=told
    )
    allowed = order.state is OrderState.paid and line.left_won > 0 and right_holds
    return Withdrawable(line, right.first_access_at is not None, ends_on, allowed)


async def withdraw(
    session: AsyncSession, buyer_id: UUID, order_id: UUID, line_ids: Sequence[UUID], wish: Wish
) -> RefundCase:
    """Withdraw from lines: everything that is left of them goes back, at once and by right.

    Args:
        session: of the exchange itself; the order is looked for by its buyer

    Raises:
        OrderNotFound: none of this buyer
        NothingToRefund: it is not paid, no such line, or nothing is left of it
        WithdrawalOver: a line was downloaded, or its time is over
    """
    assert wish.reason is RefundReason.withdrawal, "nobody else decides here"
    await get_own(session, buyer_id, order_id)
    sale = await lock_sale(session, order_id)
    found = await withdrawable(session, sale.order, list(sale.lines.values()))
    for one in found:
        if one.line.id in line_ids and one.line.left_won and not one.allowed:
            raise WithdrawalOver(title=one.line.title_ko, ends_on=one.ends_on.isoformat())
    if not line_ids:
        raise NothingToRefund
    return await make(session, sale, [Part(line_id) for line_id in line_ids], wish)
