"""Checkouts held at a rate for a time, against the bare transaction of the same statements in the same run.

Starts its own PostgreSQL, S3 server and web processes on loopback. A checkout is ``POST
/api/v1/organization/orders`` of a cart with one product by one of many organizations; requests come at fixed
instants, whether earlier ones were answered or not, and their time counts from that instant. The bare transaction
sends the statements that one checkout sent, with fresh ids, over one connection.

    python -m benchmarks.checkout [--rate 60] [--seconds 60] [--organizations 600] [--workers 2]
"""

import argparse
import asyncio
import json
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from sqlalchemy import event

from benchmarks.http import environment_of, free_port, serving
from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.http import csrf

PRODUCTS = 50
BARE_S = 5.0
GOAL_MS = 400.0
Statement = tuple[str, Any]


@dataclass(frozen=True)
class Buyer:
    """One organization's buyer: what its requests carry."""

    organization_id: UUID
    user_id: UUID
    headers: dict[str, str]


@dataclass(frozen=True)
class Shelf:
    """A product on sale, and the hash of its terms."""

    product_id: UUID
    version_id: UUID
    licence_sha256: str


async def arrange(url: str, key: str, organizations: int) -> tuple[list[Buyer], list[Shelf]]:
    """Put products on sale and make the organizations that buy them."""
    from sqlalchemy import select
    from sqlmodel import col

    from marketplace.catalog.products.models import ProductContent
    from tests.factories import a_member, new_session
    from tests.marketplace.catalog.search.shelf import put_on_sale

    database = Database(url)
    seller = await a_member(database, Role.owner)
    buyers, shelves = [], []
    for number in range(PRODUCTS):
        await put_on_sale(database, seller, f"견본 상품 {number}")
    for _ in range(organizations):
        person, organization = await a_member(database, Role.buyer)
        cookie = await new_session(database, person.id, lasting=timedelta(hours=1))
        headers = {
            "cookie": f"{csrf.session_cookie(secure=False)}={cookie}",
            csrf.HEADER: csrf.token_for(key, cookie),
        }
        buyers.append(Buyer(organization.id, person.id, headers))
    async with database.transaction(Scope.system()) as session:
        for row in await session.scalars(select(ProductContent).order_by(col(ProductContent.id))):
            assert row.dataset_version_id is not None
            shelves.append(Shelf(row.product_id, row.dataset_version_id, row.licence_sha256 or ""))
    await database.dispose()
    return buyers, shelves


def fill_cart(connection: psycopg.Connection, buyer: Buyer, shelf: Shelf) -> None:
    """Put one product into an organization's cart, as its page would have done before."""
    connection.execute(
        "insert into cart_item (organization_id, product_id, title_ko, title_en, price_won,"
        " version_id, added_by) values (%s, %s, '견본', '', 1000000, %s, %s) on conflict do nothing",
        (buyer.organization_id, shelf.product_id, shelf.version_id, buyer.user_id),
    )


def order_of(shelf: Shelf) -> dict[str, Any]:
    """Return the body of a checkout."""
    terms = {"product_id": str(shelf.product_id), "licence_sha256": shelf.licence_sha256}
    return {
        "terms": [terms], "purpose": "other", "purpose_note": "성능 측정", "method": "card",
        "total_won": 1_100_000, "again": True,
    }  # fmt: skip


class Load:
    """Requests at fixed instants, and what became of each."""

    def __init__(self, origin: str, buyers: Sequence[Buyer], shelves: Sequence[Shelf]) -> None:
        self.origin = origin
        self.buyers = buyers
        self.shelves = shelves
        self.taken_s: list[float] = []
        self.statuses: Counter[int] = Counter()

    async def run(self, connection: psycopg.Connection, rate: float, seconds: float) -> float:
        """Send at a rate for a time and return how long it took until the last answer [s]."""
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        begun = time.perf_counter()
        async with httpx.AsyncClient(base_url=self.origin, limits=limits, timeout=30) as client:
            waiting = []
            for number in range(int(rate * seconds)):
                due = begun + number / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                buyer = self.buyers[number % len(self.buyers)]
                shelf = self.shelves[number % len(self.shelves)]
                await asyncio.to_thread(fill_cart, connection, buyer, shelf)
                waiting.append(asyncio.create_task(self._one(client, buyer, shelf, due)))
            await asyncio.gather(*waiting)
        return time.perf_counter() - begun

    async def _one(self, client: httpx.AsyncClient, buyer: Buyer, shelf: Shelf, due: float) -> None:
        headers = buyer.headers | {"idempotency-key": secrets.token_urlsafe(18)}
        answer = await client.post(
            "/api/v1/organization/orders", json=order_of(shelf), headers=headers
        )
        self.taken_s.append(time.perf_counter() - due)
        self.statuses[answer.status_code] += 1


