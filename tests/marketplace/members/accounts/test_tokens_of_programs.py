"""API tokens: made once for a name, shown once, good for their scopes and time, revoked."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database
from tests.factories import a_member
from tests.factories import sign_in as with_session
from tests.marketplace.members.accounts.people import Browser, acts, mailed, pass_time

PATH = "/api/v1/me/tokens"
BODY = {"name": "공정 분석", "scopes": ["account:read"], "days": 30}


async def test_a_token_is_shown_once_and_told(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, place = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)

    made = await client.post(PATH, json=BODY)
    listed = await client.get(PATH)

    assert made.status_code == 201
    secret = made.json()["token"]
    assert listed.json()[0]["hint"] == secret[:8] + "…"
    assert secret not in listed.text
    row = admin.execute("select token_hash, organization_id, scopes from api_token").fetchone()
    assert row is not None
    assert secret.encode() not in row[0]
    assert row[1:] == (place.id, ["account:read"])
    assert mailed(admin, user.email) == ["API 토큰을 만들었습니다"]
    told = str(admin.execute("select * from mail").fetchall())
    assert secret not in told + str(admin.execute("select * from audit_event").fetchall())
    assert acts(admin) == ["account.token_created"]


async def test_two_of_one_name_make_one_token(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)

    answers = await asyncio.gather(*(client.post(PATH, json=BODY) for _ in range(3)))

    assert sorted(a.status_code for a in answers) == [201, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"token_name_taken"}
    assert admin.execute("select count(*) from api_token").fetchone() == (1,)
    assert len(mailed(admin, user.email)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"days": 0},
        {"days": 366},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"name": ""},
        {"name": "x" * 61},
        {"name": "two\nlines"},
        {"user_id": "00000000-0000-4000-8000-000000000001"},
    ],
)
async def test_a_token_of_another_form_is_refused(
    client: Browser, database: Database, admin: psycopg.Connection, change: dict[str, object]
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)

    answer = await client.post(PATH, json=BODY | change)

    assert answer.status_code == 400
    assert answer.json()["fields"]
    assert admin.execute("select count(*) from api_token").fetchone() == (0,)


async def test_the_twenty_first_token_is_refused(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)
    for number in range(20):
        made = await client.post(PATH, json=BODY | {"name": f"{number}", "days": 365})
        assert made.status_code == 201

    answer = await client.post(PATH, json=BODY)

    assert (answer.status_code, answer.json()["code"]) == (409, "tokens_too_many")
    assert answer.json()["facts"] == {"most": 20}


@pytest.mark.parametrize(
    "what",
    [
        "update api_token set revoked_at = app_now()",
        "update user_account set state = 'suspended'",
        "update membership set left_at = app_now()",
        "update sandbox_clock set shift = interval '30 days 1 minute'",
    ],
)
async def test_it_opens_nothing_from_the_next_request_on(
    client: Browser, database: Database, admin: psycopg.Connection, what: str
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)
    secret = (await client.post(PATH, json=BODY)).json()["token"]
    client.cookies.clear()
    client.headers.clear()
    client.headers["authorization"] = f"Bearer {secret}"
    assert (await client.get("/api/v1/me")).status_code == 200

    admin.execute(what)

    assert (await client.get("/api/v1/me")).status_code == 401
    assert (await client.get("/api/v1/me/profile")).status_code == 401


async def test_revoking_is_for_the_own_tokens_and_works_once(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    other, _ = await a_member(database, Role.buyer)
    await with_session(client, database, other.id)
    others = (await client.post(PATH, json=BODY)).json()["id"]
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)
    own = (await client.post(PATH, json=BODY)).json()["id"]

    answers = [
        (await client.delete(f"{PATH}/{token_id}")).status_code
        for token_id in (others, uuid4(), own, own)
    ]

    assert answers == [404, 404, 204, 404]
    live = admin.execute("select id from api_token where revoked_at is null").fetchall()
    assert [str(token_id) for (token_id,) in live] == [others]
    assert [row["id"] for row in (await client.get(PATH)).json()] == []
    assert (await client.post(PATH, json=BODY)).status_code == 201


async def test_a_stale_session_makes_none(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)
    pass_time(admin, 601)

    answer = await client.post(PATH, json=BODY)

    assert answer.json()["code"] == "reauthentication_required"
    assert admin.execute("select count(*) from api_token").fetchone() == (0,)


async def test_last_use_is_kept(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)
    secret = (await client.post(PATH, json=BODY)).json()["token"]

    await client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})

    used = admin.execute("select last_used_at is not null from api_token").fetchone()
    assert used == (True,)
