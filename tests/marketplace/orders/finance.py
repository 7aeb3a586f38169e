"""Two persons of the operator's finance at work, and what they find in the books."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from litestar import Litestar

from marketplace.auth import Role
from marketplace.clock import seoul_date
from marketplace.db import Database, Scope, now
from marketplace.orders.settlements.drafting import draft_period
from tests.factories import save
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.members.oversight.staff import Desk, the_operator
from tests.marketplace.orders.settling import (
    TERMS,
    last_month_text,
)
from tests.marketplace.organizations.steps import rows

API = "/api/v1/operator"
PERIODS = f"{API}/settlement-periods"
SETTLEMENTS = f"{API}/settlements"
SUMS = (
    "select gross_won, fee_supply_won, fee_vat_won, set_off_won, carried_in_won, paid_won,"
    " carried_out_won, carry_reason, state from settlement order by sequence"
)


@dataclass
class Finance:
    """Two persons of finance with fresh sign-ins, and what they do."""

    database: Database
    one: httpx.AsyncClient
    two: httpx.AsyncClient

    async def drafts(self) -> UUID:
        """Order the drafts of the last month and make them, as the worker does."""
        done = await self.one.post(PERIODS, json={"month": last_month_text()}, headers=keyed())
        assert done.status_code == 201, done.text
        period_id = UUID(done.json()["id"])
        await draft_period(self.database.phases(Scope.system()), period_id, TERMS)
        return period_id

    async def listed(self, period_id: UUID) -> list[dict[str, Any]]:
        """Return the settlements of a month."""
        return list((await self.one.get(f"{PERIODS}/{period_id}/settlements")).json()["items"])

    async def approved(self, settlement_id: str) -> dict[str, Any]:
        """Have both persons approve."""
        first = await approve(self.one, settlement_id)
        assert first.status_code == 200, first.text
        second = await approve(self.two, settlement_id)
        assert second.status_code == 200, second.text
        return dict(second.json())

    async def sent(self, period_id: UUID, **given: Any) -> httpx.Response:
        """Ask for the file for the bank."""
        wish = {"reason": "11월 정산 이체", "kind": "csv"} | given
        return await self.one.post(f"{PERIODS}/{period_id}/payout-file", json=wish)

    async def imported(self, *lines: tuple[str, object, str], encoding: str = "cp949") -> Any:
        """Send a bank's statement."""
        head = "가상은행 거래내역\n거래일자,적요,출금액\n"
        body = head + "".join(f'{day},{words},"{won}"\n' for day, won, words in lines)
        files = {"file": ("statement.csv", body.encode(encoding), "text/csv")}
        return await self.one.post(f"{SETTLEMENTS}/statements", files=files)


async def approve(client: httpx.AsyncClient, settlement_id: str) -> httpx.Response:
    return await client.post(f"{SETTLEMENTS}/{settlement_id}/approval", headers=keyed())


@pytest.fixture
async def finance(
    app: Litestar, database: Database, admin: psycopg.Connection, clean: None
) -> AsyncIterator[Finance]:
    """The operator's finance staff."""
    operator = the_operator()
    await save(database, operator)
    desk = Desk(app, database, admin, operator)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(desk.browser(await desk.hire(role)))
            for role in (Role.finance, Role.administrator)
        ]
        yield Finance(database, *clients)


def balances(admin: psycopg.Connection) -> dict[str, int]:
    found = rows(
        admin, "select account_code, sum(amount_won)::bigint from ledger_posting group by 1"
    )
    return {str(code): int(won) for code, won in found if won}


async def today_of(database: Database) -> date:
    async with database.transaction(Scope.system()) as session:
        return seoul_date(now(session))


async def month_earlier(admin: psycopg.Connection) -> None:
    """Move the month that was settled last into the past, so that the last month is free."""
    (count,) = rows(admin, "select count(*) from settlement_period")[0]
    begins_on = date(2020, 1, 1) + timedelta(days=31 * int(str(count)))
    admin.execute(
        "update settlement_period set begins_on = %s, ends_on = %s"
        " where begins_on = (select max(begins_on) from settlement_period)",
        (begins_on, begins_on + timedelta(days=27)),
    )


def period_of(admin: psycopg.Connection) -> object:
    return rows(admin, "select id from settlement_period order by begins_on desc limit 1")[0][0]
