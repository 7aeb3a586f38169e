"""The operator sees what no rule settles and what differs from the gateway's list, and explains it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from billing.gateways.facts import Movement, MovementKind, PaymentSeen, ProviderState
from billing.gateways.sandbox_payment import Button
from marketplace.app import Parts
from marketplace.auth import Role
from marketplace.clock import seoul_date
from marketplace.db import Database, Scope
from marketplace.members.organizations.models import Organization
from marketplace.orders.payments.jobs import sweep
from marketplace.orders.payments.reconciling import reconcile
from marketplace.orders.payments.settling import Cause, apply
from tests.factories import a_member, save
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.members.oversight.staff import the_operator
from tests.marketplace.orders.conftest import ClientOf, OnSale
from tests.marketplace.orders.steps import ORDERS, ordered, paid, pressed, settled, started
from tests.marketplace.organizations.steps import rows
from tests.marketplace.organizations.test_pages import send

DESK = "/api/v1/operator"


@pytest.fixture
async def finance(database: Database, client_of: ClientOf) -> httpx.AsyncClient:
    """The client of somebody of the exchange's finance staff."""
    operator: Organization = the_operator()
    await save(database, operator)
    person, _ = await a_member(database, Role.finance, organization=operator)
    return await client_of(person, second_factor=True)


def seen_of(payment: dict[str, Any], **given: Any) -> PaymentSeen:
    facts: dict[str, Any] = {
        "gateway": "sandbox", "id": UUID(payment["id"]), "state": ProviderState.paid,
        "provider_status": "PAID", "provider_key": "sandbox-key", "refunded_won": 0,
        "amount_won": payment["amount_won"], "live": False, "asked_at": datetime.now(UTC),
    }  # fmt: skip
    return PaymentSeen(**(facts | given))


