"""The mail address: confirmed at sign-up, changed by a link to the new one, told to both."""

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.members.accounts.models import LinkPurpose, User, UserState
from marketplace.members.accounts.telling import mail_link
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
)

ASK = "/api/v1/me/email"
USE = "/api/v1/email-changes/use"
CONFIRM = "/api/v1/email-confirmations"
NEW = "new-address@example.com"


async def test_it_changes_when_the_link_to_the_new_address_is_used(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)

    asked = await client.put(ASK, json={"email": NEW.upper()})
    before = admin.execute("select email from user_account").fetchall()
    used = await client.post(USE, json={"token": mailed_token(admin, NEW)})

    assert (asked.status_code, used.status_code) == (204, 204)
    assert before == [(user.email,)]
    assert admin.execute("select email from user_account").fetchall() == [(NEW,)]
    assert mailed(admin, user.email) == [
        "전자우편 변경 요청이 있습니다",
        "전자우편이 바뀌었습니다",
    ]
    assert mailed(admin, NEW) == ["새 전자우편을 확인해 주십시오", "전자우편이 바뀌었습니다"]
    assert acts(admin)[-2:] == ["account.email_change_asked", "account.email_changed"]
    facts = str(admin.execute("select facts from audit_event").fetchall())
    assert NEW not in facts
    assert user.email not in facts
    client.cookies.clear()
    assert (await sign_in(client, NEW)).status_code == 200


async def test_an_address_with_an_account_is_told_to_its_holder_alone(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    holder = await a_person(database)
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)

    taken = await client.put(ASK, json={"email": holder.email})
    free = await client.put(ASK, json={"email": NEW})

    assert (taken.status_code, taken.content) == (free.status_code, free.content) == (204, b"")
    assert mailed(admin, holder.email) == ["이 주소로 이미 가입되어 있습니다"]
    links = admin.execute("select email from link_token").fetchall()
    assert links == [(NEW,)]


async def test_an_address_that_got_an_account_meanwhile_is_refused(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    await client.put(ASK, json={"email": NEW})
    await a_person(database, email=NEW)

    answer = await client.post(USE, json={"token": mailed_token(admin, NEW)})

    assert (answer.status_code, answer.json()["code"]) == (409, "new_email_taken")
    row = admin.execute("select email from user_account where id = %s", [user.id]).fetchone()
    assert row == (user.email,)
    assert "account.email_changed" not in acts(admin)


async def test_a_change_ends_the_links_sent_to_the_old_address(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    await client.post("/api/v1/password-resets", json={"email": user.email})
    reset = mailed_token(admin, user.email)
    await client.put(ASK, json={"email": NEW})
    await client.post(USE, json={"token": mailed_token(admin, NEW)})

    answer = await client.post(
        "/api/v1/password-resets/use", json={"token": reset, "password": "아홉 굴뚝과 푸른 바람"}
    )

    assert answer.json()["code"] == "link_not_usable"


@pytest.mark.parametrize(
    ("email", "status", "code"),
    [
        ("no-at-sign", 400, "malformed"),
        ("한글@example.com", 400, "malformed"),
        ("a@b", 400, "malformed"),
        ("a b@example.com", 400, "malformed"),
        ("a@example.com\nbcc: b@example.com", 400, "malformed"),
        ("a" * 250 + "@b.kr", 400, "malformed"),
        ("SELF", 422, "email_unchanged"),
    ],
)
async def test_an_unusable_address_is_refused_and_nothing_sent(
    client: Browser,
    database: Database,
    admin: psycopg.Connection,
    email: str,
    status: int,
    code: str,
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)

    answer = await client.put(ASK, json={"email": user.email if email == "SELF" else email})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert admin.execute("select count(*) from mail").fetchone() == (0,)


async def test_a_stale_session_and_the_sixth_request_of_a_day_are_refused(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    pass_time(admin, 601)
    stale = await client.put(ASK, json={"email": NEW})
    keep_token(client, await client.post("/api/v1/reauthenticate", json={"password": PASSWORD}))

    answers = [await client.put(ASK, json={"email": f"n{n}@example.com"}) for n in range(6)]

    assert stale.json()["code"] == "reauthentication_required"
    assert [a.status_code for a in answers] == [204] * 5 + [429]


async def waiting(database: Database) -> User:
    user = await a_person(database, state=UserState.unconfirmed)
    async with database.transaction(Scope.system()) as session:
        person = await session.get_one(User, user.id)
        address = "http://127.0.0.1:8000"
        await mail_link(session, person, LinkPurpose.confirm_email, public_url=address)
    return user


async def code_of_confirming(client: Browser, token: str, password: str = PASSWORD) -> str:
    content = {"token": token, "password": password}
    answer = await client.post(f"{CONFIRM}/use", json=content)
    assert answer.status_code >= 400, "only refusals have a code"
    return str(answer.json()["code"])


async def test_who_opens_the_mail_confirms_no_password_of_somebody_else(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await waiting(database)
    token = mailed_token(admin, user.email)

    codes = [await code_of_confirming(client, token, f"of somebody else {n}") for n in range(3)]

    assert codes == ["sign_up_password_not_right"] * 3
    assert acts(admin) == ["account.password_not_right"] * 3
    counted = admin.execute(
        "select sum(attempt_count)::int from attempt where limit_name = 'reauthenticate'"
    ).fetchone()
    assert counted == (3,), "tries are limited like those of a signed-in person"
    assert admin.execute("select state from user_account").fetchone() == ("unconfirmed",)


async def test_confirming_makes_the_account_active_once(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await waiting(database)
    token = mailed_token(admin, user.email)

    first = await client.post(f"{CONFIRM}/use", json={"token": token, "password": PASSWORD})
    second = await client.post(f"{CONFIRM}/use", json={"token": token, "password": PASSWORD})

    assert (first.status_code, second.status_code) == (204, 404)
    assert acts(admin) == ["account.email_confirmed"]
    assert (await sign_in(client, user.email)).status_code == 200


async def test_the_confirmation_is_sent_again_with_one_answer_for_all(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await waiting(database)
    active = await a_person(database)
    old = mailed_token(admin, user.email)

    answers = [
        await client.post(CONFIRM, json={"email": email})
        for email in (user.email, active.email, "nobody@example.com")
    ]

    assert [(a.status_code, a.content) for a in answers] == [(204, answers[0].content)] * 3
    assert len(mailed(admin, user.email)) == 2
    assert mailed(admin, active.email) == []
    assert await code_of_confirming(client, old) == "link_not_usable"


async def test_a_link_of_yesterday_is_refused(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await waiting(database)
    token = mailed_token(admin, user.email)
    pass_time(admin, 86_400)

    assert await code_of_confirming(client, token) == "link_not_usable"
    assert admin.execute("select state from user_account").fetchone() == ("unconfirmed",)