async def statements_of(url: str, buyer: Buyer, shelf: Shelf) -> list[Statement]:
    """Return the statements that one checkout sends, with their parameters."""
    from msgspec import convert

    from billing.gateways.choice import GatewayChoice
    from marketplace.orders.checkout.placing import Buyer as Who
    from marketplace.orders.checkout.placing import OrderLimits, place
    from marketplace.orders.checkout.schemas import OrderIn
    from marketplace.orders.payments.choosing import Gateways

    database, seen = Database(url), list[Statement]()

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        seen.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    wish = convert(order_of(shelf), OrderIn)
    scope = Scope("tenant", buyer.user_id, buyer.organization_id)
    async with database.transaction(scope) as session:
        gateways = Gateways(GatewayChoice(), {})
        who = Who(buyer.organization_id, buyer.user_id)
        limits = OrderLimits(50, 1_000_000, 24, 3, 7)
        await place(session, who, wish, gateways=gateways, limits=limits)
    await database.dispose()
    return seen


def bare(
    dsn: str, statements: Sequence[Statement], known: set[UUID], seconds: float
) -> list[float]:
    """Send the statements as one transaction after the other; returns the time of each [s]."""
    taken: list[float] = []
    with psycopg.connect(dsn) as connection:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            fresh: dict[UUID, UUID] = {}
            begun = time.perf_counter()
            for statement, parameters in statements:
                connection.execute(statement, _renewed(parameters, known, fresh))
            connection.commit()
            taken.append(time.perf_counter() - begun)
    return taken


def _renewed(parameters: Any, known: set[UUID], fresh: dict[UUID, UUID]) -> Any:
    """Return parameters with new ids in place of those that the recorded checkout made."""
    if isinstance(parameters, dict):
        return {name: _renewed(value, known, fresh) for name, value in parameters.items()}
    if isinstance(parameters, UUID) and parameters not in known:
        return fresh.setdefault(parameters, uuid4())
    return parameters


def percentile(taken_s: Sequence[float], share: float) -> float:
    """Return a percentile [ms]."""
    return 1e3 * sorted(taken_s)[min(int(len(taken_s) * share), len(taken_s) - 1)]


def main() -> None:
    """Run the benchmark and print what was held."""
    from marketplace.tables import import_models
    from tests import servers

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=60.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--organizations", type=int, default=600)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    import_models()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        for server in servers.start(folder):
            stack.callback(server.stop)
        servers.prepare_template()
        port, name = free_port(), servers.template()
        environment = environment_of(name, port) | {
            "MARKETPLACE_ORDERS_OPEN_MOST": "10000",
            "WEB_CONCURRENCY": str(options.workers),
        }
        url = environment["MARKETPLACE_DATABASE_URL"]
        key = environment["MARKETPLACE_SESSION_KEY"]
        buyers, shelves = asyncio.run(arrange(url, key, options.organizations))
        admin = stack.enter_context(psycopg.connect(servers.dsn(name), autocommit=True))
        fill_cart(admin, buyers[0], shelves[0])
        statements = asyncio.run(statements_of(url, buyers[0], shelves[0]))
        known = _known(admin)
        stack.enter_context(serving("marketplace.app:web_app", port, environment))
        _report(
            options, Load(f"http://127.0.0.1:{port}", buyers, shelves), admin, (statements, known)
        )


def _known(admin: psycopg.Connection) -> set[UUID]:
    """Return the ids that the recorded checkout found; all others it made."""
    found: set[UUID] = set()
    for table in ("organization", "user_account", "product", "dataset_version", "product_content"):
        found |= {row[0] for row in admin.execute(f"select id from {table}").fetchall()}  # noqa: S608
    return found


def _report(
    options: argparse.Namespace,
    load: Load,
    admin: psycopg.Connection,
    recorded: tuple[list[Statement], set[UUID]],
) -> None:
    statements, known = recorded
    dsn = admin.info.dsn
    password = admin.info.password
    dsn = psycopg.conninfo.make_conninfo(dsn, password=password)
    asyncio.run(load.run(admin, options.rate, 5.0))  # warms the processes
    load.taken_s.clear()
    load.statuses.clear()
    before = bare(dsn, statements, known, BARE_S)
    took_s = asyncio.run(load.run(admin, options.rate, options.seconds))
    after = bare(dsn, statements, known, BARE_S)
    reference = before + after
    asked = int(options.rate * options.seconds)
    p99 = percentile(load.taken_s, 0.99)
    print(f"{asked} checkouts at {options.rate:g}/s, {options.workers} web processes")
    print(
        f"  answered in {took_s:.1f} s: {json.dumps(dict(load.statuses))}, {asked / took_s:.1f}/s"
    )
    print(
        f"  p50 / p95 / p99 ms: {percentile(load.taken_s, 0.5):.1f} /"
        f" {percentile(load.taken_s, 0.95):.1f} / {p99:.1f} (goal {GOAL_MS:g})"
    )
    print(
        f"  bare transaction of the same {len(statements)} statements, one connection:"
        f" p50 / p99 ms {percentile(reference, 0.5):.1f} / {percentile(reference, 0.99):.1f},"
        f" {len(reference) / (2 * BARE_S):.0f}/s; a checkout takes"
        f" {percentile(load.taken_s, 0.5) / percentile(reference, 0.5):.1f} times its median"
    )


if __name__ == "__main__":
    main()