async def test_what_no_rule_settles_waits_for_the_operator_and_is_explained(
    admin: psycopg.Connection,
    database: Database,
    buying: httpx.AsyncClient,
    finance: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    order = await ordered(buying, (await on_sale("컨베이어 벨트")).id)
    payment = order["payments"][0]
    for _ in range(2):
        async with database.transaction(Scope.system()) as session:
            seen = seen_of(payment, amount_won=1)
            await apply(session, UUID(payment["id"]), seen, Cause.webhook)
    queue = (await finance.get(f"{DESK}/payments/queue")).json()
    page = (await finance.get("/operator/payments")).text
    path = f"{DESK}/payment-questions/{queue['questions'][0]['id']}/closing"
    nothing = await finance.post(path, json={"outcome": ""}, headers=keyed())
    closed = await finance.post(path, json={"outcome": "대행사에 확인함"}, headers=keyed())
    twice = await finance.post(path, json={"outcome": "대행사에 확인함"}, headers=keyed())
    detail = (await finance.get(f"{DESK}/payments/{payment['id']}")).json()
    shown = (await finance.get(f"/operator/payments/{payment['id']}")).text

    assert [one["reason"] for one in queue["questions"]] == ["amount_differs"]
    assert "대행사의 금액이 다릅니다" in page
    assert (nothing.status_code, closed.status_code, twice.status_code) == (400, 200, 404)
    assert detail["questions"][0]["outcome"] == "대행사에 확인함"
    assert detail["payment"]["state"] == "created"
    assert "대행사에 확인함" in shown
    assert rows(admin, "select count(*) from ledger_posting") == [(0,)]
    assert (await buying.get(f"{DESK}/payments")).status_code == 403
    assert (await buying.get("/operator/payments")).status_code in {403, 404}


async def test_the_desk_lists_payments_and_asks_again(
    admin: psycopg.Connection,
    parts: Parts,
    buying: httpx.AsyncClient,
    finance: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    first = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id)
    await ordered(buying, (await on_sale("사출 금형")).id)
    listed = (await finance.get(f"{DESK}/payments?limit=1")).json()
    second = await finance.get(f"{DESK}/payments?limit=1&cursor={listed['next_cursor']}")
    waiting = (await finance.get(f"{DESK}/payments?state=created")).json()
    payment_id = first["payments"][0]["id"]
    page = f"/operator/payments/{payment_id}"
    asked = await send(finance, page, {}, to=f"{page}/asking")
    unknown = await finance.post(f"{DESK}/payments/{uuid4()}/asking", headers=keyed())

    assert [one["state"] for one in listed["items"]] == ["created"]
    assert [one["state"] for one in second.json()["items"]] == ["paid"]
    assert second.json()["next_cursor"] is None
    assert [one["state"] for one in waiting["items"]] == ["created"]
    assert (asked.status_code, unknown.status_code) == (303, 404)
    acts = rows(admin, "select action from audit_event where action = 'payment.asked'")
    assert acts == [("payment.asked",)]


@dataclass
class Listing:
    """A gateway that lists what a test says."""

    movements_found: list[Movement] = field(default_factory=list)

    async def movements(self, _day: object) -> list[Movement]:
        return self.movements_found


@dataclass
class OneGateway:
    """The gateways of a process, of which all are the same one."""

    gateway: Listing

    def named(self, _name: str) -> Listing:
        return self.gateway


async def test_a_day_is_compared_with_the_gateways_list(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    finance: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    good = await paid(parts, buying, (await on_sale("컨베이어 벨트")).id)
    missing = await paid(parts, buying, (await on_sale("사출 금형")).id)
    waiting = await ordered(buying, (await on_sale("도금 두께")).id)
    noon = datetime(2026, 11, 20, 3, tzinfo=UTC)
    admin.execute("update payment set paid_at = %s where paid_at is not null", (noon,))
    phases = database.phases(Scope.system())

    def moved(payment_id: str | None, won: int, **given: Any) -> Movement:
        facts: dict[str, Any] = {
            "kind": MovementKind.paid, "amount_won": won, "moved_at": noon,
            "provider_key": f"key-{payment_id}", "id": UUID(payment_id) if payment_id else None,
        }  # fmt: skip
        return Movement(**(facts | given))

    listing = Listing(
        [
            moved(good["payments"][0]["id"], 1_100_000),
            moved(waiting["payments"][0]["id"], 1_100_000),
            moved(None, 5),
            moved(good["payments"][0]["id"], 7, kind=MovementKind.refunded, refund_id=uuid4()),
        ]
    )
    gateways: Any = OneGateway(listing)
    day = seoul_date(noon)
    counts = [await reconcile(phases, gateways, "sandbox", day) for _ in range(2)]
    queue = (await finance.get(f"{DESK}/payments/queue")).json()
    page = (await finance.get("/operator/payments")).text
    target = f"{DESK}/reconciliation-differences/{queue['differences'][0]['id']}/closing"
    explained = await finance.post(target, json={"outcome": "시험 결제였음"}, headers=keyed())
    after = (await finance.get(f"{DESK}/payments/queue")).json()

    assert counts == [4, 4]
    assert sorted(one["kind"] for one in queue["differences"]) == [
        "missing_there", "refund_unbooked", "unknown_there", "unpaid_here",
    ]  # fmt: skip
    (gone,) = (one for one in queue["differences"] if one["kind"] == "missing_there")
    assert gone["payment_id"] == missing["payments"][0]["id"]
    assert (queue["days"][0]["movement_count"], queue["days"][0]["difference_count"]) == (4, 4)
    assert "대행사 목록에 없는 결제" in page
    assert (explained.status_code, len(after["differences"])) == (200, 3)


async def test_the_sandbox_and_our_rows_agree(
    database: Database, parts: Parts, buying: httpx.AsyncClient, on_sale: OnSale
) -> None:
    await paid(parts, buying, (await on_sale("컨베이어 벨트")).id)
    today = seoul_date(datetime.now(UTC))
    found = await reconcile(database.phases(Scope.system()), parts.gateways, "sandbox", today)
    assert found == 0


async def test_the_sweeper_settles_what_nobody_told_us_of(
    admin: psycopg.Connection,
    database: Database,
    parts: Parts,
    buying: httpx.AsyncClient,
    on_sale: OnSale,
) -> None:
    order = await ordered(buying, (await on_sale("컨베이어 벨트")).id)
    payment_id = order["payments"][0]["id"]
    await started(parts, payment_id)
    await pressed(parts, payment_id, Button.success)
    past = datetime.now(UTC) - timedelta(seconds=1)
    admin.execute("update payment set ask_at = %s", (past,))
    context: Any = type("Context", (), {"phases": database.phases(Scope.system()), "parts": parts})
    for _ in range(2):
        await sweep(context)
    waiting = rows(
        admin, "select count(*) from procrastinate_jobs where task_name='payments.settle'"
    )
    await settled(parts, payment_id)

    assert waiting == [(1,)]
    assert (await buying.get(f"{ORDERS}/{order['id']}")).json()["state"] == "paid"
    assert rows(admin, "select ask_at from payment") == [(None,)]
