"""Drafts by themselves once a month, and what sellers are told, in both languages."""

from types import SimpleNamespace
from typing import Any, cast

import httpx
import psycopg

from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.jobs import PeriodicContext
from marketplace.orders.settlements.jobs import draft_last_month
from marketplace.settings import Settings
from tests.marketplace.conftest import Worker, worker
from tests.marketplace.orders.conftest import Member, OnSale
from tests.marketplace.orders.finance import Finance, finance, today_of
from tests.marketplace.orders.settling import accepted, with_account
from tests.marketplace.organizations.steps import rows
from tests.waiting import until

__all__ = ["finance", "worker"]


def a_round(database: Database, settings: Settings, **given: int) -> PeriodicContext[Any]:
    """Return what a round of the worker is given."""
    chosen = SimpleNamespace(settings=settings.model_copy(update=given))
    context = SimpleNamespace(parts=chosen, phases=database.phases(Scope.system()))
    return cast("PeriodicContext[Any]", context)


async def test_the_last_month_is_drafted_once_from_its_day_on(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    settings: Settings,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("컨베이어 벨트", price_won=1_000_000)
    await accepted(parts, buying, product.id)
    today = await today_of(database)

    await draft_last_month(a_round(database, settings, settlement_day=today.day + 1))
    early = rows(admin, "select count(*) from settlement_period")
    await draft_last_month(a_round(database, settings, settlement_day=today.day))
    await draft_last_month(a_round(database, settings, settlement_day=1))

    assert early == [(0,)]
    assert rows(admin, "select paid_won, state from settlement") == [(1_045_000, "drafted")]
    made = "select count(*) from audit_event where action = 'settlement.drafts_made'"
    assert rows(admin, made) == [(1,)]


async def test_sellers_are_told_what_was_paid_and_what_is_carried_over(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    settings: Settings,
    finance: Finance,
    worker: Worker,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("컨베이어 벨트", price_won=1_000_000)
    small = await on_sale("작은 표", price_won=9_000)
    await accepted(parts, buying, small.id)
    async with worker(parts=SimpleNamespace(settings=settings)):
        period_id = await finance.drafts()
        (little,) = await finance.listed(period_id)
        await finance.approved(little["id"])
        told = "select count(*) from notice where kind = 'settlement.carried'"
        await until(lambda: rows(admin, told) == [(1,)])
        admin.execute(
            "update settlement_period set begins_on = '2020-01-01', ends_on = '2020-01-31'"
        )
        await accepted(parts, buying, product.id)
        period_id = await finance.drafts()
        done = await finance.approved((await finance.listed(period_id))[0]["id"])
        await finance.sent(period_id)
        day = (await today_of(database)).isoformat()
        await finance.imported((day, done["paid_won"], done["number"]))
        await until(lambda: rows(admin, told.replace("carried", "paid")) == [(1,)])

    assert done["paid_won"] == 1_045_000 + 9_405
    mails = "select body from mail where subject like '%%정산%%' order by created_at, id"
    carried, paid = (str(body) for (body,) in rows(admin, mails))
    assert "최소 지급액보다 적습니다" in carried
    assert f"판매 {done['gross_won']:,}원에서" in paid
    people = "select distinct user_id from notice where kind like 'settlement.%%'"
    assert rows(admin, people) == [(owner[0].id,)]
