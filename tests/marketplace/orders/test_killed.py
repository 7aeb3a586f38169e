"""Kill -9 at each named step of paying and of giving back: the next try ends in the same answer."""

import signal
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import select

from billing.gateways.errors import ResultUnknown
from billing.gateways.sandbox_payment import Button
from billing.ledger.invariants import INVARIANTS
from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.orders.payments.models import PaymentRefund, RefundState
from marketplace.orders.payments.sending import send_refund
from marketplace.settings import Settings
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.conftest import OnSale
from tests.marketplace.orders.killed import die_doing, do
from tests.marketplace.orders.steps import ORDERS, ordered, pressed, settled, started
from tests.marketplace.organizations.steps import rows


def breaches(admin: psycopg.Connection) -> dict[str, int]:
    """Count the breaches of every rule of the books."""
    counts = {one.code: len(rows(admin, one.breaches.replace("%", "%%"))) for one in INVARIANTS}
    return {code: count for code, count in counts.items() if count}


async def test_a_start_that_was_cut_begins_one_payment_there(
    admin: psycopg.Connection,
    parts: Parts,
    settings: Settings,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    order = await ordered(buying, (await on_sale("컨베이어 벨트")).id)
    payment_id = UUID(order["payments"][0]["id"])

    assert die_doing("start", payment_id, "payment.started", settings) == -signal.SIGKILL
    cut = rows(admin, "select redirect_url from payment")
    await do("start", payment_id, settings)

    assert cut == [("",)]
    assert rows(admin, "select count(*) from sandbox_payment") == [(1,)]
    assert rows(admin, "select redirect_url <> '' from payment") == [(True,)]


@pytest.mark.parametrize("point", ["settle.asked", "settle.applied", "settle.committed"])
async def test_a_completion_that_was_cut_happens_once(
    admin: psycopg.Connection,
    parts: Parts,
    settings: Settings,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    point: str,
) -> None:
    order = await ordered(buying, (await on_sale("컨베이어 벨트")).id)
    payment_id = order["payments"][0]["id"]
    await started(parts, payment_id)
    await pressed(parts, payment_id, Button.success)

    assert die_doing("settle", UUID(payment_id), point, settings) == -signal.SIGKILL
    between = breaches(admin)
    await settled(parts, payment_id)

    assert (between, breaches(admin)) == ({}, {})
    assert (await buying.get(f"{ORDERS}/{order['id']}")).json()["state"] == "paid"
    counted = rows(
        admin,
        "select (select count(*) from ledger_transaction), (select count(*) from entitlement),"
        " (select count(*) from procrastinate_jobs where task_name = 'checkout.tell_paid')",
    )
    assert counted == [(1, 1, 1)]


@pytest.mark.parametrize("point", ["settle.asked", "refund.sent", "settle.applied"])
async def test_a_return_of_double_money_that_was_cut_happens_once(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    settings: Settings,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    point: str,
) -> None:
    refund = await double_money(database, parts, buying, (await on_sale("컨베이어 벨트")).id)

    assert die_doing("refund", refund, point, settings) == -signal.SIGKILL
    between = breaches(admin)
    await do("refund", refund, settings)
    await do("refund", refund, settings)

    assert (between, breaches(admin)) == ({}, {})
    assert rows(admin, "select state, refunded_won from payment order by started_at") == [
        ("refunded", 1_100_000), ("paid", 0),
    ]  # fmt: skip
    assert rows(
        admin,
        "select sum(amount_won)::bigint from ledger_posting where account_code = 'unmatched_receipt'",
    ) == [(0,)]
    assert rows(admin, "select jsonb_array_length(document->'refunds') from sandbox_payment"
                " where document->'refunds' <> '[]'") == [(1,)]  # fmt: skip


async def double_money(
    database: Database, parts: Parts, buying: httpx.AsyncClient, product_id: UUID
) -> UUID:
    """Pay an order twice and return the refund of the second payment, which is not sent yet."""
    order: dict[str, Any] = await ordered(buying, product_id)
    first = order["payments"][0]["id"]
    await started(parts, first)
    path = f"{ORDERS}/{order['id']}/payments"
    again = await buying.post(path, json={"method": "transfer"}, headers=keyed())
    second = again.json()["payments"][1]["id"]
    await started(parts, second)
    for payment_id in (first, second):
        await pressed(parts, payment_id, Button.success)
    await settled(parts, second)
    await settled(parts, first)
    async with database.transaction(Scope.system()) as session:
        refund = await session.scalar(select(PaymentRefund))
        assert refund is not None
        assert refund.state is RefundState.wanted
        found: UUID = refund.id
        return found


async def test_a_refund_whose_answer_was_lost_is_made_once(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    settings: Settings,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    refund = await double_money(database, parts, buying, (await on_sale("컨베이어 벨트")).id)
    phases = database.phases(Scope.system())
    parts.gateways.sandbox.answers_to_lose = 1
    with pytest.raises(ResultUnknown):
        await send_refund(phases, parts.gateways, refund)
    state = await send_refund(phases, parts.gateways, refund)

    assert state is RefundState.done
    assert breaches(admin) == {}
