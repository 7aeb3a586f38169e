"""Exactly once: an act is carried out once for its key, whatever the network and people do."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import httpx
import msgspec
import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import text

from marketplace.app import Parts, create_app
from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.http import csrf
from marketplace.idempotency import (
    forget_old_keys,
    secret_fields,
    unprotected_posts,
)
from marketplace.routes import ROUTES
from marketplace.settings import Settings
from tests.factories import a_member, new_session, parallel_client, sign_in
from tests.marketplace.things import TEST_ROUTES, MadeOut

KEY = "one-key-for-one-act"
OTHER_KEY = "another-key-for-another-act"


@pytest.fixture(scope="module")
def things_app(settings: Settings, parts: Parts) -> Litestar:
    return create_app(settings, parts, (*ROUTES, *TEST_ROUTES))


@pytest.fixture
async def browser(things_app: Litestar, clean: None) -> AsyncIterator[AsyncTestClient[Litestar]]:
    async with AsyncTestClient(things_app, base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
async def person(browser: AsyncTestClient[Litestar], database: Database) -> UUID:
    user, _ = await a_member(database, Role.buyer)
    await sign_in(browser, database, user.id)
    return user.id


def acts(admin: psycopg.Connection) -> list[str]:
    rows = admin.execute("select object_id from audit_event where action = 'test.made' order by id")
    return [name for (name,) in rows.fetchall()]


def keys(admin: psycopg.Connection) -> int:
    row = admin.execute("select count(*) from idempotency_key").fetchone()
    assert row is not None
    return int(row[0])


def post_thing(browser: AsyncTestClient[Litestar], key: str = KEY, **content: object) -> Any:
    return browser.post(
        "/api/v1/things", json={"name": "a", **content}, headers={"Idempotency-Key": key}
    )


async def test_a_repeat_gets_the_same_bytes_and_does_nothing(
    browser: AsyncTestClient[Litestar], person: UUID, admin: psycopg.Connection
) -> None:
    first = await post_thing(browser)
    second = await post_thing(browser)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert acts(admin) == ["a"]


async def test_an_answer_without_a_body_is_repeated_too(
    browser: AsyncTestClient[Litestar], person: UUID, admin: psycopg.Connection
) -> None:
    for _ in range(2):
        response = await browser.post("/api/v1/things/b/copies", headers={"Idempotency-Key": KEY})
        assert (response.status_code, response.content) == (204, b"")
    assert acts(admin) == ["b"]


@pytest.mark.parametrize("key", [None, "", "x" * 15, "x" * 256, "with\ttab-in-the-middle"])
async def test_a_missing_or_malformed_key_is_refused_before_the_act(
    browser: AsyncTestClient[Litestar], person: UUID, admin: psycopg.Connection, key: str | None
) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    response = await browser.post("/api/v1/things", json={"name": "a"}, headers=headers)

    assert response.status_code == 400
    assert response.json()["code"] == "idempotency_key_missing"
    assert (acts(admin), keys(admin)) == ([], 0)


@pytest.mark.parametrize("key", ["x" * 16, "x" * 255])
async def test_keys_at_the_limits_are_taken(
    browser: AsyncTestClient[Litestar], person: UUID, key: str
) -> None:
    assert (await post_thing(browser, key)).status_code == 201


async def test_the_same_key_with_other_content_is_refused(
    browser: AsyncTestClient[Litestar], person: UUID, admin: psycopg.Connection
) -> None:
    await post_thing(browser)
    response = await post_thing(browser, name="b")

    assert response.status_code == 422
    assert response.json()["code"] == "idempotency_key_reused"
    assert response.json()["fields"][0]["field"] == "Idempotency-Key"
    assert acts(admin) == ["a"]


async def test_the_same_key_for_another_object_of_the_route_is_refused(
    browser: AsyncTestClient[Litestar], person: UUID, admin: psycopg.Connection
) -> None:
    headers = {"Idempotency-Key": KEY}
    assert (await browser.post("/api/v1/things/b/copies", headers=headers)).status_code == 204
    assert (await browser.post("/api/v1/things/c/copies", headers=headers)).status_code == 422
    assert acts(admin) == ["b"]


async def test_the_same_key_on_another_route_is_another_key(
    browser: AsyncTestClient[Litestar], person: UUID, admin: psycopg.Connection
) -> None:
    assert (await post_thing(browser)).status_code == 201
    response = await browser.post("/api/v1/things/b/copies", headers={"Idempotency-Key": KEY})
    assert response.status_code == 204
    assert acts(admin) == ["a", "b"]


@pytest.mark.parametrize(("fault", "status"), [("refused", 409), ("broken", 500)])
async def test_a_refused_act_leaves_its_key_free(
    browser: AsyncTestClient[Litestar],
    person: UUID,
    admin: psycopg.Connection,
    fault: str,
    status: int,
) -> None:
    assert (await post_thing(browser, KEY, **{fault: True})).status_code == status
    assert (acts(admin), keys(admin)) == ([], 0)

    corrected = await post_thing(browser)
    assert corrected.status_code == 201
    assert acts(admin) == ["a"]


async def test_another_session_of_the_person_gets_the_stored_answer(
    browser: AsyncTestClient[Litestar],
    person: UUID,
    database: Database,
    admin: psycopg.Connection,
) -> None:
    first = await post_thing(browser)
    await sign_in(browser, database, person)
    second = await post_thing(browser)

    assert second.content == first.content
    assert acts(admin) == ["a"]


async def test_another_person_with_the_same_key_is_another_act(
    browser: AsyncTestClient[Litestar],
    person: UUID,
    database: Database,
    admin: psycopg.Connection,
) -> None:
    first = await post_thing(browser)
    other, _ = await a_member(database, Role.buyer)
    await sign_in(browser, database, other.id)
    second = await post_thing(browser)

    assert second.status_code == 201
    assert first.content != second.content
    assert acts(admin) == ["a", "a"]


async def test_nobody_reads_the_keys_of_another_person(
    browser: AsyncTestClient[Litestar], person: UUID, database: Database
) -> None:
    await post_thing(browser)
    other, place = await a_member(database, Role.owner)
    for scope in (Scope("tenant", other.id, place.id), Scope.anonymous()):
        async with database.transaction(scope) as session:
            assert (await session.execute(text("select 1 from idempotency_key"))).all() == []


async def test_an_act_of_nobody_is_done_once(
    browser: AsyncTestClient[Litestar], admin: psycopg.Connection
) -> None:
    headers = {"Idempotency-Key": KEY}
    first = await browser.post("/api/v1/arrivals", json={"name": "a"}, headers=headers)
    second = await browser.post("/api/v1/arrivals", json={"name": "a"}, headers=headers)
    browser.cookies.set(csrf.visitor_cookie(secure=False), "some-browser")
    elsewhere = await browser.post("/api/v1/arrivals", json={"name": "a"}, headers=headers)

    assert first.status_code == second.status_code == elsewhere.status_code == 201
    assert first.content == second.content != elsewhere.content
    assert acts(admin) == ["a", "a"]


def form(key: str = KEY, paper: bytes | None = None, **fields: str) -> dict[str, Any]:
    sent = {"_key": key, "name": "a"} | fields
    files = {} if paper is None else {"paper": ("사업자등록증.pdf", paper, "application/pdf")}
    return {"data": sent, "files": files} if files else {"data": sent}


async def test_a_form_sent_twice_leads_to_the_same_page(
    browser: AsyncTestClient[Litestar], person: UUID, admin: psycopg.Connection
) -> None:
    first = await browser.post("/things", **form(), follow_redirects=False)
    # A reloaded page has another cross-site token; the content is the same.
    second = await browser.post("/things", **form(_csrf="newer"), follow_redirects=False)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert first.headers["location"].endswith("?done=saved")
    assert acts(admin) == ["a"]


async def test_the_same_file_is_the_same_form_and_another_file_is_not(
    browser: AsyncTestClient[Litestar], person: UUID, admin: psycopg.Connection
) -> None:
    statuses = [
        (await browser.post("/things", **form(paper=paper), follow_redirects=False)).status_code
        for paper in (b"%PDF-1.7 one", b"%PDF-1.7 one", b"%PDF-1.7 two")
    ]
    assert statuses == [303, 303, 422]
    assert acts(admin) == ["a"]


@pytest.fixture
async def parallel(
    things_app: Litestar, clean: None, database: Database
) -> AsyncIterator[httpx.AsyncClient]:
    user, _ = await a_member(database, Role.buyer)
    async with parallel_client(things_app, await new_session(database, user.id)) as client:
        yield client


def slow_thing(client: httpx.AsyncClient, seconds: float) -> "asyncio.Task[httpx.Response]":
    sent = {"name": "a", "seconds": seconds}
    headers = {"Idempotency-Key": KEY}
    return asyncio.create_task(client.post("/api/v1/things", json=sent, headers=headers))


@pytest.mark.slow  # fifty requests, each with its own lookup of the session
async def test_fifty_at_the_same_instant_are_one_act(
    parallel: httpx.AsyncClient, admin: psycopg.Connection
) -> None:
    answers = await asyncio.gather(*(slow_thing(parallel, 0.2) for _ in range(50)))

    carried_out = [a for a in answers if a.status_code == 201]
    assert acts(admin) == ["a"]
    assert len({a.content for a in carried_out}) == 1
    assert sum("idempotency-replayed" not in a.headers for a in carried_out) == 1
    assert {a.status_code for a in answers} <= {201, 409}


@pytest.mark.slow  # waits for the lock timeout of two seconds
async def test_a_repeat_while_the_first_still_runs_is_told_so(
    parallel: httpx.AsyncClient, admin: psycopg.Connection
) -> None:
    first = slow_thing(parallel, 3.5)
    await asyncio.sleep(0.5)
    second = await slow_thing(parallel, 3.5)

    assert second.status_code == 409
    assert second.json()["code"] == "idempotency_key_running"
    assert int(second.headers["retry-after"]) >= 1
    assert (await first).status_code == 201
    assert (await slow_thing(parallel, 3.5)).content == (await first).content
    assert acts(admin) == ["a"]


@pytest.mark.slow  # a request is cut off in the middle of a second's work
async def test_a_crash_before_the_commit_leaves_the_key_free(
    parallel: httpx.AsyncClient, admin: psycopg.Connection
) -> None:
    first = slow_thing(parallel, 1.0)
    await asyncio.sleep(0.4)
    cut = admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and query like '%pg_sleep%'"
        " and pid <> pg_backend_pid()"
    ).fetchall()
    assert cut == [(True,)]
    assert (await first).status_code == 503
    assert (acts(admin), keys(admin)) == ([], 0)

    assert (await slow_thing(parallel, 1.0)).status_code == 201
    assert acts(admin) == ["a"]


async def test_keys_are_forgotten_after_thirty_days(
    browser: AsyncTestClient[Litestar],
    person: UUID,
    database: Database,
    admin: psycopg.Connection,
) -> None:
    await post_thing(browser)
    await post_thing(browser, OTHER_KEY)
    admin.execute(
        "update idempotency_key set created_at = app_now() - interval '30 days 1 minute'"
        " where key = %s",
        [KEY],
    )
    async with database.transaction(Scope.system()) as session:
        assert await forget_old_keys(session) == 1
    assert keys(admin) == 1
    row = admin.execute("select key from idempotency_key").fetchone()
    assert row == (OTHER_KEY,)


def test_routes_without_protection_are_found(things_app: Litestar, app: Litestar) -> None:
    assert unprotected_posts(things_app) == ["POST /api/v1/forgotten"]
    assert unprotected_posts(app) == []


class SecretOut(msgspec.Struct):
    id: UUID
    token: Annotated[str, msgspec.Meta(max_length=60)]


def test_an_answer_with_a_secret_is_never_stored() -> None:
    assert secret_fields(SecretOut) == {"token"}
    assert secret_fields(MadeOut) == set()
    assert secret_fields(None) == set()
