"""What machines ask: live, ready, figures; nothing of it for anybody else."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from marketplace.app import Parts, create_app
from marketplace.db import Database
from marketplace.health import KEPT_S
from marketplace.revision import newest_revision
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from storage.objects import Connection
from storage.s3 import S3Store
from tests import catalogue
from tests.web_process import WebProcess, free_port, web_process

TOKEN = {"authorization": "Bearer metrics-token-for-tests"}


@pytest.fixture
async def fresh(settings: Settings, parts: Parts) -> AsyncIterator[AsyncTestClient[Litestar]]:
    """A client of an application that has not asked its parts yet."""
    make_buckets(settings)
    app = create_app(settings, parts)
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield client


async def test_live_says_so_to_everybody(client: AsyncTestClient[Litestar]) -> None:
    response = await client.get("/health/live", headers={"cookie": "session=anything"})
    assert (response.status_code, response.json()) == (200, {"status": "live", "checks": None})


async def test_ready_tells_its_details_to_the_monitor_alone(
    fresh: AsyncTestClient[Litestar],
) -> None:
    plain = await fresh.get("/health/ready")
    assert (plain.status_code, plain.json()) == (200, {"status": "ready", "checks": None})
    wrong = await fresh.get("/health/ready", headers={"authorization": "Bearer wrong"})
    assert wrong.json() == {"status": "ready", "checks": None}

    told = (await fresh.get("/health/ready", headers=TOKEN)).json()
    assert [(c["name"], c["ok"], c["detail"]) for c in told["checks"]] == [
        ("database", True, f"schema at {newest_revision()}"),
        ("store", True, "answers"),
    ]


async def test_an_old_schema_is_not_ready(
    fresh: AsyncTestClient[Litestar], admin: psycopg.Connection
) -> None:
    admin.execute("update alembic_version set version_num = 'records'")
    try:
        response = await fresh.get("/health/ready", headers=TOKEN)
    finally:
        admin.execute("update alembic_version set version_num = %s", [newest_revision()])
    assert response.status_code == 503
    assert response.json()["checks"][0]["detail"] == f"schema at records, needs {newest_revision()}"


@pytest.mark.slow  # waits for connections that nobody answers
async def test_parts_that_are_away_are_not_ready_and_cost_no_waiting(
    settings: Settings, parts: Parts
) -> None:
    """The store is a port where nobody listens, the database too."""
    nowhere = f"127.0.0.1:{free_port()}"
    away = Parts(
        **{
            **vars(parts),
            "database": Database(f"postgresql+psycopg://a:b@{nowhere}/x", pool_size=1),
            "store": S3Store(Connection(f"http://{nowhere}", "a", "b" * 32)),
        }
    )
    app = create_app(settings, away)
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as client:
        started_s = time.monotonic()
        response = await client.get("/health/ready", headers=TOKEN)
        took_s = time.monotonic() - started_s
        assert (await client.get("/health/live")).status_code == 200
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) >= 1
    assert [c["ok"] for c in response.json()["checks"]] == [False, False]
    assert took_s < 5


async def test_many_askers_ask_the_parts_once(
    fresh: AsyncTestClient[Litestar], admin: psycopg.Connection
) -> None:
    first = (await fresh.get("/health/ready", headers=TOKEN)).json()
    again = (await fresh.get("/health/ready", headers=TOKEN)).json()
    assert again == first
    await asyncio.sleep(KEPT_S)
    assert (await fresh.get("/health/ready", headers=TOKEN)).json() != first


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": ""}])
async def test_metrics_do_not_exist_without_the_token(
    client: AsyncTestClient[Litestar], headers: dict[str, str]
) -> None:
    response = await client.get("/metrics", headers=headers)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_metrics_count_requests_by_template_and_status(
    client: AsyncTestClient[Litestar],
) -> None:
    before = value(await figures(client), 'requests_total{method="GET",route="/static/', '"404"}')
    for number in range(3):
        await client.get(f"/static/no-such-{number}.css")
    await client.get("/api/v1/no-such-thing")
    text = await figures(client)

    assert value(text, 'requests_total{method="GET",route="/static/', '"404"}') == before + 3
    assert "no-such" not in text
    assert value(text, 'requests_total{method="GET",route="unmatched"', "") >= 1
    assert value(text, 'request_seconds_count{method="GET",route="/static/', "}") >= 3


async def test_metrics_show_what_the_database_knows(
    client: AsyncTestClient[Litestar], admin: psycopg.Connection
) -> None:
    catalogue.insert(admin, "mail", catalogue.plain_row(admin, "mail"))
    text = await figures(client)
    assert value(text, "marketplace_mail_waiting ", "") == 1
    assert value(text, 'marketplace_jobs{state="parked"}', "") == 0
    assert value(text, "marketplace_listeners ", "") == 0
    assert value(text, "marketplace_database_connections_most ", "") >= 1


async def figures(client: AsyncTestClient[Litestar]) -> str:
    response = await client.get("/metrics", headers=TOKEN)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return response.text


def value(text: str, start: str, end: str) -> float:
    """The value of the line that begins (after the prefix) and ends so; 0 without one."""
    found = re.search(
        rf"^(?:marketplace_http_)?{re.escape(start)}[^\n]*?{re.escape(end)}\s*([0-9.e+]+)$",
        text,
        re.MULTILINE,
    )
    return float(found[1]) if found else 0.0


@pytest.fixture(scope="module")
def two_processes(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebProcess]:
    folder: Path = tmp_path_factory.mktemp("web")
    with web_process(settings, folder, {"MARKETPLACE_WEB_WORKERS": "2"}) as web:
        yield web


@pytest.mark.slow  # starts a real server with two processes
def test_any_of_several_processes_answers_for_all(two_processes: WebProcess) -> None:
    def counted() -> float:
        text = httpx.get(f"{two_processes.origin}/metrics", headers=TOKEN).text
        return value(text, 'requests_total{method="GET",route="/health/live"', "")

    before = counted()
    for _ in range(40):  # each on a connection of its own, so that both processes get some
        assert httpx.get(f"{two_processes.origin}/health/live").status_code == 200
    assert {counted() for _ in range(6)} == {before + 40}
