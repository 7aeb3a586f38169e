"""The buyer accepts what was delivered, says nothing, or disputes it; the money follows."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from billing.gateways.sandbox_payment import Button
from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.clock import seoul_date
from marketplace.db import Database, Scope, now
from marketplace.orders.acceptance.jobs import lapse_windows
from tests.factories import a_member
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
)
from tests.marketplace.orders.steps import paid, pressed, settled
from tests.marketplace.organizations.steps import rows

WRONG = "첫 열의 단위가 설명과 다릅니다. 12행부터 섭씨가 아닙니다."
HELD = {"gateway_clearing": 1_100_000, "held_seller_payable": -1_100_000}
PAYABLE = {"gateway_clearing": 1_100_000, "seller_payable": -1_100_000}


@pytest.fixture
async def order(parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale) -> dict[str, Any]:
    return await paid(parts, buying, (await on_sale("컨베이어 벨트")).id)


def line_of(order: dict[str, Any]) -> str:
    return str(order["lines"][0]["id"])


async def lapse(database: Database) -> None:
    context: Any = SimpleNamespace(phases=database.phases(Scope.system()))
    await lapse_windows(context)


async def dispute(buying: httpx.AsyncClient, order: dict[str, Any], **given: Any) -> httpx.Response:
    path = f"{OWN}/acceptances/{line_of(order)}/disputes"
    return await post(buying, path, **({"statement": WRONG} | given))


async def test_an_accepted_line_is_the_sellers_once(
    admin: psycopg.Connection, buying: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    path = f"{OWN}/acceptances/{line_of(order)}/acceptance"

    answers = await asyncio.gather(*(post(buying, path) for _ in range(4)))
    listed = (await buying.get(f"{OWN}/orders/{order['id']}/acceptances")).json()["items"]

    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert {one.json().get("code") for one in answers} == {None, "acceptance_closed"}
    assert books(admin) == PAYABLE
    assert [one["state"] for one in listed] == ["accepted"]
    audit = rows(admin, "select action from audit_event where action like 'acceptance.%%'")
    assert audit == [("acceptance.accepted",)]
    jobs = [name for (name,) in rows(admin, "select task_name from procrastinate_jobs")]
    assert jobs.count("acceptance.tell_closed") == 1


async def test_a_window_ends_without_a_word(
    admin: psycopg.Connection, database: Database, order: dict[str, Any]
) -> None:
    await lapse(database)
    early = books(admin)
    await aged(database, line_of(order), 7)
    await lapse(database)
    await lapse(database)

    assert early == HELD
    assert books(admin) == PAYABLE
    assert rows(admin, "select state from acceptance") == [("lapsed",)]


async def test_a_window_that_opened_again_is_booked_again(
    admin: psycopg.Connection, parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트", price_won=20_000_000)
    order = await paid(parts, buying, product.id, method="virtual_account")
    payment_id = order["payments"][0]["id"]
    path = f"{OWN}/acceptances/{line_of(order)}/acceptance"
    await post(buying, path)
    await pressed(parts, payment_id, Button.take_back)
    await settled(parts, payment_id)
    ended = await post(buying, path)
    await pressed(parts, payment_id, Button.success)
    await settled(parts, payment_id)
    again = await post(buying, path)

    assert (ended.json()["code"], again.status_code) == ("acceptance_closed", 200)
    assert books(admin) == {"gateway_clearing": 22_000_000, "seller_payable": -22_000_000}


async def test_a_dispute_is_answered_and_decided_for_the_seller(
    admin: psycopg.Connection,
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    owner: Member,
    order: dict[str, Any],
) -> None:
    seller = await client_of(owner[0])
    desk = (await finance_of(database, client_of))[0]

    opened = (await dispute(buying, order)).json()
    twice = await dispute(buying, order)
    accepted = await post(buying, f"{OWN}/acceptances/{line_of(order)}/acceptance")
    await aged(database, line_of(order), 7)
    await lapse(database)
    held = books(admin)
    seen = (await seller.get(f"{OWN}/sales/disputes")).json()["items"]
    reply = {"answer": "단위는 열 설명에 적혀 있습니다. 12행은 정상입니다."}
    path = f"{OWN}/sales/disputes/{opened['id']}/answer"
    answers = [await post(seller, path, **reply) for _ in range(2)]
    decided = await post(
        desk, f"{DESK}/disputes/{opened['id']}/decision",
        outcome="for_seller", reason="열 설명과 데이터가 같습니다.",
    )  # fmt: skip
    more = await post(
        desk, f"{DESK}/disputes/{opened['id']}/decision", outcome="for_buyer", reason="다시"
    )

    assert (opened["state"], opened["seller_name"]) == ("open", order["lines"][0]["seller_name"])
    assert [one.json()["code"] for one in (twice, accepted)] == [
        "dispute_open", "acceptance_closed",
    ]  # fmt: skip
    assert (held, [one["id"] for one in seen]) == (HELD, [opened["id"]])
    assert [one.status_code for one in answers] == [200, 409]
    assert decided.json()["state"] == "for_seller"
    assert (more.status_code, more.json()["code"]) == (409, "dispute_decided")
    assert books(admin) == PAYABLE


async def test_a_withdrawn_dispute_counts_as_accepted(
    admin: psycopg.Connection, buying: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    opened = (await dispute(buying, order)).json()
    path = f"{OWN}/disputes/{opened['id']}/withdrawal"
    done, twice = await post(buying, path), await post(buying, path)

    assert (done.json()["state"], twice.json()["code"]) == ("withdrawn", "dispute_decided")
    assert books(admin) == PAYABLE


async def test_after_the_window_the_periods_of_the_law_hold(
    database: Database, buying: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    async with database.transaction(Scope.system()) as session:
        today = seoul_date(now(session))
    await downloaded(database, line_of(order))
    await aged(database, line_of(order), 60)
    await lapse(database)

    forgotten = await dispute(buying, order, known_on=(today - timedelta(days=45)).isoformat())
    future = await dispute(buying, order, known_on=(today + timedelta(days=1)).isoformat())
    in_time = await dispute(buying, order)
    await change(database, "update entitlement set granted_at = granted_at - interval '60 days'")
    await post(buying, f"{OWN}/disputes/{in_time.json()['id']}/withdrawal")
    late = await dispute(buying, order)

    assert [(one.status_code, one.json()["code"]) for one in (forgotten, future, late)] == [
        (409, "dispute_too_late"), (422, "invalid"), (409, "dispute_too_late"),
    ]  # fmt: skip
    assert in_time.status_code == 201


async def test_nobody_else_accepts_disputes_or_answers(
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    owner: Member,
    order: dict[str, Any],
) -> None:
    opened = (await dispute(buying, order)).json()
    stranger = await client_of((await a_member(database, Role.owner))[0])
    seller = await client_of(owner[0])
    line = line_of(order)
    reply = {"answer": "단위는 열 설명에 적혀 있습니다."}

    found = [
        await post(stranger, f"{OWN}/acceptances/{line}/acceptance"),
        await post(seller, f"{OWN}/acceptances/{line}/acceptance"),
        await post(stranger, f"{OWN}/acceptances/{line}/disputes", statement=WRONG),
        await post(seller, f"{OWN}/disputes/{opened['id']}/withdrawal"),
        await post(buying, f"{OWN}/acceptances/{uuid4()}/acceptance"),
        await post(stranger, f"{OWN}/sales/disputes/{opened['id']}/answer", **reply),
    ]
    assert [one.status_code for one in found] == [404] * 6
    assert (await stranger.get(f"{OWN}/disputes")).json()["items"] == []
    assert (await seller.get(f"{OWN}/disputes")).json()["items"] == []
