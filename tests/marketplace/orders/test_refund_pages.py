"""The pages of acceptance, disputes and refunds, as links and forms without a script."""

from typing import Any

import httpx
import psycopg
import pytest

from marketplace.db import Database
from tests.marketplace.orders.conftest import ClientOf, Member
from tests.marketplace.orders.refund_steps import (
    OWN,
    books,
    change,
    downloaded,
    finance_of,
    post,
    refunds_of,
)
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

WRONG = "첫 열의 단위가 설명과 다릅니다. 12행부터 섭씨가 아닙니다."


@pytest.fixture
def order(two_lines: dict[str, Any]) -> dict[str, Any]:
    return two_lines


def line(order: dict[str, Any], place: int = 0) -> str:
    return str(order["lines"][place]["id"])


async def test_a_buyer_accepts_and_disputes_on_the_page(
    admin: psycopg.Connection, buying: httpx.AsyncClient, order: dict[str, Any]
) -> None:
    here = f"/orders/{order['id']}/acceptance"
    before = (await buying.get(here)).text
    done = await send(buying, here, {}, to=f"{here}/{line(order)}/accepting")
    short = await send(buying, here, {"statement": "짧음"}, to=f"{here}/{line(order, 1)}/disputing")
    given = {"statement": WRONG, "known_on": ""}
    opened = await send(buying, here, given, to=f"{here}/{line(order, 1)}/disputing")
    after = (await buying.get(here)).text
    dispute_id = rows(admin, "select id from dispute")[0][0]
    back = await send(buying, here, {}, to=f"{here}/disputes/{dispute_id}/withdrawal")
    again = await send(buying, here, {}, to=f"{here}/{line(order)}/accepting")

    assert "일 남음" in before
    assert "/quality" in before
    assert [one.status_code for one in (done, short, opened, back, again)] == [
        303, 422, 303, 303, 409,
    ]  # fmt: skip
    assert "짧음" in short.text
    assert WRONG in after
    assert rows(admin, "select state from acceptance") == [("accepted",), ("accepted",)]


async def test_a_seller_answers_and_the_exchange_decides_on_its_pages(
    admin: psycopg.Connection,
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    owner: Member,
    order: dict[str, Any],
) -> None:
    seller, (first, second) = await client_of(owner[0]), await finance_of(database, client_of)
    path = f"{OWN}/acceptances/{line(order)}/disputes"
    dispute_id = (await post(buying, path, statement=WRONG)).json()["id"]
    said = {"answer": "단위는 열 설명에 적혀 있고 12행도 섭씨입니다."}
    answered = await send(
        seller, "/selling/disputes", said, to=f"/selling/disputes/{dispute_id}/answer"
    )
    listed = (await first.get("/operator/disputes")).text
    here = f"/operator/disputes/{dispute_id}"
    unreasoned = await send(first, here, {"outcome": "for_buyer", "reason": ""})
    decided = await send(first, here, {"outcome": "for_buyer", "reason": "설명과 다릅니다."})
    shown = (await first.get(here)).text
    case_id = rows(admin, "select id from refund_case")[0][0]
    case = f"/operator/refunds/{case_id}"
    own = (await first.get(case)).text
    approved = await send(second, case, {}, to=f"{case}/approval")
    paid_page = (await second.get("/operator/refunds?state=decided")).text

    assert answered.status_code == 303
    assert (order["number"] in listed, unreasoned.status_code, decided.status_code) == (
        True, 422, 303,
    )  # fmt: skip
    assert said["answer"] in shown
    assert f"{case}/approval" not in own
    assert approved.status_code == 303, approved.text
    assert str(case_id) in paid_page
    assert rows(admin, "select state from dispute") == [("for_buyer",)]
    assert books(admin)["refund_payable"] == -1_100_000


async def test_a_buyer_withdraws_on_the_page(
    admin: psycopg.Connection,
    database: Database,
    buying: httpx.AsyncClient,
    order: dict[str, Any],
) -> None:
    here = f"/orders/{order['id']}/refunds"
    await downloaded(database, line(order, 1))
    page = (await buying.get(here)).text
    none = await send(buying, here, {})
    gone = await send(buying, here, {"line_ids": line(order, 1)})
    done = await send(buying, here, {"line_ids": line(order)})
    after = (await buying.get(here)).text

    assert (line(order) in page, f'value="{line(order, 1)}"' in page) == (True, False)
    assert [one.status_code for one in (none, gone, done)] == [422, 409, 303]
    assert "청약철회" in after
    assert rows(admin, "select amount_won from refund_case") == [(1_100_000,)]


async def test_the_exchange_makes_a_refund_and_records_a_payment_by_hand(
    admin: psycopg.Connection,
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    order: dict[str, Any],
) -> None:
    desk = (await finance_of(database, client_of))[0]
    here = f"/operator/orders/{order['id']}/refund"
    wish = {"line_id": line(order, 1), "reason": "판매자와 합의"}
    too_much = await send(desk, here, wish | {"amount_won": "330004"})
    made = await send(desk, here, wish | {"amount_won": "110001"})
    await change(database, "update payment_refund set state='refused', failure='한도 초과'")
    refund_id = rows(admin, "select id from payment_refund")[0][0]
    queue = (await desk.get("/operator/refunds")).text
    given = {"out_of": "bank", "reason": "은행에서 이체했습니다."}
    paid = await send(
        desk, "/operator/refunds", given, to=f"/operator/refunds/sent/{refund_id}/by-hand"
    )

    assert (too_much.status_code, made.status_code, paid.status_code) == (409, 303, 303)
    assert "한도 초과" in queue
    assert books(admin)["bank"] == -110_001


async def test_a_large_refund_is_taken_back_on_its_page(
    admin: psycopg.Connection,
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    order: dict[str, Any],
) -> None:
    desk = (await finance_of(database, client_of))[0]
    here = f"/operator/orders/{order['id']}/refund"
    wish = {"line_id": line(order), "reason": "판매자와 합의", "amount_won": ""}
    made = await send(desk, here, wish)
    case = made.headers["location"].split("?", maxsplit=1)[0]
    unreasoned = await send(desk, case, {"reason": ""}, to=f"{case}/refusal")
    closed = await send(desk, case, {"reason": "잘못 올렸습니다."}, to=f"{case}/refusal")

    assert [one.status_code for one in (made, unreasoned, closed)] == [303, 422, 303]
    assert rows(admin, "select state from refund_case") == [("refused",)]
    assert (await refunds_of(buying, order))["cases"][0]["state"] == "refused"
