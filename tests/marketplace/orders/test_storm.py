"""A storm of notifications: repeated, shuffled, forged, stale; the end is what the buttons say.

``MARKETPLACE_TEST_STORM`` sets how many are delivered; 500 unless given, 10,000 by ``make proof-payments``.
"""

import asyncio
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from billing.gateways.facts import Method
from billing.gateways.sandbox import SignedWebhook, signed
from billing.gateways.sandbox_payment import Button, Delivery
from billing.gateways.signatures import standard_signature
from marketplace.app import Parts
from marketplace.db import Database, Scope
from marketplace.orders.payments.choosing import sandbox_secret
from marketplace.orders.payments.settling import Cause, settle
from marketplace.settings import Settings
from tests.marketplace.orders.conftest import Member, OnSale
from tests.marketplace.orders.many import many_orders
from tests.marketplace.orders.steps import started
from tests.marketplace.organizations.steps import rows

DELIVERIES = int(os.environ.get("MARKETPLACE_TEST_STORM", "500"))
PER_PAYMENT = 10
PRICE_WON = 1_100_000
# The share of events after which the truth is asked for before the next one happens.
ASKED_BETWEEN = 0.3
TAKEN_BACK = (Button.account, Button.success, Button.take_back)
# What happens at the provider, by way to pay; each is one buyer's story.
STORIES: dict[Method, tuple[tuple[Button, ...], ...]] = {
    Method.card: ((Button.success,), (Button.twice,), (Button.refusal,), (Button.abandonment,), ()),
    Method.virtual_account: (
        (Button.account,),
        (Button.account, Button.success),
        (Button.account, Button.twice),
        TAKEN_BACK,
        (Button.account, Button.success, Button.take_back, Button.success),
    ),
}
# The model: where a story leaves payment and order, and whether the money is here.
ENDS: dict[tuple[Button, ...], tuple[str, str, bool]] = {
    (): ("created", "awaiting_payment", False),
    (Button.success,): ("paid", "paid", True),
    (Button.twice,): ("paid", "paid", True),
    (Button.refusal,): ("failed", "awaiting_payment", False),
    (Button.abandonment,): ("closed", "awaiting_payment", False),
    (Button.account,): ("awaiting_deposit", "awaiting_payment", False),
    (Button.account, Button.success): ("paid", "paid", True),
    (Button.account, Button.twice): ("paid", "paid", True),
    TAKEN_BACK: ("taken_back", "taken_back", False),
    (Button.account, Button.success, Button.take_back, Button.success): ("paid", "paid", True),
}


@dataclass
class Storm:
    """What is sent, and what was answered."""

    random: Random
    secret: str
    honest: list[SignedWebhook] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    seen_paid: set[UUID] = field(default_factory=set)
    """Payments that were asked for while they were paid: only those can be taken back from us."""

    def one(self) -> tuple[str, SignedWebhook]:
        """Return the next request: mostly an honest one, however often it was sent before."""
        webhook = self.random.choice(self.honest)
        kind = self.random.choices(("honest", "forged", "changed", "stale"), (80, 8, 7, 5))[0]
        if kind == "forged":
            headers = webhook.headers | {"webhook-signature": "v1," + "A" * 43 + "="}
            return kind, SignedWebhook(headers=headers, raw=webhook.raw)
        if kind == "changed":
            return kind, SignedWebhook(headers=webhook.headers, raw=webhook.raw + b" ")
        if kind == "stale":
            old = Delivery(
                event_id="old", kind="Payment.Paid", id=UUID(int=1), due_at=datetime.now(UTC)
            )
            return kind, signed(old, self.secret, datetime.now(UTC) - timedelta(hours=1))
        # Who sends again signs again, as providers do.
        stamp = int(datetime.now(UTC).timestamp())
        event_id = webhook.headers["webhook-id"]
        again = {
            "webhook-timestamp": str(stamp),
            "webhook-signature": standard_signature(self.secret, event_id, stamp, webhook.raw),
        }
        return kind, SignedWebhook(headers=webhook.headers | again, raw=webhook.raw)

    async def send(self, client: httpx.AsyncClient) -> None:
        """Send one request and count how it was answered."""
        kind, webhook = self.one()
        answer = await client.post(
            "/webhooks/sandbox", content=webhook.raw, headers=webhook.headers
        )
        self.answers[f"{kind} {answer.status_code}"] += 1


