"""Proving oneself again: by password or code, limited, with a new cookie."""

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database
from tests.factories import SESSION_KEY
from tests.marketplace.members.accounts.people import (
    PASSWORD,
    Browser,
    a_person,
    acts,
    code_now,
    keep_token,
    pass_time,
    refresh_token,
    sign_in,
    with_authenticator,
)

PATH = "/api/v1/reauthenticate"
TOKEN = {"name": "a", "scopes": ["account:read"], "days": 1}


async def test_the_password_makes_the_session_fresh_and_gives_it_a_new_cookie(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    pass_time(admin, 601)
    stale = await client.post("/api/v1/me/tokens", json=TOKEN)
    before = client.cookies["session"]

    proof = await client.post(PATH, json={"password": PASSWORD})
    keep_token(client, proof)

    assert stale.json()["code"] == "reauthentication_required"
    assert client.cookies["session"] != before
    assert (await client.post("/api/v1/me/tokens", json=TOKEN)).status_code == 201
    assert admin.execute("select count(*) from user_session").fetchone() == (1,)


async def test_a_code_does_too(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    secret, _ = await with_authenticator(client, admin)
    refresh_token(client, SESSION_KEY)
    pass_time(admin, 601)

    proof = await client.post(PATH, json={"code": code_now(admin, secret)})
    keep_token(client, proof)

    assert proof.status_code == 200
    assert (await client.post("/api/v1/me/tokens", json=TOKEN)).status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"password": "another password"}, 422, "password_not_right"),
        ({"code": "123456"}, 422, "code_refused"),
        ({}, 400, "malformed"),
        ({"passwort": "x"}, 400, "malformed"),
    ],
)
async def test_a_failed_proof_changes_nothing(
    client: Browser,
    database: Database,
    admin: psycopg.Connection,
    body: dict[str, str],
    status: int,
    code: str,
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    before = admin.execute("select token_hash, authenticated_at from user_session").fetchall()

    answer = await client.post(PATH, json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    after = admin.execute("select token_hash, authenticated_at from user_session").fetchall()
    assert after == before
    assert "account.reauthenticated" not in acts(admin)


async def test_proofs_are_limited(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    admin.execute(
        "insert into attempt (limit_name, subject, window_ends_at, attempt_count) values"
        " ('reauthenticate', %s,"
        " to_timestamp((floor(extract(epoch from app_now()) / 300) + 1) * 300), 100)",
        [str(user.id)],
    )

    answer = await client.post(PATH, json={"password": PASSWORD})

    assert answer.status_code == 429


async def test_nobody_cannot(client: Browser) -> None:
    assert (await client.post(PATH, json={"password": PASSWORD})).status_code == 401
