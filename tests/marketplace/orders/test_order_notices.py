"""Buyer and sellers are told of what happens to an order, and an overdue one ends after the provider was asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg

from billing.gateways.sandbox_payment import Button
from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.orders.checkout import jobs
from tests.marketplace.orders.conftest import Member, OnSale
from tests.marketplace.orders.steps import ORDERS, ordered, paid, pressed, settled, started
from tests.marketplace.organizations.steps import rows

TOLD = "select user_id, kind from notice order by id"


def context_of(database: Database, parts: Parts) -> Any:
    phases = database.phases(Scope.system())
    return type("Context", (), {"phases": staticmethod(phases), "parts": parts})


async def test_buyer_and_seller_hear_of_a_paid_order_and_of_one_taken_back(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buyer: Member,
    owner: Member,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    order = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id)
    context = context_of(database, parts)
    await jobs.tell_paid(context, order_id=order["id"])
    await jobs.tell_taken_back(context, order_id=order["id"])

    assert set(rows(admin, TOLD)) == {
        (buyer[0].id, "order.paid"), (owner[0].id, "order.sold"),
        (buyer[0].id, "order.taken_back"), (owner[0].id, "order.taken_back"),
    }  # fmt: skip


async def test_overdue_orders_end_unless_they_were_paid_meanwhile(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buyer: Member,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    unpaid = await ordered(buying, (await on_sale("컨베이어 벨트")).id)
    late = await ordered(buying, (await on_sale("사출 금형")).id)
    await started(parts, late["payments"][0]["id"])
    await pressed(parts, late["payments"][0]["id"], Button.success)
    past = datetime.now(UTC) - timedelta(minutes=1)
    admin.execute("update purchase_order set expires_at = %s", (past,))
    context = context_of(database, parts)
    await jobs.expire_orders(context)
    await jobs.tell_expired(context, order_id=unpaid["id"])
    await settled(parts, unpaid["payments"][0]["id"])

    states = [(await buying.get(f"{ORDERS}/{one['id']}")).json()["state"] for one in (unpaid, late)]
    assert states == ["expired", "paid"]
    assert rows(admin, TOLD) == [(buyer[0].id, "order.expired")]
