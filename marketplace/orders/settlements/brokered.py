"""The quarterly report of brokered sales of each seller (부가가치세법 제75조, 시행령 제121조)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from billing.business_days import on_or_after
from marketplace.audit import Thing, record
from marketplace.orders.settlements.periods import begin_of

REPORT_DAY: Final = 15
# A sale belongs to the month of its payment; of several payments the one that was kept says how it was paid.
_ROWS: Final = text("""
  select to_char(o.paid_at at time zone 'Asia/Seoul', 'YYYY-MM') as month, l.seller_number as number,
    max(l.seller_name) as name, max(l.seller_representative) as representative,
    max(l.seller_address) as address, count(*) as count,
    sum(l.supply_won)::bigint as supply_won, sum(l.vat_won)::bigint as vat_won,
    sum(case when p.evidence = 'card_slip' then l.supply_won + l.vat_won else 0 end)::bigint as card_won,
    sum(l.refunded_supply_won + l.refunded_vat_won)::bigint as refunded_won
  from order_line l join purchase_order o on o.id = l.order_id
  left join lateral (
    select evidence from payment where order_id = o.id and state in ('paid', 'partly_refunded', 'refunded')
    order by state = 'refunded', paid_at limit 1) p on true
  where o.state in ('paid', 'refunded') and o.paid_at >= :begins_at and o.paid_at < :ends_at
  group by 1, 2 order by 1, 2
""")


@dataclass(frozen=True)
class BrokeredRow:
    """What one seller sold in one month [won]."""

    month: str
    number: str
    name: str
    representative: str
    address: str
    count: int
    supply_won: int
    vat_won: int
    card_won: int
    refunded_won: int


def quarter_of(year: int, quarter: int) -> tuple[date, date]:
    """Return the first day of a quarter, and the first one after it. Pure."""
    begins_on = date(year, quarter * 3 - 2, 1)
    return begins_on, _month_after(begins_on, 3)


def due_on(year: int, quarter: int) -> date:
    """Return the last day to file the report: the 15th of the month after the quarter. Pure."""
    _, after = quarter_of(year, quarter)
    return on_or_after(after.replace(day=REPORT_DAY))


def _month_after(on: date, count: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 + count, 12)
    return date(year, month + 1, 1)


async def export(session: AsyncSession, year: int, quarter: int) -> list[BrokeredRow]:
    """Return what every seller sold in each month of a quarter; the look is written down.

    Args:
        session: of the staff
        quarter: 1 to 4
    """
    begins_on, ends_on = quarter_of(year, quarter)
    found = await session.execute(
        _ROWS, {"begins_at": begin_of(begins_on), "ends_at": begin_of(ends_on)}
    )
    rows = [BrokeredRow(**row) for row in found.mappings()]
    thing = Thing("settlement_period", f"{year}-Q{quarter}")
    await record(session, "settlement.brokered_exported", thing, facts={"rows": len(rows)})
    return rows
