"""An approved settlement is paid out once: the file for the bank, its statement, a person's word."""

import asyncio
import io
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from openpyxl import load_workbook

from marketplace.app import Parts
from marketplace.db import Database
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.orders.finance import (
    SETTLEMENTS,
    Finance,
    approve,
    balances,
    finance,
    month_earlier,
    today_of,
)
from tests.marketplace.orders.refund_steps import refund, sound
from tests.marketplace.orders.settling import (
    ACCOUNT_NUMBER,
    a_day_of_last_month,
    accepted,
    refund_after,
    with_account,
)
from tests.marketplace.orders.steps import ORDERS
from tests.marketplace.organizations.steps import rows

__all__ = ["finance"]


async def test_a_month_is_drafted_approved_by_two_paid_and_told(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    seller = await client_of(owner[0])
    first = await on_sale("컨베이어 벨트", price_won=1_000_000)
    second = await on_sale("도금 두께", price_won=300_005)
    await accepted(parts, buying, first.id, second.id)
    period_id = await finance.drafts()
    (draft,) = await finance.listed(period_id)
    hidden = (await seller.get("/api/v1/organization/settlements")).json()["items"]

    done = await finance.approved(draft["id"])
    file = await finance.sent(period_id)
    today = await today_of(database)
    shown = await finance.imported((today.isoformat(), f"{done['paid_won']:,}", done["number"]))
    own = (await seller.get(f"/api/v1/organization/settlements/{draft['id']}")).json()

    # 1,300,005 of supply value: a fee of 65,000 and its tax of 6,500.
    assert (draft["gross_won"], draft["fee_won"], draft["paid_won"]) == (
        1_430_006, 71_500, 1_358_506,
    )  # fmt: skip
    assert hidden == []
    assert file.content.decode("utf-8-sig").splitlines()[1] == (
        f"004,국민은행,{ACCOUNT_NUMBER},가상정밀,1358506,{done['number']},{done['number']},{owner[1].name}"
    )
    assert shown.json()["items"][0]["outcome"] == "paid"
    assert (own["state"], own["paid_on"], len(own["lines"])) == ("paid", today.isoformat(), 2)
    assert (own["fee_invoice"]["supply_won"], own["fee_invoice"]["issued_at"]) == (65_000, None)
    assert own["fee_invoice"]["written_on"] == own["ends_on"]
    assert balances(admin) == {
        "gateway_clearing": 1_430_006, "bank": -1_358_506, "fee_income": -65_000,
        "vat_payable": -6_500,
    }  # fmt: skip
    assert rows(admin, "select state from settlement_period") == [("closed",)]
    jobs = [name for (name,) in rows(admin, "select task_name from procrastinate_jobs")]
    assert jobs.count("settlements.tell_paid") == 1
    trail = [name for (name,) in rows(admin, "select action from audit_event where action like 'settlement.%%' order by id")]  # fmt: skip
    assert trail == [
        "settlement.drafts_ordered", "settlement.drafts_made", "settlement.approved_first",
        "settlement.approved", "settlement.payouts_exported", "settlement.statement_imported",
    ]  # fmt: skip
    facts = str(rows(admin, "select facts from audit_event"))
    assert ACCOUNT_NUMBER not in facts


async def test_a_statement_counts_once_and_to_the_won(
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
    period_id = await finance.drafts()
    done = await finance.approved((await finance.listed(period_id))[0]["id"])
    day, number = (await today_of(database)).isoformat(), done["number"]
    yesterday = (await today_of(database) - timedelta(days=1)).isoformat()

    early = await finance.imported((day, 1_045_000, f"먼저 {number}"))
    await finance.sent(period_id)
    wrong = await finance.imported(
        (day, 1_044_999, number), (day, 1_045_001, number), (day, 5_000, "전기요금"),
        (day, 7, "S999999"), (yesterday, 1_045_000, number),
    )  # fmt: skip
    unpaid = rows(admin, "select state from settlement")
    lines = [(day, "1,045,000", f"정산 {number}"), (day, "5,000", "전기요금")]
    both = await asyncio.gather(finance.imported(*lines), finance.imported(*lines))
    again = await finance.imported(*lines, encoding="utf-8")
    double = await finance.imported((day, 1_045_000, f"{number} 두 번째"))

    assert [one["outcome"] for one in early.json()["items"]] == ["not_sent"]
    assert {(one["amount_won"], one["outcome"]) for one in wrong.json()["items"]} == {
        (1_044_999, "amount_differs"), (1_045_001, "amount_differs"), (7, "unknown"),
        (1_045_000, "not_sent"),
    }  # fmt: skip
    assert wrong.json()["other_count"] == 1
    assert unpaid == [("paying",)]
    assert sorted(len(one.json()["items"]) for one in both) == [0, 1]
    assert (again.json()["known_count"], again.json()["items"]) == (1, [])
    assert [one["outcome"] for one in double.json()["items"]] == ["paid_before"]
    assert balances(admin)["bank"] == -1_045_000
    assert rows(admin, "select count(*) from ledger_transaction where source_kind = 'payout'") == [
        (1,)
    ]


async def test_a_payout_is_marked_by_hand_once_and_leaves_in_one_file(
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
    period_id = await finance.drafts()
    (draft,) = await finance.listed(period_id)
    one = f"{SETTLEMENTS}/{draft['id']}/payment"
    today = await today_of(database)
    paid = {"paid_on": today.isoformat(), "reason": "은행 화면에서 확인"}

    early = await finance.one.post(one, json=paid, headers=keyed())
    await finance.approved(draft["id"])
    no_reason = await finance.sent(period_id, reason="")
    first = await finance.sent(period_id, kind="xlsx")
    second = await finance.sent(period_id)
    again = await finance.sent(period_id, again=True)
    ahead = {"paid_on": (today + timedelta(days=1)).isoformat(), "reason": "내일"}
    wrong = await finance.one.post(one, json=ahead, headers=keyed())
    tries = await asyncio.gather(
        *(client.post(one, json=paid, headers=keyed()) for client in [finance.one, finance.two] * 3)
    )
    after = await finance.sent(period_id, again=True)

    assert early.json()["code"] == "payout_not_waiting"
    assert no_reason.json()["code"] == "reason_missing"
    sheet = load_workbook(io.BytesIO(first.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:5] == [
        "004", "국민은행", ACCOUNT_NUMBER, "가상정밀", 1_045_000,
    ]  # fmt: skip
    assert (second.status_code, second.json()["code"]) == (409, "nothing_to_pay")
    assert again.status_code == 200
    assert wrong.json()["code"] == "paid_on_wrong"
    assert sorted(one.status_code for one in tries) == [200, 409, 409, 409, 409, 409]
    assert after.json()["code"] == "nothing_to_pay"
    assert balances(admin)["bank"] == -1_045_000
    assert rows(admin, "select paid_cause from payout") == [("은행 화면에서 확인",)]


async def only_order(buying: httpx.AsyncClient) -> dict[str, Any]:
    (listed,) = (await buying.get(ORDERS)).json()["items"]
    return dict((await buying.get(f"{ORDERS}/{listed['id']}")).json())


async def test_a_refund_never_takes_what_is_on_its_way_to_the_bank(
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
    period_id = await finance.drafts()
    done = await finance.approved((await finance.listed(period_id))[0]["id"])
    await finance.sent(period_id)
    order = await only_order(buying)

    refunded = await refund(finance.one, order, (0, 300_000))
    owed = balances(admin)
    day = (await today_of(database)).isoformat()
    await finance.imported((day, done["paid_won"], done["number"]))
    await month_earlier(admin)
    nothing = await finance.listed(await finance.drafts())

    assert refunded.status_code == 201, refunded.text
    assert (owed["seller_payable"], owed["seller_clawback"]) == (-1_045_000, 300_000)
    assert balances(admin).get("seller_payable") is None
    assert nothing == []
    await sound(database)


async def test_a_refund_and_the_second_approval_at_once_leave_sound_books(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    await with_account(database, parts.keyring, owner[1])
    product = await on_sale("컨베이어 벨트", price_won=800_000)
    await accepted(parts, buying, product.id)
    period_id = await finance.drafts()
    (draft,) = await finance.listed(period_id)
    await approve(finance.one, draft["id"])
    order = await only_order(buying)

    both, _ = await asyncio.gather(
        approve(finance.two, draft["id"]), refund(finance.one, order, (0, 880_000))
    )
    await finance.sent(period_id)
    day = (await today_of(database)).isoformat()
    await finance.imported((day, draft["paid_won"], draft["number"]))

    found = balances(admin)
    if both.status_code == 200:
        assert (found["seller_clawback"], found["bank"]) == (880_000, -836_000)
    else:
        assert both.json()["code"] in {"settlement_changed", "database_busy"}
        assert "bank" not in found
    await sound(database)


@pytest.mark.slow  # twelve months of settlements over HTTP and services
async def test_over_months_of_chance_the_books_and_the_settlements_say_the_same(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    finance: Finance,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    owner: Member,
) -> None:
    dice = random.Random(11)
    await with_account(database, parts.keyring, owner[1])
    settled: list[UUID] = []
    for month in range(8):
        product = await on_sale(f"자료 {month}", price_won=dice.choice([5_000, 300_000, 900_005]))
        lines = await accepted(parts, buying, product.id, at=a_day_of_last_month())
        if settled and dice.randint(0, 2):
            await refund_after(database, dice.choice(settled), dice.randint(1, 2_000), settled=True)
        period_id = await finance.drafts()
        for one in await finance.listed(period_id):
            done = await finance.approved(one["id"])
            if done["paid_won"] and dice.randint(0, 3):
                await finance.sent(period_id)
                day = (await today_of(database)).isoformat()
                await finance.imported((day, done["paid_won"], f"{done['number']} {month}"))
        settled += lines
        await month_earlier(admin)

    sums = "select sum(gross_won), sum(fee_supply_won + fee_vat_won), sum(set_off_won), sum(paid_won) from settlement"
    ((gross, fees, set_off, paid),) = [tuple(map(int, one)) for one in rows(admin, sums)]
    carried = "select carried_out_won from settlement order by sequence desc limit 1"
    left = int(str(rows(admin, carried)[0][0]))
    in_books = "select coalesce(sum(amount_won), 0) from ledger_posting where account_code = %s"
    payable = -int(str(rows(admin, in_books, "seller_payable")[0][0]))
    on_the_way = "select coalesce(sum(amount_won), 0) from payout where paid_at is null"

    assert paid == gross - fees - set_off - left
    assert payable == left + int(str(rows(admin, on_the_way)[0][0]))
    assert sum(balances(admin).values()) == 0
    await sound(database)
