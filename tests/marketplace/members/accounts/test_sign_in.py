"""Signing in with a password: one answer for every failure, limits, a new cookie, rights that end."""

import asyncio
from dataclasses import replace

import psycopg
import pytest
from litestar.testing import AsyncTestClient
from typing_extensions import override

from marketplace.app import Parts, create_app
from marketplace.auth import Role
from marketplace.db import Database
from marketplace.http import csrf
from marketplace.members.accounts.models import UserState
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.settings import Settings
from tests.factories import save
from tests.factories import sign_in as with_session
from tests.marketplace.members.accounts.people import (
    PASSWORD,
    Browser,
    a_person,
    acts,
    mailed,
    sign_in,
)

COOKIE = csrf.session_cookie(secure=False)


async def test_the_right_password_opens_a_session(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)

    answer = await sign_in(client, f"  {user.email.upper()} ")
    me = await client.get("/api/v1/me")

    assert answer.status_code == 200
    assert answer.json().keys() == {"csrf_token", "second_factor_due", "consent_due"}
    assert me.json()["email"] == user.email
    assert me.json()["roles"] == ["buyer"]
    assert acts(admin) == ["account.signed_in"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    seen = admin.execute("select last_sign_in_at is not null from user_account").fetchone()
    assert seen == (True,)


async def test_unknown_wrong_and_unconfirmed_get_one_answer(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    known = await a_person(database)
    waiting = await a_person(database, state=UserState.unconfirmed)
    deleted = await a_person(database, state=UserState.deleted)
    nothing_set = await a_person(database, password_hash=None)

    answers = [
        await sign_in(client, "nobody@example.com"),
        await sign_in(client, known.email, "another password"),
        await sign_in(client, known.email, PASSWORD + " "),
        await sign_in(client, known.email, "x" * 1_000),
        await sign_in(client, waiting.email),
        await sign_in(client, deleted.email),
        await sign_in(client, nothing_set.email),
    ]

    bodies = [{**a.json(), "request_id": ""} for a in answers]
    assert {a.status_code for a in answers} == {401}
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["code"] == "sign_in_failed"
    assert admin.execute("select count(*) from user_session").fetchone() == (0,)
    assert set(acts(admin)) == {"account.sign_in_failed"}
    assert len(acts(admin)) == len(answers)
    assert mailed(admin, known.email) == []
    assert mailed(admin, waiting.email) == ["전자우편을 확인해 주십시오"]


class Counting(PasswordHashing):
    """Counts the comparisons; each computes one hash, also without a stored form."""

    def __init__(self) -> None:
        super().__init__(memory_kib=64, passes=1)
        self.computed = 0

    @override
    async def verify(self, password: str, stored: str | None) -> bool:
        self.computed += 1
        return await super().verify(password, stored)


async def test_an_unknown_person_costs_as_many_hashes_and_statements_as_a_known_one(
    settings: Settings, parts: Parts, database: Database, clean: None, admin: psycopg.Connection
) -> None:
    counting = Counting()
    app = create_app(settings, replace(parts, passwords=counting))
    known = await a_person(database)
    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as browser:
        await sign_in(browser, known.email, "another password")
        for_known = counting.computed
        await sign_in(browser, "nobody@example.com", "another password")

    assert (for_known, counting.computed) == (1, 2)
    assert acts(admin) == ["account.sign_in_failed"] * 2


async def test_a_suspended_person_is_told_after_the_right_password_alone(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, state=UserState.suspended)

    wrong = await sign_in(client, user.email, "another password")
    right = await sign_in(client, user.email)

    assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in_failed")
    assert (right.status_code, right.json()["code"]) == (403, "account_suspended")
    assert admin.execute("select count(*) from user_session").fetchone() == (0,)


async def test_the_confirmation_is_mailed_again_five_times_a_day_at_most(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, state=UserState.unconfirmed)

    for _ in range(7):
        assert (await sign_in(client, user.email)).status_code == 401

    assert len(mailed(admin, user.email)) == 5
    assert admin.execute("select count(*) from link_token").fetchone() == (1,)


@pytest.mark.parametrize("subject", ["account", "address"])
async def test_the_attempt_after_the_last_is_refused_even_with_the_right_password(
    settings: Settings, parts: Parts, database: Database, clean: None, subject: str
) -> None:
    app = create_app(
        settings.model_copy(update={"sign_in_limit": 3, "trusted_proxies": ["testclient"]}), parts
    )
    user = await a_person(database)

    async def attempt(browser: Browser, number: int, password: str) -> int:
        from_here = 1 if subject == "address" else number
        email = user.email if subject == "account" or password == PASSWORD else f"x{number}@a.kr"
        answer = await browser.post(
            "/api/v1/sign-in",
            json={"email": email, "password": password},
            headers={"x-forwarded-for": f"192.0.2.{from_here}"},
        )
        if answer.status_code == 429:
            assert 1 <= int(answer.headers["retry-after"]) <= 300
        return answer.status_code

    async with AsyncTestClient(app, base_url="http://127.0.0.1:8000") as browser:
        wrong = await asyncio.gather(*(attempt(browser, n, "wrong password") for n in (1, 2, 3)))
        assert wrong == [401] * 3
        assert await attempt(browser, 4, PASSWORD) == 429


async def test_a_stored_hash_of_lower_cost_is_replaced(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    weak = await PasswordHashing(memory_kib=32, passes=1).hash(PASSWORD)
    user = await a_person(database, password_hash=weak)

    assert (await sign_in(client, user.email)).status_code == 200

    row = admin.execute("select password_hash from user_account").fetchone()
    assert row is not None
    assert "m=64," in row[0]
    assert (await sign_in(client, user.email)).status_code == 200
    assert admin.execute("select password_hash from user_account").fetchone() == row


async def test_signing_in_again_ends_the_session_the_browser_had(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    first = client.cookies[COOKIE]

    await sign_in(client, user.email)

    assert client.cookies[COOKIE] != first
    ended = admin.execute("select end_reason from user_session where ended_at is not null")
    assert ended.fetchall() == [("signed_in_again",)]
    client.cookies.set(COOKIE, first)
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_signing_out_ends_the_session_and_takes_the_cookie(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    cookie = client.cookies[COOKIE]

    answer = await client.post("/api/v1/sign-out")

    assert answer.status_code == 204
    assert (
        'session=""' in answer.headers["set-cookie"] or "Max-Age=0" in answer.headers["set-cookie"]
    )
    client.cookies.set(COOKIE, cookie)
    assert (await client.get("/api/v1/me")).status_code == 401
    assert (await client.get("/api/v1/sign-out")).status_code == 405
    assert acts(admin) == ["account.signed_in", "account.signed_out"]


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("update user_account set state = 'suspended'", 401),
        ("update user_session set ended_at = app_now()", 401),
        ("update membership set left_at = app_now()", 200),
        ("update organization set state = 'suspended'", 200),
    ],
)
async def test_rights_end_with_the_next_request(
    client: Browser, database: Database, admin: psycopg.Connection, what: str, status: int
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    assert (await client.get("/api/v1/me")).json()["roles"] == ["buyer"]

    admin.execute(what)

    answer = await client.get("/api/v1/me")
    assert answer.status_code == status
    assert answer.json().get("roles", []) == []


@pytest.mark.parametrize(
    "body",
    [
        {"email": "a@b.kr"},
        {"email": "a@b.kr", "password": "x", "state": "active"},
        {"email": ["a@b.kr"], "password": "x"},
        {"email": "a@b.kr", "password": ""},
        {"email": "a@b.kr\0", "password": "xxxxxxxx"},
        {"email": "a" * 255, "password": "x"},
    ],
)
async def test_a_body_of_another_form_is_refused(
    client: Browser, admin: psycopg.Connection, body: dict[str, object]
) -> None:
    answer = await client.post("/api/v1/sign-in", json=body)

    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed"
    assert acts(admin) == []
    assert admin.execute("select count(*) from attempt").fetchone() == (0,)


async def test_an_api_token_reads_who_it_is_and_nothing_that_changes_the_account(
    client: Browser, database: Database
) -> None:
    user = await a_person(database, Role.buyer)
    await with_session(client, database, user.id)
    made = await client.post(
        "/api/v1/me/tokens", json={"name": "a", "scopes": ["account:read"], "days": 1}
    )
    token = made.json()["token"]
    client.cookies.clear()
    client.headers.clear()
    client.headers["authorization"] = f"Bearer {token}"

    assert (await client.get("/api/v1/me")).json()["scopes"] == ["account:read"]
    for method, path, body in (
        ("PATCH", "/api/v1/me/profile", {"name": "x"}),
        ("PUT", "/api/v1/me/password", {"present_password": PASSWORD, "new_password": "y"}),
        ("POST", "/api/v1/me/tokens", {"name": "b", "scopes": ["account:read"], "days": 1}),
        ("POST", "/api/v1/reauthenticate", {"password": PASSWORD}),
        ("DELETE", "/api/v1/me", None),
        ("GET", "/api/v1/me/sessions", None),
        ("GET", "/api/v1/me/export", None),
    ):
        answer = await client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "token_scope_missing"), path


async def test_a_person_without_organization_signs_in_too(
    client: Browser, database: Database
) -> None:
    user = await a_person(database)
    await save(database)

    assert (await sign_in(client, user.email)).status_code == 200
    assert (await client.get("/api/v1/me")).json()["organization"] is None
