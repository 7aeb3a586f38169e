"""The trial balance as the operator's staff sees it."""

from datetime import date, timedelta
from typing import Annotated, Final

from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from billing.ledger.queries import AccountTotals, trial_balance
from marketplace.audit import Thing, record
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.orders.settlements.periods import begin_of
from marketplace.orders.settlements.schemas import BooksOut
from marketplace.orders.settlements.shaping import account_out

Until = Annotated[
    date | None,
    QueryParameter(description="The last day in Seoul that counts; today unless given."),
]
SHEET: Final = "시산표"


async def balances_at(
    session: AsyncSession, until: date | None
) -> tuple[date, list[AccountTotals]]:
    """Return the last day that counts, and every account at its end.

    Args:
        session: of the staff
        until: a day in Seoul; today unless given
    """
    day = until or seoul_date(now(session))
    return day, await trial_balance(session, until=begin_of(day + timedelta(days=1)))


async def show(session: AsyncSession, until: date | None) -> BooksOut:
    """Return the trial balance at the end of a day."""
    day, accounts = await balances_at(session, until)
    return BooksOut(
        day,
        sum(one.debit_won for one in accounts),
        sum(one.credit_won for one in accounts),
        [account_out(one) for one in accounts],
    )


async def export(session: AsyncSession, until: date | None) -> tuple[date, list[AccountTotals]]:
    """Return the trial balance as it leaves; the look is written down."""
    day, accounts = await balances_at(session, until)
    await record(session, "books.exported", Thing("ledger_account", day.isoformat()))
    return day, accounts
