"""What a gateway says of refunds: made without us, refused, taken back by the bank; and what follows."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from billing.gateways.facts import Refund
from billing.gateways.sandbox_payment import Button
from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.orders.payments.attempts import reference_of
from marketplace.orders.payments.models import Payment
from tests.marketplace.orders.conftest import ClientOf, OnSale
from tests.marketplace.orders.refund_steps import (
    DESK,
    books,
    change,
    finance_of,
    post,
    refund,
    refunds_of,
    send_all,
    sound,
    withdraw,
)
from tests.marketplace.orders.steps import paid, pressed, settled
from tests.marketplace.organizations.steps import rows


@pytest.fixture
def order(two_lines: dict[str, Any]) -> dict[str, Any]:
    return two_lines


async def test_a_refund_that_the_gateway_made_is_taken_from_the_lines_pro_rata(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    order: dict[str, Any],
) -> None:
    payment_id = order["payments"][0]["id"]
    async with database.transaction(Scope.system()) as session:
        reference = reference_of(await session.get_one(Payment, UUID(payment_id)))
    foreign = Refund(id=uuid4(), amount_won=143_000, refundable_won=1_430_003, reason="콘솔")
    await parts.gateways.sandbox.refund(reference, foreign)
    await settled(parts, payment_id)
    await send_all(parts, admin)

    case = (await refunds_of(buying, order))["cases"][0]
    assert (case["reason"], case["state"], case["amount_won"]) == ("gateway_made", "paid", 143_000)
    assert [line["total_won"] for line in case["lines"]] == [110_000, 33_000]
    assert books(admin) == {"gateway_clearing": 1_287_003, "held_seller_payable": -1_287_003}
    assert rows(admin, "select count(*) from refund_case") == [(1,)]
    await sound(database)


async def test_more_than_the_lines_can_bear_is_asked_of_the_operator(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    order: dict[str, Any],
) -> None:
    await withdraw(buying, order, 0, 1)
    payment_id = order["payments"][0]["id"]
    async with database.transaction(Scope.system()) as session:
        reference = reference_of(await session.get_one(Payment, UUID(payment_id)))
    foreign = Refund(id=uuid4(), amount_won=143_000, refundable_won=1_430_003, reason="콘솔")
    await parts.gateways.sandbox.refund(reference, foreign)
    await settled(parts, payment_id)
    await send_all(parts, admin)

    assert rows(admin, "select reason from payment_question") == [("refunds_differ",)]
    assert rows(admin, "select reason from refund_case") == [("withdrawal",)]


async def test_a_refused_refund_is_sent_again_or_paid_by_hand(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    order: dict[str, Any],
) -> None:
    desk = (await finance_of(database, client_of))[0]
    await withdraw(buying, order, 0)
    await withdraw(buying, order, 1)
    await change(database, "update payment_refund set state='refused', failure='한도 초과'")
    listed = (await desk.get(f"{DESK}/payment-refunds")).json()["items"]
    first, second = listed[0]["id"], listed[1]["id"]
    again = await post(desk, f"{DESK}/payment-refunds/{first}/sending")
    twice = await post(desk, f"{DESK}/payment-refunds/{first}/sending")
    by_hand = await post(
        desk, f"{DESK}/payment-refunds/{second}/payment-by-hand", out_of="bank",
        reason="은행에서 이체했습니다.",
    )  # fmt: skip
    more = await post(
        desk, f"{DESK}/payment-refunds/{second}/payment-by-hand", out_of="bank", reason="다시"
    )
    left = (await desk.get(f"{DESK}/payment-refunds")).json()["items"]
    await send_all(parts, admin)

    assert [one["failure"] for one in listed] == ["한도 초과"] * 2
    assert (again.status_code, by_hand.status_code) == (200, 200), again.text
    assert [one.json()["code"] for one in (twice, more)] == ["refund_not_refused"] * 2
    assert left == []
    assert [one["state"] for one in (await refunds_of(buying, order))["cases"]] == ["paid"] * 2
    assert books(admin) == {"gateway_clearing": 330_003, "bank": -330_003}
    actions = rows(
        admin, "select action from audit_event where action like 'refund.%%' order by id"
    )
    assert [action for (action,) in actions] == [
        "refund.decided", "refund.decided", "refund.paid_by_hand",
    ]  # fmt: skip


async def test_what_the_bank_takes_back_while_a_refund_is_decided_is_asked_of_the_operator(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    product = await on_sale("컨베이어 벨트", price_won=20_000_000)
    order = await paid(parts, buying, product.id, method="virtual_account")
    await withdraw(buying, order, 0)
    await pressed(parts, order["payments"][0]["id"], Button.take_back)
    found = await settled(parts, order["payments"][0]["id"])

    assert (found.state, found.step) == ("paid", "ask_operator")
    assert rows(admin, "select reason from payment_question") == [("regressed",)]
    after = await withdraw(buying, order, 0)
    assert after.json()["code"] == "nothing_to_refund"
    await sound(database)


async def test_after_a_deposit_was_taken_back_nothing_is_refunded(
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    on_sale: OnSale,
) -> None:
    desk = (await finance_of(database, client_of))[0]
    product = await on_sale("컨베이어 벨트", price_won=20_000_000)
    order = await paid(parts, buying, product.id, method="virtual_account")
    await pressed(parts, order["payments"][0]["id"], Button.take_back)
    await settled(parts, order["payments"][0]["id"])

    answers = [await withdraw(buying, order, 0), await refund(desk, order, (0, 1_000))]
    assert [one.json()["code"] for one in answers] == ["nothing_to_refund"] * 2