async def test_the_storm_ends_where_the_buttons_say(
    admin: psycopg.Connection,
    database: Database,
    settings: Settings,
    parts: Parts,
    buyer: Member,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
    capsys: pytest.CaptureFixture[str],
) -> None:
    random = Random(20261128)
    product = await on_sale("컨베이어 벨트")
    methods = [random.choice(list(STORIES)) for _ in range(max(DELIVERIES // PER_PAYMENT, 10))]
    payments = await many_orders(database, buyer, product, methods)
    stories = {
        payment: random.choice(STORIES[method])
        for payment, method in zip(payments, methods, strict=True)
    }
    storm = Storm(random, sandbox_secret(settings))
    await _happen(parts, stories, storm)
    phases = database.phases(Scope.system())
    for number in range(DELIVERIES):
        await storm.send(buying)
        if number % 7 == 0:  # a worker settles meanwhile, in any order
            await _settle_one(admin, parts, phases, random)
    while await _settle_one(admin, parts, phases, random):
        pass
    # What nobody told us of is asked for by the sweeper.
    for payment in payments:
        await settle(phases, parts.gateways, payment, Cause.sweeper)

    faults = _compare(admin, stories, storm.seen_paid)
    with capsys.disabled():
        counts = ", ".join(f"{key}: {count}" for key, count in sorted(storm.answers.items()))
        sys.stdout.write(
            f"\n{DELIVERIES} notifications of {len(payments)} payments: {counts};"
            f" {len(faults)} payments end elsewhere than the model\n"
        )
    assert faults == []
    accepted = {key for key in storm.answers if key.endswith(" 200") or "honest" in key}
    assert accepted == {"honest 200"}
    assert not [key for key in storm.answers if key.split()[1] >= "500"]


async def _happen(parts: Parts, stories: dict[UUID, tuple[Button, ...]], storm: Storm) -> None:
    """Press every story's buttons, and keep the notifications that the provider would send."""
    for payment in stories:
        await started(parts, str(payment))
    pending = {payment: list(story) for payment, story in stories.items() if story}
    while pending:
        payment = storm.random.choice(list(pending))
        await parts.gateways.sandbox.press(payment, pending[payment].pop(0))
        if not pending[payment]:
            del pending[payment]
        if storm.random.random() < ASKED_BETWEEN:
            phases = parts.database.phases(Scope.system())
            found = await settle(phases, parts.gateways, payment, Cause.webhook)
            if found.state == "paid":
                storm.seen_paid.add(payment)
    while batch := await parts.gateways.sandbox.webhooks():
        storm.honest += batch
    assert storm.honest


async def _settle_one(admin: psycopg.Connection, parts: Parts, phases: Any, random: Random) -> bool:
    """Do one of the waiting jobs as a worker would, any of them; twice when luck has it."""
    waiting = rows(
        admin,
        "select id, args->>'payment_id' from procrastinate_jobs"
        " where task_name = 'payments.settle' and status = 'todo'",
    )
    if not waiting:
        return False
    job, payment = random.choice(waiting)
    times = random.choice((1, 1, 2))
    await asyncio.gather(
        *(settle(phases, parts.gateways, UUID(payment), Cause.webhook) for _ in range(times))
    )
    admin.execute("update procrastinate_jobs set status = 'succeeded' where id = %s", (job,))
    return True


def _compare(
    admin: psycopg.Connection, stories: dict[UUID, tuple[Button, ...]], seen_paid: set[UUID]
) -> list[str]:
    """Return what is not as the model says: states, money, rights and windows of each payment."""
    found = rows(
        admin,
        "select p.id, p.state, o.state,"
        " coalesce((select sum(g.amount_won) from ledger_posting g join ledger_transaction t"
        "   on t.id = g.transaction_id where t.matter_id = o.id"
        "   and g.account_code = 'gateway_clearing'), 0)::bigint,"
        " (select count(*) from entitlement e where e.order_id = o.id and e.ended_at is null),"
        " (select count(*) from acceptance a where a.order_id = o.id and a.state = 'open')"
        " from payment p join purchase_order o on o.id = p.order_id",
    )
    faults = []
    for payment, state, order, won, rights, windows in found:
        story = stories[payment]
        # Money that came and went between two questions was never ours.
        unseen = story == TAKEN_BACK and payment not in seen_paid
        ours, orders, here = ENDS[(Button.account,) if unseen else story]
        expected = (ours, orders, PRICE_WON if here else 0, int(here), int(here))
        if (state, order, won, rights, windows) != expected:
            faults.append(
                f"{stories[payment]}: {(state, order, won, rights, windows)} not {expected}"
            )
    return faults
