"""Return URL, webhook, sweeper and operator at once complete each payment once; a proof with a count.

``MARKETPLACE_TEST_CROWD`` sets how many payments; 100 unless given, 2,000 by ``make proof-payments``.
"""

import asyncio
import os
import sys
from uuid import UUID

import psycopg
import pytest

from billing.gateways.facts import Method
from billing.gateways.sandbox_payment import Button
from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.errors import DatabaseBusy
from marketplace.orders.payments.settling import Cause, settle
from tests.marketplace.orders.conftest import Member, OnSale
from tests.marketplace.orders.many import many_orders
from tests.marketplace.orders.steps import pressed, started
from tests.marketplace.organizations.steps import rows

PAYMENTS = int(os.environ.get("MARKETPLACE_TEST_CROWD", "100"))
CAUSES = (Cause.returned, Cause.webhook, Cause.sweeper, Cause.operator)
AT_ONCE = 4


async def test_each_payment_is_completed_once(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buyer: Member,
    on_sale: OnSale,
    capsys: pytest.CaptureFixture[str],
) -> None:
    product = await on_sale("컨베이어 벨트")
    payments = await many_orders(database, buyer, product, [Method.card] * PAYMENTS)
    phases = database.phases(Scope.system())
    ended = {"paid": 0, "busy": 0}

    async def ask(payment_id: UUID, cause: Cause) -> None:
        returned = {"x": "1"} if cause is Cause.returned else None
        while True:
            try:
                found = await settle(phases, parts.gateways, payment_id, cause, returned=returned)
            except DatabaseBusy:
                ended["busy"] += 1
                continue
            ended[found.state.value] += 1
            return

    turn = asyncio.Semaphore(AT_ONCE)

    async def one(payment_id: UUID) -> None:
        async with turn:
            await started(parts, str(payment_id))
            await pressed(parts, str(payment_id), Button.success)
            await asyncio.gather(*(ask(payment_id, cause) for cause in CAUSES))

    await asyncio.gather(*(one(payment_id) for payment_id in payments))

    with capsys.disabled():
        sys.stdout.write(f"\n{PAYMENTS} payments, 4 callers each: {ended}\n")
    assert ended["paid"] == 4 * PAYMENTS
    counted = rows(
        admin,
        "select (select count(*) from state_step where machine = 'payment' and to_state = 'paid'),"
        " (select count(*) from entitlement), (select count(*) from acceptance),"
        " (select count(*) from ledger_transaction where source_kind = 'payment'),"
        " (select count(*) from procrastinate_jobs where task_name = 'checkout.tell_paid'),"
        " (select sum(amount_won)::bigint from ledger_posting where account_code = 'gateway_clearing')",
    )
    assert counted == [(PAYMENTS,) * 5 + (PAYMENTS * 1_100_000,)]
