"""Money goes back: by the buyer's right, by a dispute, by the exchange, by the gateway; never more than paid."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from billing.ledger import movements
from billing.ledger.service import post as book
from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.errors import DatabaseBusy, Refusal
from marketplace.orders.acceptance.accepting import lapse
from marketplace.orders.refunds.deciding import lock_sale
from marketplace.orders.refunds.making import Part, Wish, make
from marketplace.orders.refunds.models import RefundReason
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.orders.refund_steps import (
    DESK,
    OWN,
    aged,
    books,
    change,
    downloaded,
    finance_of,
    post,
    refund,
    refunds_of,
    send_all,
    sound,
    withdraw,
)
from tests.marketplace.orders.steps import ORDERS, paid
from tests.marketplace.organizations.steps import rows

WRONG = "첫 열의 단위가 설명과 다릅니다. 12행부터 섭씨가 아닙니다."
LINES = "select refunded_supply_won, refunded_vat_won from order_line order by position"


@pytest.fixture
def order(two_lines: dict[str, Any]) -> dict[str, Any]:
    return two_lines


async def dispute(buying: httpx.AsyncClient, order: dict[str, Any], place: int = 0) -> str:
    path = f"{OWN}/acceptances/{order['lines'][place]['id']}/disputes"
    return str((await post(buying, path, statement=WRONG)).json()["id"])


async def test_what_was_not_downloaded_is_withdrawn_from_and_paid_back(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    order: dict[str, Any],
) -> None:
    before = await refunds_of(buying, order)
    done = await withdraw(buying, order, 0)
    twice = await withdraw(buying, order, 0)
    decided = books(admin)
    await send_all(parts, admin)
    after = await refunds_of(buying, order)
    shown = (await buying.get(f"{ORDERS}/{order['id']}")).json()

    assert [(one["allowed"], one["left_won"]) for one in before["lines"]] == [
        (True, 1_100_000), (True, 330_003),
    ]  # fmt: skip
    assert done.status_code == 201, done.text
    assert (done.json()["state"], done.json()["amount_won"]) == ("decided", 1_100_000)
    assert done.json()["due_on"] is not None
    assert (twice.status_code, twice.json()["code"]) == (409, "nothing_to_refund")
    assert decided == {
        "gateway_clearing": 1_430_003, "held_seller_payable": -330_003,
        "refund_payable": -1_100_000,
    }  # fmt: skip
    assert books(admin) == {"gateway_clearing": 330_003, "held_seller_payable": -330_003}
    assert rows(admin, LINES) == [(1_000_000, 100_000), (0, 0)]
    assert [one["state"] for one in after["cases"]] == ["paid"]
    assert [one["state"] for one in after["cases"][0]["sent"]] == ["done"]
    assert (shown["state"], shown["payments"][0]["state"]) == ("paid", "partly_refunded")
    assert rows(admin, "select end_reason from entitlement order by ended_at") == [
        ("refunded",), (None,),
    ]  # fmt: skip
    assert rows(admin, "select state from acceptance order by decided_at") == [
        ("ended",), ("open",),
    ]  # fmt: skip
    jobs = [name for (name,) in rows(admin, "select task_name from procrastinate_jobs")]
    assert [jobs.count(f"refunds.{one}") for one in ("tell_decided", "tell_paid")] == [1, 1]
    assert "invoices.amend" not in jobs
    await sound(database)


async def test_the_last_refund_ends_the_order_and_amends_the_invoice(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    product = await on_sale("컨베이어 벨트")
    order = await paid(parts, buying, product.id, method="transfer")
    done = await withdraw(buying, order, 0)
    await send_all(parts, admin)
    shown = (await buying.get(f"{ORDERS}/{order['id']}")).json()

    assert (shown["state"], shown["payments"][0]["state"]) == ("refunded", "refunded")
    assert books(admin) == {}
    amended = "select args->>'case_id' from procrastinate_jobs where task_name='invoices.amend'"
    assert rows(admin, amended) == [(done.json()["id"],)]
    await sound(database)


async def test_what_was_downloaded_or_is_too_old_is_not_withdrawn_from(
    database: Database, buying: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    first, second = (line["id"] for line in order["lines"])
    await downloaded(database, first)
    await aged(database, second, 20)
    await change(database, "update purchase_order set paid_at = paid_at - interval '20 days'")

    answers = [await withdraw(buying, order, 0), await withdraw(buying, order, 1)]
    foreign = await post(buying, f"{OWN}/orders/{order['id']}/refunds", line_ids=[str(uuid4())])

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (409, "withdrawal_over"), (409, "withdrawal_over"),
    ]  # fmt: skip
    assert foreign.json()["code"] == "nothing_to_refund"


async def test_a_dispute_lost_by_the_seller_is_a_rescission(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    order: dict[str, Any],
) -> None:
    await downloaded(database, order["lines"][1]["id"])
    desk = (await finance_of(database, client_of))[0]
    dispute_id = await dispute(buying, order, 1)
    decided = await post(
        desk, f"{DESK}/disputes/{dispute_id}/decision", outcome="for_buyer",
        reason="데이터가 설명과 다릅니다.",
    )  # fmt: skip
    await send_all(parts, admin)

    assert decided.json()["state"] == "for_buyer", decided.text
    case = (await refunds_of(buying, order))["cases"][0]
    assert (case["reason"], case["state"], case["amount_won"]) == (
        "dispute_lost", "paid", 330_003,
    )  # fmt: skip
    assert decided.json()["case_id"] == case["id"]
    assert books(admin) == {"gateway_clearing": 1_100_000, "held_seller_payable": -1_100_000}
    await sound(database)


async def test_a_price_cut_pays_a_part_back_and_accepts_the_rest(
    admin: psycopg.Connection,
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    order: dict[str, Any],
) -> None:
    desk = (await finance_of(database, client_of))[0]
    path = f"{DESK}/disputes/{await dispute(buying, order, 1)}/decision"
    why = {"outcome": "price_cut", "reason": "행 일부가 빠져 값을 깎습니다."}
    whole = await post(desk, path, amount_won=330_003, **why)
    unnamed = await post(desk, path, **why)
    done = await post(desk, path, amount_won=110_001, **why)

    assert [one.json()["code"] for one in (whole, unnamed)] == ["refund_exceeds_line"] * 2
    assert (done.json()["state"], done.json()["cut_won"]) == ("price_cut", 110_001)
    assert books(admin) == {
        "gateway_clearing": 1_430_003, "held_seller_payable": -1_100_000,
        "seller_payable": -220_002, "refund_payable": -110_001,
    }  # fmt: skip
    assert rows(admin, LINES)[1] == (100_001, 10_000)
    await sound(database)


async def test_a_large_refund_waits_for_another_person(
    admin: psycopg.Connection,
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    order: dict[str, Any],
) -> None:
    first, second = await finance_of(database, client_of)
    made = (await refund(first, order, (0, None))).json()
    untouched = books(admin)
    path = f"{DESK}/refunds/{made['id']}"
    own = await post(first, f"{path}/approval")
    refused = await post(second, f"{path}/refusal", reason="합의서가 없습니다.")
    late = await post(second, f"{path}/approval")
    again = (await refund(first, order, (0, None))).json()
    smaller = await refund(second, order, (0, 900_000))
    outdated = await post(second, f"{DESK}/refunds/{again['id']}/approval")
    third = (await refund(first, order, (1, None), (0, None))).json()

    assert (made["state"], made["amount_won"]) == ("waiting_second_person", 1_100_000)
    assert untouched == {"gateway_clearing": 1_430_003, "held_seller_payable": -1_430_003}
    assert (own.status_code, own.json()["code"]) == (403, "refund_other_person")
    assert refused.json()["state"] == "refused"
    assert late.json()["code"] == "refund_case_decided"
    assert (smaller.json()["state"], third["state"]) == ("decided", "decided")
    assert (outdated.status_code, outdated.json()["code"]) == (409, "refund_exceeds_line")
    assert rows(admin, LINES) == [(1_000_000, 100_000), (300_003, 30_000)]
    shown = (await buying.get(f"{ORDERS}/{order['id']}")).json()
    assert shown["state"] == "refunded"
    await sound(database)


async def test_a_large_rescission_waits_and_the_dispute_with_it(
    admin: psycopg.Connection,
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    order: dict[str, Any],
) -> None:
    first, second = await finance_of(database, client_of)
    path = f"{DESK}/disputes/{await dispute(buying, order, 0)}"
    why = {"outcome": "for_buyer", "reason": "데이터가 설명과 다릅니다."}
    waiting = (await post(first, f"{path}/decision", **why)).json()
    again = await post(second, f"{path}/decision", **why)
    await post(second, f"{DESK}/refunds/{waiting['case_id']}/refusal", reason="더 살핍니다.")
    back = (await first.get(path)).json()
    waiting = (await post(first, f"{path}/decision", **why)).json()
    approved = await post(second, f"{DESK}/refunds/{waiting['case_id']}/approval")
    done = (await first.get(path)).json()

    assert (waiting["state"], again.json()["code"]) == ("proposed", "dispute_decided")
    assert (back["state"], back["case_id"], back["decision"]) == ("open", None, None)
    assert approved.json()["state"] == "decided", approved.text
    assert (done["state"], done["decided_at"] is not None) == ("for_buyer", True)
    assert books(admin)["refund_payable"] == -1_100_000
    await sound(database)


async def test_after_acceptance_it_is_taken_from_what_is_payable_then_owed_by_the_seller(
    admin: psycopg.Connection,
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    order: dict[str, Any],
) -> None:
    desk = (await finance_of(database, client_of))[0]
    for line in order["lines"]:
        await post(buying, f"{OWN}/acceptances/{line['id']}/acceptance")
    await refund(desk, order, (0, 100_000))
    payable = books(admin)
    seller_id = UUID(order["lines"][0]["seller_id"])
    # Everything but 50,000 won that is payable has been paid out.
    async with database.transaction(Scope.system()) as session:
        await book(session, movements.paid_out(uuid4(), uuid4(), seller_id, 1_330_003 - 50_000))
    await refund(desk, order, (1, None))

    assert payable == {
        "gateway_clearing": 1_430_003, "seller_payable": -1_330_003, "refund_payable": -100_000,
    }  # fmt: skip
    found = books(admin)
    assert (found.get("seller_payable"), found["seller_clawback"]) == (None, 280_003)
    assert found["refund_payable"] == -430_003
    await sound(database)


async def test_refunds_and_a_window_at_once_never_give_more_than_was_paid(
    admin: psycopg.Connection, database: Database, order: dict[str, Any]
) -> None:
    order_id, line_id = UUID(order["id"]), UUID(order["lines"][0]["id"])
    await aged(database, str(line_id), 7)

    async def one(amount_won: int | None) -> bool:
        try:
            async with database.transaction(Scope.system()) as session:
                sale = await lock_sale(session, order_id)
                wish = Wish(RefundReason.operator, None, "같은 때")
                await make(session, sale, [Part(line_id, amount_won)], wish)
        except Refusal:
            return False
        return True

    async def end() -> bool:
        try:
            async with database.transaction(Scope.system()) as session:
                return await lapse(session, line_id)
        except DatabaseBusy:
            return False

    done = await asyncio.gather(
        *(one(None) for _ in range(4)), end(), *(one(400_000) for _ in range(4))
    )

    assert any(done)
    back = rows(admin, "select sum(amount_won)::bigint from refund_case")
    taken = rows(admin, "select sum(refunded_supply_won+refunded_vat_won)::bigint from order_line")
    assert back == taken
    assert int(str(back[0][0])) <= 1_100_000
    await sound(database)


async def test_only_the_buyer_withdraws_and_only_the_exchange_decides(
    buying: httpx.AsyncClient, client_of: ClientOf, owner: Member, order: dict[str, Any]
) -> None:
    seller = await client_of(owner[0])
    dispute_id = await dispute(buying, order)
    answers = [
        await withdraw(seller, order, 0),
        await refund(buying, order, (0, 1_000)),
        await post(
            seller, f"{DESK}/disputes/{dispute_id}/decision", outcome="for_seller", reason="우리"
        ),
    ]
    assert [one.status_code for one in answers] == [404, 403, 403]
