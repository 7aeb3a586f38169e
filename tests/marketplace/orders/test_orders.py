"""A buyer orders the cart, pays by card or deposit, and has the right to what was bought (B1 to B4)."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from litestar import Litestar
from msgspec import convert
from sqlalchemy import text

from billing.gateways.choice import GatewayChoice
from billing.gateways.sandbox_payment import Button
from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.orders.checkout import placing
from marketplace.orders.checkout.placing import Buyer, OrderLimits
from marketplace.orders.checkout.schemas import OrderIn
from marketplace.orders.delivery.buyers import EntitledBuyers
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.purchases.errors import TrainingRequired
from tests.factories import a_member
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.conftest import ClientOf, Member, OnSale
from tests.marketplace.orders.steps import (
    CART,
    ORDERS,
    ordered,
    paid,
    place,
    pressed,
    settled,
    started,
    wish_of,
)
from tests.marketplace.organizations.steps import rows


async def change(database: Database, statement: str, **given: object) -> None:
    async with database.transaction(Scope.system()) as session:
        await session.execute(text(statement), given)


def balances(admin: psycopg.Connection) -> dict[str, int]:
    found = rows(
        admin, "select account_code, sum(amount_won)::bigint from ledger_posting group by 1"
    )
    return {str(code): int(won) for code, won in found if won}


async def test_an_order_of_two_sellers_is_paid_by_card_and_booked(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    exempt = await a_member(database, Role.owner)
    await change(
        database, "update organization set registry_tax_type='04' where id=:id", id=exempt[1].id
    )
    first = await on_sale("컨베이어 벨트", price_won=1_200_005)
    second = await on_sale("도금 두께", seller=exempt, price_won=900_000)

    order = await ordered(buying, first.id, second.id)
    payment = order["payments"][0]
    await started(parts, payment["id"])
    await pressed(parts, payment["id"], Button.success)
    before = (await buying.get(f"{ORDERS}/{order['id']}")).json()
    await settled(parts, payment["id"])
    once_more = await settled(parts, payment["id"])
    after = (await buying.get(f"{ORDERS}/{order['id']}")).json()

    assert order["number"].startswith("P20")
    assert (order["supply_won"], order["vat_won"], order["total_won"]) == (
        2_100_005, 120_001, 2_220_006,
    )  # fmt: skip
    assert (payment["evidence"], payment["state"], payment["amount_won"]) == (
        "card_slip", "created", 2_220_006,
    )  # fmt: skip
    assert (before["state"], after["state"]) == ("awaiting_payment", "paid")
    assert (after["payments"][0]["state"], once_more.step) == ("paid", "nothing")
    assert (await buying.get(CART)).json()["count"] == 0
    assert balances(admin) == {"gateway_clearing": 2_220_006, "held_seller_payable": -2_220_006}
    assert rows(admin, "select count(*), count(ended_at) from entitlement") == [(2, 0)]
    assert rows(admin, "select distinct state from acceptance") == [("open",)]
    jobs = [name for (name,) in rows(admin, "select task_name from procrastinate_jobs")]
    assert jobs.count("checkout.tell_paid") == 1
    assert "invoices.draw_up" not in jobs


async def test_the_terms_and_the_seller_are_frozen_on_the_line(
    admin: psycopg.Connection, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트")
    await ordered(buying, product.id)

    found = rows(
        admin,
        "select l.licence_sha256 = encode(sha256(convert_to(l.licence_ko, 'UTF8')), 'hex'),"
        " l.licence_ko like '%%이용허락%%', l.seller_number = o.business_number,"
        " l.acceptance_days from order_line l join organization o on o.id = l.seller_id",
    )
    assert found == [(True, True, True, 7)]


async def test_a_deposit_comes_is_taken_back_by_the_bank_and_comes_again(
    admin: psycopg.Connection, parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트", price_won=20_000_000)
    order = await ordered(buying, product.id, method="virtual_account")
    payment_id = order["payments"][0]["id"]
    await started(parts, payment_id)
    await pressed(parts, payment_id, Button.account)
    await settled(parts, payment_id)
    waiting = (await buying.get(f"{ORDERS}/{order['id']}")).json()
    await pressed(parts, payment_id, Button.success)
    await settled(parts, payment_id)
    paid_books = balances(admin)
    await pressed(parts, payment_id, Button.take_back)
    await settled(parts, payment_id)
    taken_back = (await buying.get(f"{ORDERS}/{order['id']}")).json()
    ended = rows(admin, "select end_reason from entitlement")
    without = balances(admin)
    await pressed(parts, payment_id, Button.success)
    await settled(parts, payment_id)
    again = (await buying.get(f"{ORDERS}/{order['id']}")).json()

    assert waiting["payments"][0]["account"]["bank"] == "시험은행"
    assert waiting["expires_at"] == waiting["payments"][0]["expires_at"]
    assert paid_books == {"gateway_clearing": 22_000_000, "held_seller_payable": -22_000_000}
    assert (taken_back["state"], ended, without) == ("taken_back", [("taken_back",)], {})
    assert again["state"] == "paid"
    assert balances(admin) == paid_books
    assert rows(admin, "select end_reason from entitlement") == [(None,)]
    assert rows(admin, "select state from acceptance") == [("open",)]
    jobs = [name for (name,) in rows(admin, "select task_name from procrastinate_jobs")]
    assert jobs.count("invoices.draw_up") == 2
    assert jobs.count("invoices.withdraw") == 1


async def test_a_second_attempt_closes_the_first_and_money_for_both_goes_back_once(
    admin: psycopg.Connection, parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트")
    order = await ordered(buying, product.id)
    first = order["payments"][0]["id"]
    await started(parts, first)
    path = f"{ORDERS}/{order['id']}/payments"
    answer = await buying.post(path, json={"method": "transfer"}, headers=keyed())
    assert answer.status_code == 201, answer.text
    second = answer.json()["payments"][1]["id"]
    await started(parts, second)
    # The buyer pays in both windows.
    await pressed(parts, first, Button.success)
    await pressed(parts, second, Button.success)
    await settled(parts, second)
    late = await settled(parts, first)
    await settled(parts, first)

    found = (await buying.get(f"{ORDERS}/{order['id']}")).json()
    assert [one["state"] for one in found["payments"]] == ["surplus", "paid"]
    assert late.state == "surplus"
    assert balances(admin) == {
        "gateway_clearing": 2_200_000,
        "held_seller_payable": -1_100_000,
        "unmatched_receipt": -1_100_000,
    }
    assert rows(admin, "select amount_won, case_id from payment_refund") == [(1_100_000, None)]


async def test_what_is_refused(
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    owner: Member,
    on_sale: OnSale,
) -> None:
    product = await on_sale("컨베이어 벨트")
    empty = await buying.post(
        ORDERS, json=(await wish_of(buying)) | {"total_won": 1, "terms": [
            {"product_id": str(product.id), "licence_sha256": "0" * 64}]}, headers=keyed(),
    )  # fmt: skip
    other_terms = await place(buying, product.id, terms=[
        {"product_id": str(product.id), "licence_sha256": "f" * 64}])  # fmt: skip
    unread = await place(buying, product.id, terms=[
        {"product_id": str(uuid4()), "licence_sha256": "f" * 64}])  # fmt: skip
    dearer = await place(buying, product.id, total_won=999)
    wallet = await place(buying, product.id, method="kakaopay")
    await change(database, "update organization set tax_type='02' where id=:id", id=owner[1].id)
    by_receipt = await place(buying, product.id, method="transfer")
    await change(database, "update organization set tax_type='05' where id=:id", id=owner[1].id)
    undecided = await place(buying, product.id)

    codes = [empty, other_terms, unread, dearer, wallet, by_receipt, undecided]
    assert [(one.status_code, one.json()["code"]) for one in codes] == [
        (409, "cart_empty"),
        (409, "order_changed"),
        (409, "terms_not_accepted"),
        (409, "order_changed"),
        (409, "payment_method_not_offered"),
        (409, "payment_method_not_offered"),
        (409, "seller_tax_undecided"),
    ]
    viewing = await client_of((await a_member(database, Role.viewer))[0])
    assert (await place_as(viewing)).status_code == 403
    assert (await buying.get(f"{ORDERS}/{uuid4()}")).status_code == 404


async def place_as(client: httpx.AsyncClient) -> httpx.Response:
    body: dict[str, Any] = {
        "terms": [{"product_id": str(uuid4()), "licence_sha256": "0" * 64}],
        "purpose": "other", "purpose_note": "시험", "method": "card", "total_won": 1,
    }  # fmt: skip
    return await client.post(ORDERS, json=body, headers=keyed())


async def test_an_owned_version_is_said_so_and_bought_again_only_on_purpose(
    parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트")
    await paid(parts, buying, product.id)

    refused = await place(buying, product.id)
    again = await place(buying, product.id, again=True)

    assert (refused.status_code, refused.json()["code"]) == (409, "already_owned")
    assert again.status_code == 201


async def test_a_cancelled_order_takes_no_money(
    admin: psycopg.Connection, parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트")
    order = await ordered(buying, product.id)
    payment_id = order["payments"][0]["id"]
    await started(parts, payment_id)
    path = f"{ORDERS}/{order['id']}/cancellation"
    cancelled = await buying.post(path, headers=keyed())
    twice = await buying.post(path, headers=keyed())
    anew = await buying.post(
        f"{ORDERS}/{order['id']}/payments", json={"method": "card"}, headers=keyed()
    )
    closed = await settled(parts, payment_id)

    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert [(one.status_code, one.json()["code"]) for one in (twice, anew)] == [
        (409, "order_not_open"), (409, "order_not_open"),
    ]  # fmt: skip
    # It is closed there too: the sandbox's page has no button any more.
    assert (closed.state, balances(admin)) == ("closed", {})
    page = await parts.gateways.sandbox.page(UUID(payment_id))
    assert page is not None
    assert page.buttons == ()


async def test_two_windows_order_the_cart_once(
    admin: psycopg.Connection, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트")
    await buying.put(f"{CART}/{product.id}")
    wish = await wish_of(buying)

    answers = await asyncio.gather(
        *(buying.post(ORDERS, json=wish, headers=keyed()) for _ in range(4))
    )

    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert rows(admin, "select count(*) from purchase_order") == [(1,)]


async def test_everybody_at_once_completes_a_payment_once(
    admin: psycopg.Connection, parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트")
    order = await ordered(buying, product.id)
    payment_id = order["payments"][0]["id"]
    await started(parts, payment_id)
    await pressed(parts, payment_id, Button.success)

    results = await asyncio.gather(*(settled(parts, payment_id) for _ in range(6)))

    assert {one.state for one in results} == {"paid"}
    assert balances(admin) == {"gateway_clearing": 1_100_000, "held_seller_payable": -1_100_000}
    assert rows(admin, "select count(*) from state_step where machine='payment'") == [(1,)]


async def test_nobody_sees_the_orders_of_others(
    database: Database,
    buying: httpx.AsyncClient,
    client_of: ClientOf,
    owner: Member,
    on_sale: OnSale,
    app: Litestar,
) -> None:
    order = await ordered(buying, (await on_sale("컨베이어 벨트")).id)
    stranger = await client_of((await a_member(database, Role.buyer))[0])
    seller = await client_of(owner[0])

    for client in (stranger, seller):
        assert (await client.get(f"{ORDERS}/{order['id']}")).status_code == 404
        answer = await client.post(f"{ORDERS}/{order['id']}/cancellation", headers=keyed())
        assert answer.status_code == 404
    assert [one["id"] for one in (await buying.get(ORDERS)).json()["items"]] == [order["id"]]
    assert (await stranger.get(ORDERS)).json()["items"] == []


async def test_an_exchange_may_ask_buyers_for_the_training(
    database: Database, buyer: Member, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트")
    await buying.put(f"{CART}/{product.id}")
    wish = convert(await wish_of(buying), OrderIn)
    who = Buyer(buyer[1].id, buyer[0].id)
    scope = Scope("tenant", buyer[0].id, buyer[1].id)
    limits = OrderLimits(50, 50, 24, 3, 7, need_training=True)

    none = Gateways(GatewayChoice(), {})
    async with database.transaction(scope) as session:
        with pytest.raises(TrainingRequired):
            await placing.place(session, who, wish, gateways=none, limits=limits)


async def test_whoever_holds_a_version_hears_of_it(
    database: Database, parts: Parts, buyer: Member, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    product = await on_sale("컨베이어 벨트")
    order = await paid(parts, buying, product.id)
    version_id = UUID(order["lines"][0]["version_id"])

    async with database.transaction(Scope.system()) as session:
        assert await EntitledBuyers().people_of(session, version_id) == [buyer[0].id]
        assert await EntitledBuyers().people_of(session, uuid4()) == []
