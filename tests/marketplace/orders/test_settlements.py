"""A month is settled: drafts, four eyes, the books, and what went wrong in between."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
from litestar import Litestar
from sqlalchemy import text

from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.db import Database, Scope, now
from tests.factories import a_member
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.orders.finance import (
    PERIODS,
    SETTLEMENTS,
    SUMS,
    Finance,
    approve,
    balances,
    finance,
    month_earlier,
    period_of,
    today_of,
)
from tests.marketplace.orders.settling import (
    accepted,
    refund_after,
    with_account,
)
from tests.marketplace.organizations.steps import rows

__all__ = ["finance"]


async def test_a_month_is_drafted_once_also_by_two_at_once(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("컨베이어 벨트", price_won=1_000_000)
    await accepted(parts, buying, product.id)

    await asyncio.gather(*(finance.drafts() for _ in range(4)))
    await finance.drafts()

    assert rows(admin, SUMS) == [(1_100_000, 50_000, 5_000, 0, 0, 1_045_000, 0, None, "drafted")]
    assert rows(admin, "select amount_won, fee_base_won from settlement_line") == [
        (1_100_000, 1_000_000)
    ]
    assert rows(admin, "select count(*) from settlement_period") == [(1,)]


async def test_one_person_does_not_approve_twice_and_two_at_once_book_once(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("컨베이어 벨트", price_won=1_000_000)
    await accepted(parts, buying, product.id)
    (draft,) = await finance.listed(await finance.drafts())
    before = balances(admin)

    first = await approve(finance.one, draft["id"])
    same = await approve(finance.one, draft["id"])
    unbooked = balances(admin)
    both = await asyncio.gather(*(approve(finance.two, draft["id"]) for _ in range(4)))
    late = await approve(finance.one, draft["id"])

    assert (first.status_code, first.json()["state"]) == (200, "approved_once")
    assert (same.status_code, same.json()["code"]) == (409, "second_approver_needed")
    assert unbooked == before
    assert sorted(one.status_code for one in both) == [200, 409, 409, 409]
    assert (late.status_code, late.json()["code"]) == (409, "settlement_decided")
    assert balances(admin)["fee_income"] == -50_000
    assert rows(admin, "select count(*) from payout") == [(1,)]


async def test_a_refund_after_the_draft_must_be_counted_before_anybody_approves(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("컨베이어 벨트", price_won=1_000_000)
    (line_id,) = await accepted(parts, buying, product.id)
    (draft,) = await finance.listed(await finance.drafts())
    await approve(finance.one, draft["id"])
    await refund_after(database, line_id, 400_000, settled=False)

    refused = await approve(finance.two, draft["id"])
    kept = rows(admin, "select state, paid_won from settlement")
    anew = await finance.two.post(f"{SETTLEMENTS}/{draft['id']}/recalculation", headers=keyed())
    done = await finance.approved(draft["id"])

    assert (refused.status_code, refused.json()["code"]) == (409, "settlement_changed")
    assert kept == [("approved_once", 1_045_000)]
    assert (anew.json()["state"], anew.json()["gross_won"], anew.json()["fee_won"]) == (
        "drafted", 700_000, 33_000,
    )  # fmt: skip
    assert done["paid_won"] == 667_000
    released = "select amount_won, released_at is null from settlement_line order by amount_won"
    assert rows(admin, released) == [(700_000, True), (1_100_000, False)]


async def test_what_was_refunded_after_the_payout_is_set_off_in_the_next_settlement(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("컨베이어 벨트", price_won=1_000_000)
    (line_id,) = await accepted(parts, buying, product.id)
    period_id = await finance.drafts()
    (draft,) = await finance.listed(period_id)
    done = await finance.approved(draft["id"])
    await finance.sent(period_id)
    today = await today_of(database)
    await finance.imported((today.isoformat(), done["paid_won"], done["number"]))
    await refund_after(database, line_id, 600_000, settled=True)
    await month_earlier(admin)
    small = await on_sale("도금 두께", price_won=200_000)
    await accepted(parts, buying, small.id)
    await finance.approved((await finance.listed(await finance.drafts()))[0]["id"])
    await month_earlier(admin)
    large = await on_sale("선반 진동", price_won=2_000_000)
    await accepted(parts, buying, large.id)
    (last,) = await finance.listed(await finance.drafts())

    # 220,000 less a fee of 11,000 goes against the debt of 600,000; 391,000 are left for the next one.
    assert rows(admin, SUMS)[1:] == [
        (220_000, 10_000, 1_000, 209_000, 0, 0, 0, None, "approved"),
        (2_200_000, 100_000, 10_000, 391_000, 0, 1_699_000, 0, None, "drafted"),
    ]
    assert rows(admin, "select debt_left_won from settlement order by sequence") == [
        (0,), (391_000,), (0,),
    ]  # fmt: skip
    await finance.approved(last["id"])
    assert balances(admin).get("seller_clawback", 0) == 0
    assert balances(admin)["seller_payable"] == -1_699_000


async def test_a_deposit_that_the_bank_took_back_lowers_the_next_settlement_below_nothing(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("컨베이어 벨트", price_won=1_000_000)
    (line_id,) = await accepted(parts, buying, product.id)
    period_id = await finance.drafts()
    done = await finance.approved((await finance.listed(period_id))[0]["id"])
    await finance.sent(period_id)
    today = await today_of(database)
    await finance.imported((today.isoformat(), done["paid_won"], done["number"]))
    # As booked when the bank takes the deposit back: not the debt of a refund.
    await refund_after(database, line_id, 500_000, settled=False)
    await month_earlier(admin)
    small = await on_sale("도금 두께", price_won=200_000)
    await accepted(parts, buying, small.id)
    (negative,) = await finance.listed(await finance.drafts())
    approved = await finance.approved(negative["id"])
    file = await finance.sent(UUID(str(period_of(admin))))

    assert (approved["carried_in_won"], approved["paid_won"], approved["carried_out_won"]) == (
        -500_000, 0, -291_000,
    )  # fmt: skip
    assert approved["carry_reason"] == "debt"
    assert (file.status_code, file.json()["code"]) == (409, "nothing_to_pay")
    jobs = [name for (name,) in rows(admin, "select task_name from procrastinate_jobs")]
    assert jobs.count("settlements.tell_carried") == 1


async def test_less_than_the_least_and_a_missing_account_are_carried_over_with_the_reason(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    waiting = await a_member(database, Role.owner)
    suspended = await a_member(database, Role.owner)
    async with database.transaction(Scope.system()) as session:
        in_an_hour = now(session) + timedelta(hours=1)
    await with_account(database, parts.keyring, owner[1])
    await with_account(database, parts.keyring, waiting[1], effective_at=in_an_hour)
    await with_account(database, parts.keyring, suspended[1])
    products = [
        await on_sale("작은 표", price_won=9_000),
        await on_sale("도금 두께", price_won=500_000, seller=waiting),
        await on_sale("선반 진동", price_won=500_000, seller=suspended),
    ]
    await accepted(parts, buying, *(product.id for product in products))
    async with database.transaction(Scope.system()) as session:
        await session.execute(
            text("update organization set state = 'suspended' where id = :id"),
            {"id": suspended[1].id},
        )
    period_id = await finance.drafts()
    for one in await finance.listed(period_id):
        await finance.approved(one["id"])
    file = await finance.sent(period_id)
    closed = rows(admin, "select state from settlement_period")
    account = "update bank_account set effective_at = app_now() - interval '1 s' where organization_id = %s"
    admin.execute(account, (waiting[1].id,))
    await month_earlier(admin)
    later = await finance.listed(await finance.drafts())

    found = {one["carry_reason"]: one["carried_out_won"] for one in (await first_of(finance))}
    assert found == {"below_least": 9_405, "no_account": 522_500, "suspended": 522_500}
    assert file.json()["code"] == "nothing_to_pay"
    assert closed == [("closed",)]
    # Only the one whose account may be used by now gets a settlement without new sales.
    assert [(one["seller_id"], one["gross_won"], one["paid_won"]) for one in later] == [
        (str(waiting[1].id), 0, 522_500)
    ]
    assert (later[0]["fee_won"], later[0]["carried_in_won"]) == (0, 522_500)


async def first_of(finance: Finance) -> list[dict[str, Any]]:
    months = (await finance.one.get(PERIODS)).json()["items"]
    return await finance.listed(UUID(months[-1]["id"]))


async def test_a_draft_that_was_given_up_lets_its_lines_go(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("컨베이어 벨트", price_won=1_000_000)
    await accepted(parts, buying, product.id)
    (draft,) = await finance.listed(await finance.drafts())
    path = f"{SETTLEMENTS}/{draft['id']}/cancellation"

    done = await finance.one.post(path, json={"reason": "수수료율 확인"}, headers=keyed())
    twice = await finance.one.post(path, json={"reason": "다시"}, headers=keyed())
    await finance.drafts()

    assert done.json()["state"] == "cancelled"
    assert twice.json()["code"] == "settlement_decided"
    assert rows(admin, "select state, paid_won from settlement order by sequence") == [
        ("cancelled", 1_045_000), ("drafted", 1_045_000),
    ]  # fmt: skip


async def test_this_month_a_stranger_and_an_old_sign_in_are_refused(
    app: Litestar, database: Database, finance: Finance, client_of: ClientOf, owner: Member
) -> None:
    today = await today_of(database)
    seller = await client_of(owner[0])
    nobody = UUID(int=7)

    early = await finance.one.post(PERIODS, json={"month": f"{today:%Y-%m}"}, headers=keyed())
    wrong = await finance.one.post(PERIODS, json={"month": "2026-13"}, headers=keyed())
    missing = await finance.one.get(f"{SETTLEMENTS}/{nobody}")
    month = await finance.sent(nobody)
    own = await seller.get(f"/api/v1/organization/settlements/{nobody}")
    stranger = await seller.get(PERIODS)
    unreadable = await finance.one.post(
        f"{SETTLEMENTS}/statements", files={"file": ("a.csv", b"a,b\n1,2\n", "text/csv")}
    )

    assert (early.status_code, early.json()["code"]) == (409, "period_not_over")
    assert wrong.status_code in {400, 422}
    assert missing.json()["code"] == "settlement_not_found"
    assert month.json()["code"] == "settlement_period_not_found"
    assert own.json()["code"] == "settlement_not_found"
    assert stranger.status_code == 403
    assert (unreadable.status_code, unreadable.json()["code"]) == (422, "statement_unreadable")


async def test_a_line_that_was_accepted_this_month_or_is_held_waits(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    first = await on_sale("컨베이어 벨트", price_won=100_000)
    second = await on_sale("도금 두께", price_won=200_000)
    await accepted(parts, buying, first.id)
    async with database.transaction(Scope.system()) as session:
        at = now(session)
    await accepted(parts, buying, second.id, at=at)

    await finance.drafts()

    assert rows(admin, "select gross_won, carried_in_won from settlement") == [(110_000, 0)]
