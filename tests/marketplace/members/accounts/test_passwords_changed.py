"""Passwords: changed by the signed-in person, reset by a link, set at the first sign-in."""

import asyncio
import time
from pathlib import Path

import psycopg
import pytest

from marketplace.auth import Function, Role
from marketplace.db import Database, Scope
from marketplace.members.accounts.legal import publish_texts
from marketplace.members.accounts.models import LinkPurpose, User, UserState
from marketplace.members.accounts.password_change import EVEN_ANSWER_S
from marketplace.members.accounts.telling import mail_link
from marketplace.settings import Settings
from tests.factories import a_member, an_organization, new_session, save
from tests.marketplace.members.accounts.people import (
    PASSWORD,
    Browser,
    a_person,
    acts,
    keep_token,
    mailed,
    mailed_token,
    pass_time,
    sign_in,
    with_authenticator,
)

NEW = "다른 공장의 아홉 굴뚝과 바람"
ASK = "/api/v1/password-resets"
USE = "/api/v1/password-resets/use"
FIRST = "/api/v1/first-sign-in"


async def test_changing_it_ends_the_other_sessions_and_is_told(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await new_session(database, user.id)
    await sign_in(client, user.email)
    before = client.cookies["session"]

    answer = await client.put(
        "/api/v1/me/password", json={"present_password": PASSWORD, "new_password": NEW}
    )
    keep_token(client, answer)

    assert answer.status_code == 200
    assert client.cookies["session"] != before
    assert (await client.get("/api/v1/me")).status_code == 200
    live = admin.execute("select count(*) from user_session where ended_at is null").fetchone()
    assert live == (1,)
    assert mailed(admin, user.email) == ["비밀번호가 바뀌었습니다"]
    assert acts(admin) == ["account.signed_in", "account.password_changed"]
    assert (await sign_in(client, user.email)).status_code == 401
    assert (await sign_in(client, user.email, NEW)).status_code == 200


@pytest.mark.parametrize(
    ("present", "new", "code", "field"),
    [
        ("another password", NEW, "password_not_right", "present_password"),
        (PASSWORD, "short", "password_refused", "new_password"),
        (PASSWORD, "password1", "password_refused", "new_password"),
        (PASSWORD, "x" * 129, "password_refused", "new_password"),
        (PASSWORD, "제조데이터1", "password_refused", "new_password"),
    ],
)
async def test_a_refused_change_leaves_everything(
    client: Browser,
    database: Database,
    admin: psycopg.Connection,
    present: str,
    new: str,
    code: str,
    field: str,
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    before = admin.execute("select password_hash from user_account").fetchall()

    answer = await client.put(
        "/api/v1/me/password", json={"present_password": present, "new_password": new}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["fields"][0]["field"] == field
    assert admin.execute("select password_hash from user_account").fetchall() == before
    assert mailed(admin, user.email) == []


async def test_asking_for_a_reset_answers_the_same_and_after_the_same_time(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    known = await a_person(database)
    suspended = await a_person(database, state=UserState.suspended)
    answers = []
    for email in (known.email, "nobody@example.com", suspended.email, "not an address"):
        started_s = time.monotonic()
        answers.append(await client.post(ASK, json={"email": email}))
        assert time.monotonic() - started_s >= EVEN_ANSWER_S

    assert [(a.status_code, a.content) for a in answers] == [(204, answers[0].content)] * 4
    assert mailed(admin, known.email) == ["비밀번호를 다시 정하십시오"]
    assert admin.execute("select count(*) from mail").fetchone() == (1,)


async def test_a_reset_ends_every_session_and_leaves_the_second_factor(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    await with_authenticator(client, admin)
    client.cookies.clear()
    await client.post(ASK, json={"email": user.email})
    token = mailed_token(admin, user.email)

    done = await client.post(USE, json={"token": token, "password": NEW})
    again = await client.post(USE, json={"token": token, "password": PASSWORD})

    assert done.status_code == 204
    assert "set-cookie" not in done.headers
    assert (again.status_code, again.json()["code"]) == (404, "link_not_usable")
    live = admin.execute("select count(*) from user_session where ended_at is null").fetchone()
    assert live == (0,)
    assert mailed(admin, user.email)[-1] == "비밀번호가 바뀌었습니다"
    signed_in = await sign_in(client, user.email, NEW)
    assert signed_in.json()["second_factor_due"] is True


async def test_a_refused_password_leaves_the_link_usable(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database)
    await client.post(ASK, json={"email": user.email})
    token = mailed_token(admin, user.email)

    refused = await client.post(USE, json={"token": token, "password": "12345678"})

    assert (refused.status_code, refused.json()["code"]) == (422, "password_refused")
    assert (await client.post(USE, json={"token": token, "password": NEW})).status_code == 204


async def test_one_link_used_at_the_same_time_works_once(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database)
    await client.post(ASK, json={"email": user.email})
    token = mailed_token(admin, user.email)
    bodies = [{"token": token, "password": f"{NEW} {number}"} for number in range(3)]

    answers = await asyncio.gather(*(client.post(USE, json=body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [204, 404, 404]


async def test_a_link_of_half_an_hour_ago_is_refused(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database)
    await client.post(ASK, json={"email": user.email})
    token = mailed_token(admin, user.email)
    pass_time(admin, 1_800)

    answer = await client.post(USE, json={"token": token, "password": NEW})

    assert answer.json()["code"] == "link_not_usable"
    assert (await sign_in(client, user.email)).status_code == 200


async def test_resets_are_limited_to_five_a_day_for_known_and_unknown(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database)
    for email in (user.email, "nobody@example.com"):
        answers = [await client.post(ASK, json={"email": email}) for _ in range(6)]
        assert [a.status_code for a in answers] == [204] * 5 + [429]
    assert len(mailed(admin, user.email)) == 5


async def invited(database: Database, *roles: Role, **given: object) -> User:
    """A person whose account somebody else made, with the link mailed."""
    place = an_organization(function=Function.exchange_operator)
    await save(database, place)
    user, _ = await a_member(
        database, *roles, organization=place, state=UserState.unconfirmed, **given
    )
    async with database.transaction(Scope.system()) as session:
        person = await session.get_one(User, user.id)
        address = "http://127.0.0.1:8000"
        await mail_link(session, person, LinkPurpose.first_sign_in, public_url=address)
    return user


async def test_the_first_sign_in_sets_name_and_password_and_leads_to_the_second_factor(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await invited(database, Role.administrator)
    token = mailed_token(admin, user.email)
    body = {"token": token, "name": "가상 관리자", "password": NEW}

    answer = await client.post(FIRST, json=body)
    again = await client.post(FIRST, json=body)

    assert answer.status_code == 200
    assert answer.json()["second_factor_due"] is True
    assert again.status_code in {403, 404}
    row = admin.execute("select name, state, email_confirmed_at is null from user_account")
    assert row.fetchone() == ("가상 관리자", "active", False)
    me = await client.get("/api/v1/me")
    assert me.json()["name"] == "가상 관리자"
    assert acts(admin)[-1] == "account.signed_in"


async def test_the_first_sign_in_asks_for_consent_and_keeps_the_link_without_it(
    client: Browser, database: Database, admin: psycopg.Connection, settings: Settings
) -> None:
    assert settings.database_owner_url is not None
    publish_texts(settings.database_owner_url.get_secret_value())
    user = await invited(database, Role.reviewer)
    body = {"token": mailed_token(admin, user.email), "name": "가상인", "password": NEW}

    refused = await client.post(FIRST, json=body | {"terms": True})
    done = await client.post(FIRST, json=body | {"terms": True, "privacy": True})

    assert (refused.status_code, refused.json()["code"]) == (422, "consent_missing")
    assert [field["field"] for field in refused.json()["fields"]] == ["privacy"]
    assert done.status_code == 200
    assert done.json()["consent_due"] is False
    assert admin.execute("select count(*) from consent").fetchone() == (2,)


async def test_who_waits_for_the_first_sign_in_gets_that_link_again_by_asking_for_a_reset(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await invited(database, Role.reviewer)
    old = mailed_token(admin, user.email)

    await client.post(ASK, json={"email": user.email})

    new = mailed_token(admin, user.email)
    assert new != old
    body = {"name": "가상인", "password": NEW}
    assert (await client.post(FIRST, json=body | {"token": old})).status_code == 404
    assert (await client.post(FIRST, json=body | {"token": new})).status_code == 200


async def test_no_secret_reaches_the_audit_trail(
    client: Browser, database: Database, admin: psycopg.Connection, tmp_path: Path
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    await client.post(ASK, json={"email": user.email})
    token = mailed_token(admin, user.email)
    await client.post(USE, json={"token": token, "password": NEW})

    trail = str(admin.execute("select * from audit_event").fetchall())

    for secret in (PASSWORD, NEW, token, user.email, client.cookies.get("session") or "-"):
        assert secret not in trail
