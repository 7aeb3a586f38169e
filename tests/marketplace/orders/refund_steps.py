"""What buyers, the exchange's people and the worker do around acceptance and refunds."""

from typing import Any
from uuid import UUID

import httpx
import psycopg
from sqlalchemy import text

from billing.ledger.invariants import examine
from marketplace.app import Parts
from marketplace.auth import Function, Role
from marketplace.db import Database, Scope
from marketplace.orders.payments.sending import send_refund
from marketplace.orders.refunds import paying
from tests.factories import a_member, an_organization, save
from tests.marketplace.catalog.sending import keyed
from tests.marketplace.orders.conftest import ClientOf
from tests.marketplace.organizations.steps import rows

OWN = "/api/v1/organization"
DESK = "/api/v1/operator"


async def finance_of(database: Database, client_of: ClientOf) -> list[httpx.AsyncClient]:
    """Return clients of two finance officers of the exchange's operator."""
    operator = an_organization(function=Function.exchange_operator)
    await save(database, operator)
    people = [(await a_member(database, Role.finance, organization=operator))[0] for _ in range(2)]
    return [await client_of(person, second_factor=True) for person in people]


async def change(database: Database, statement: str, **given: object) -> None:
    """Change rows as nobody could from outside."""
    async with database.transaction(Scope.system()) as session:
        await session.execute(text(statement), given)


async def downloaded(database: Database, line_id: str) -> None:
    """Let a line count as told of and downloaded."""
    await change(
        database,
        "update entitlement set told_at = app_now(), first_access_at = app_now()"
        " where order_line_id = :id",
        id=line_id,
    )


async def aged(database: Database, line_id: str, days: int) -> None:
    """Let the window of a line have ended, and its supply lie days back."""
    await change(
        database,
        "update acceptance set opened_at = opened_at - make_interval(days => :days),"
        " closes_at = app_now() - interval '1 second' where id = :id",
        id=line_id, days=days,
    )  # fmt: skip
    await change(
        database,
        "update entitlement set granted_at = granted_at - make_interval(days => :days)"
        " where order_line_id = :id",
        id=line_id, days=days,
    )  # fmt: skip


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> httpx.Response:
    """Send an act with a fresh key."""
    return await client.post(path, json=body or None, headers=keyed())


async def withdraw(
    buying: httpx.AsyncClient, order: dict[str, Any], *places: int
) -> httpx.Response:
    """Withdraw from lines of an order by their places."""
    ids = [order["lines"][place]["id"] for place in places]
    return await post(buying, f"{OWN}/orders/{order['id']}/refunds", line_ids=ids)


async def refund(
    desk: httpx.AsyncClient, order: dict[str, Any], *parts: tuple[int, int | None]
) -> httpx.Response:
    """Refund lines of an order by their places, with amounts."""
    wanted = [
        {"line_id": order["lines"][place]["id"]} | ({"amount_won": won} if won else {})
        for place, won in parts
    ]
    path = f"{DESK}/orders/{order['id']}/refunds"
    return await post(desk, path, parts=wanted, reason="판매자와 합의한 환불")


async def send_all(parts: Parts, admin: psycopg.Connection) -> None:
    """Do what the worker does with refunds that are wanted, twice."""
    phases = parts.database.phases(Scope.system())
    for _ in range(2):
        for (refund_id,) in rows(admin, "select id from payment_refund where state <> 'refused'"):
            await send_refund(phases, parts.gateways, UUID(str(refund_id)))
    for _ in range(2):
        for (refund_id,) in rows(admin, "select id from payment_refund"):
            async with phases() as session:
                await paying.paid(session, UUID(str(refund_id)))


def books(admin: psycopg.Connection) -> dict[str, int]:
    """Return the balances that are not nothing [won]."""
    found = rows(
        admin, "select account_code, sum(amount_won)::bigint from ledger_posting group by 1"
    )
    return {str(code): int(won) for code, won in found if won}


async def sound(database: Database) -> None:
    """No sentence about the books is broken."""
    async with database.transaction(Scope.system()) as session:
        broken = {
            one.invariant.code: one.faults for one in await examine(session) if one.faults_count
        }
    assert broken == {}


async def refunds_of(buying: httpx.AsyncClient, order: dict[str, Any]) -> dict[str, Any]:
    """Return what the buyer sees of an order's refunds."""
    return dict((await buying.get(f"{OWN}/orders/{order['id']}/refunds")).json())
