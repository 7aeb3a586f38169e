"""A month is settled: drafts, four eyes, the books, the payout, and what went wrong in between."""

import asyncio
from uuid import UUID

import httpx
import psycopg

from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.orders.settlements.drafting import draft_period, open_period
from marketplace.orders.settlements.periods import month_of
from tests.marketplace.orders.conftest import (
    ClientOf,
    Member,
    OnSale,
    buyer,
    buying,
    on_sale,
    owner,
)
from tests.marketplace.orders.settling import TERMS, accepted, last_month_text, with_account
from tests.marketplace.organizations.steps import rows

__all__ = ["ClientOf", "Member", "OnSale", "buyer", "buying", "on_sale", "owner"]

SUMS = "select gross_won, fee_supply_won, fee_vat_won, paid_won, carried_out_won, state from settlement order by sequence"


async def drafted(database: Database) -> int:
    """Make the drafts of the last month."""
    async with database.transaction(Scope.system()) as session:
        period = await open_period(session, *month_of(last_month_text()))
        period_id = UUID(str(period.id))
    return await draft_period(database.phases(Scope.system()), period_id, TERMS)


async def test_a_month_is_drafted_once_also_by_two_at_once(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("컨베이어 벨트", price_won=1_000_000)
    await accepted(parts, buying, product.id)

    made = await asyncio.gather(drafted(database), drafted(database))
    again = await drafted(database)

    assert (sorted(made), again) == ([0, 1], 0)
    assert rows(admin, SUMS) == [(1_100_000, 50_000, 5_000, 1_045_000, 0, "drafted")]
    assert rows(admin, "select amount_won, fee_base_won from settlement_line") == [
        (1_100_000, 1_000_000)
    ]
