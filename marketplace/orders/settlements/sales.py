"""What an organization sold, and how far the money is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.orders.acceptance.models import Acceptance, AcceptanceState
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.purchases.queries import number_of
from marketplace.orders.settlements.counting import ACCEPTED
from marketplace.orders.settlements.models import Settlement, SettlementLine
from marketplace.orders.settlements.periods import begin_of
from marketplace.orders.settlements.queries import DECIDED
from marketplace.orders.settlements.schemas import MonthSum, SaleOut, SaleState, StateSum

MONTHS: Final = 12
EXPORTED_MOST: Final = 20_000
_LEFT: Final = (
    col(OrderLine.supply_won) + col(OrderLine.vat_won)
    - col(OrderLine.refunded_supply_won) - col(OrderLine.refunded_vat_won)
)  # fmt: skip
_STATE: Final[ColumnElement[Any]] = case(
    (col(Acceptance.state) == AcceptanceState.ended, SaleState.refunded.value),
    (col(Settlement.state).in_(DECIDED), SaleState.settled.value),
    (col(Acceptance.state).in_(ACCEPTED), SaleState.accepted.value),
    else_=SaleState.held.value,
)
# Nothing is left where the bank took the deposit back.
_KEPT: Final = case((col(Acceptance.state) == AcceptanceState.ended, 0), else_=_LEFT)


@dataclass(frozen=True)
class SalesFilter:
    """Which sales: paid from and until a day in Seoul, and how far their money is."""

    paid_from: date | None = None
    paid_until: date | None = None
    state: SaleState | None = None

    def conditions(self, seller_id: UUID) -> list[ColumnElement[bool]]:
        """Return the conditions on the joined rows."""
        found: list[ColumnElement[bool]] = [col(OrderLine.seller_id) == seller_id]
        if self.paid_from is not None:
            found.append(col(Order.paid_at) >= begin_of(self.paid_from))
        if self.paid_until is not None:
            found.append(col(Order.paid_at) < begin_of(self.paid_until + timedelta(days=1)))
        if self.state is not None:
            found.append(_STATE.in_([self.state.value]))
        return found


def _joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(OrderLine)
        .join(Acceptance, col(Acceptance.id) == col(OrderLine.id))
        .join(Order, col(Order.id) == col(OrderLine.order_id))
        .outerjoin(
            SettlementLine,
            (col(SettlementLine.order_line_id) == col(OrderLine.id))
            & col(SettlementLine.released_at).is_(None),
        )
        .outerjoin(Settlement, col(Settlement.id) == col(SettlementLine.settlement_id))
    )


async def list_sales(
    session: AsyncSession,
    seller_id: UUID,
    wanted: SalesFilter,
    *,
    after: tuple[datetime, UUID] | None = None,
    most: int,
) -> list[SaleOut]:
    """Return the sold lines of an organization, the newest paid first.

    Args:
        after: time of payment and id of the last line shown
        most: how many
    """
    statement = _joined(OrderLine, Acceptance, Order, Settlement, _STATE).where(
        *wanted.conditions(seller_id)
    )
    if after is not None:
        statement = statement.where(tuple_(col(Order.paid_at), col(OrderLine.id)) < after)
    statement = statement.order_by(col(Order.paid_at).desc(), col(OrderLine.id).desc()).limit(most)
    return [_sale(*row) for row in (await session.execute(statement)).all()]


def _sale(
    line: OrderLine, window: Acceptance, order: Order, settlement: Settlement | None, state: str
) -> SaleOut:
    assert order.paid_at is not None, "a line with a window was paid"
    decided = settlement is not None and settlement.state in DECIDED
    ended = window.state is AcceptanceState.ended
    return SaleOut(
        id=line.id, order_number=number_of(order), buyer=order.organization_name,
        product_id=line.product_id, product_number=line.product_number, title_ko=line.title_ko,
        title_en=line.title_en, version_number=line.version_number, paid_at=order.paid_at,
        accepted_at=window.decided_at if window.state in ACCEPTED else None,
        supply_won=line.supply_won, vat_won=line.vat_won, refunded_won=line.refunded.total_won,
        left_won=0 if ended else line.left_won, state=SaleState(state),
        settlement_id=settlement.id if settlement is not None and decided else None,
    )  # fmt: skip


async def sums_by_state(
    session: AsyncSession, seller_id: UUID, wanted: SalesFilter
) -> list[StateSum]:
    """Return how many lines and how much money each state has; every state is there."""
    rows = await session.execute(
        _joined(_STATE, func.count(), func.coalesce(func.sum(_KEPT), 0))
        .where(*wanted.conditions(seller_id))
        .group_by(_STATE)
    )
    found = {state: (number, int(won)) for state, number, won in rows.all()}
    return [StateSum(state, *found.get(state.value, (0, 0))) for state in SaleState]


async def sums_by_month(session: AsyncSession, seller_id: UUID) -> list[MonthSum]:
    """Return what was sold in each of the last twelve months, the oldest first, empty ones too."""
    today = seoul_date(now(session))
    first = today.year * 12 + today.month - MONTHS
    names = [f"{index // 12:04d}-{index % 12 + 1:02d}" for index in range(first, first + MONTHS)]
    begins_on = date(first // 12, first % 12 + 1, 1)
    month = func.to_char(func.timezone("Asia/Seoul", col(Order.paid_at)), "YYYY-MM")
    rows = await session.execute(
        _joined(month, func.count(), func.coalesce(func.sum(_KEPT), 0))
        .where(*SalesFilter(paid_from=begins_on).conditions(seller_id))
        .group_by(month)
    )
    found = {name: (number, int(won)) for name, number, won in rows.all()}
    return [MonthSum(name, *found.get(name, (0, 0))) for name in names]


def total_won(sums: Sequence[StateSum]) -> int:
    """Return what all states come to [won]."""
    return sum(one.left_won for one in sums)
