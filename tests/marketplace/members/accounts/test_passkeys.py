"""Passkeys: registered, used as both factors, one challenge each, removed when the roles allow it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from litestar.testing import AsyncTestClient

from marketplace.app import Parts, create_app
from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import User, UserState
from marketplace.settings import Settings
from tests.actors import ACTORS, bring
from tests.factories import SESSION_KEY
from tests.marketplace.members.accounts.people import (
    Browser,
    a_person,
    acts,
    keep_token,
    mailed,
    refresh_token,
    sign_in,
)
from tests.marketplace.members.software_authenticator import SoftwareAuthenticator

ORIGIN = "https://exchange.example"
KEYS = "/api/v1/me/passkeys"
SIGN_IN = "/api/v1/sign-in/passkey"


@pytest.fixture
async def browser(settings: Settings, parts: Parts, clean: None) -> AsyncIterator[Browser]:
    """A browser at an address where passkeys exist."""
    app = create_app(settings.model_copy(update={"public_url": ORIGIN}), parts)
    async with AsyncTestClient(app, base_url=ORIGIN) as found:
        yield found


def an_authenticator() -> SoftwareAuthenticator:
    return SoftwareAuthenticator(origin=ORIGIN, rp_id="exchange.example")


async def registered(browser: Browser, device: SoftwareAuthenticator, label: str = "전화기") -> Any:
    begun = (await browser.post(f"{KEYS}/challenge")).json()
    answer = await browser.post(
        KEYS,
        json={
            "challenge_id": begun["challenge_id"],
            "answer": device.register(begun["options"]),
            "label": label,
        },
    )
    if answer.status_code == 201:
        refresh_token(browser, SESSION_KEY)
    return answer


async def shown(browser: Browser, device: SoftwareAuthenticator) -> Any:
    begun = (await browser.post(f"{SIGN_IN}/challenge", json={})).json()
    body = {"challenge_id": begun["challenge_id"], "answer": device.sign_in(begun["options"])}
    answer = await browser.post(SIGN_IN, json=body)
    keep_token(browser, answer)
    return answer


async def with_passkey(
    browser: Browser, database: Database, *roles: Role
) -> tuple[User, SoftwareAuthenticator]:
    """A person with a passkey, signed out."""
    user = await a_person(database, *(roles or (Role.owner,)))
    await sign_in(browser, user.email)
    device = an_authenticator()
    assert (await registered(browser, device)).status_code == 201
    browser.cookies.clear()
    browser.headers.pop("x-csrf-token")
    return user, device


async def test_registering_one_counts_as_the_second_factor(
    browser: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.owner)
    await sign_in(browser, user.email)
    before = browser.cookies["__Host-session"]

    answer = await registered(browser, an_authenticator())

    assert answer.status_code == 201, answer.text
    assert browser.cookies["__Host-session"] != before
    assert (await browser.get("/api/v1/me")).json()["second_factor_due"] is False
    assert [row["label"] for row in (await browser.get(KEYS)).json()] == ["전화기"]
    assert mailed(admin, user.email) == ["패스키를 등록했습니다"]
    assert acts(admin)[-1] == "account.passkey_added"


async def test_signing_in_by_passkey_alone_is_both_factors(
    browser: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, device = await with_passkey(browser, database)

    answer = await shown(browser, device)

    assert answer.status_code == 200, answer.text
    assert answer.json()["second_factor_due"] is False
    assert (await browser.get("/api/v1/me")).json()["email"] == user.email
    row = admin.execute("select sign_count, last_used_at is not null from passkey").fetchone()
    assert row == (device.count, True)


async def test_after_the_password_it_is_the_second_factor(
    browser: Browser, database: Database
) -> None:
    user, device = await with_passkey(browser, database)
    half = await sign_in(browser, user.email)

    answer = await shown(browser, device)

    assert half.json()["second_factor_due"] is True
    assert answer.status_code == 200
    assert (await browser.get("/api/v1/me/profile")).status_code == 200


async def test_somebody_elses_passkey_is_no_second_factor(
    browser: Browser, database: Database
) -> None:
    _, others = await with_passkey(browser, database)
    user, _ = await with_passkey(browser, database)
    await sign_in(browser, user.email)

    answer = await shown(browser, others)

    assert (answer.status_code, answer.json()["code"]) == (401, "passkey_refused")
    assert (await browser.get("/api/v1/me")).json()["second_factor_due"] is True


async def test_a_challenge_works_once_for_whom_it_was_made(
    browser: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, device = await with_passkey(browser, database)
    begun = (await browser.post(f"{SIGN_IN}/challenge", json={})).json()
    body = {"challenge_id": begun["challenge_id"], "answer": device.sign_in(begun["options"])}
    first = await browser.post(SIGN_IN, json=body)
    browser.cookies.clear()
    body["answer"] = device.sign_in(begun["options"])
    second = await browser.post(SIGN_IN, json=body)
    late = (await browser.post(f"{SIGN_IN}/challenge", json={})).json()
    admin.execute("update passkey_challenge set expires_at = app_now()")
    third = await browser.post(
        SIGN_IN,
        json={"challenge_id": late["challenge_id"], "answer": device.sign_in(late["options"])},
    )
    unknown = await browser.post(
        SIGN_IN, json={"challenge_id": str(uuid4()), "answer": device.sign_in(late["options"])}
    )

    assert first.status_code == 200
    assert [a.json()["code"] for a in (second, third, unknown)] == ["passkey_refused"] * 3
    failed = "select facts from audit_event where action = 'account.sign_in_failed'"
    assert admin.execute(failed).fetchall() == [({"reason": "passkey", "by": "passkey"},)] * 3
    assert user.email


@pytest.mark.parametrize("answer", [{}, {"id": "x"}, {"id": "AAAA", "rawId": "AAAA", "type": 1}])
async def test_an_answer_that_is_none_is_refused(
    browser: Browser, database: Database, admin: psycopg.Connection, answer: dict[str, Any]
) -> None:
    await with_passkey(browser, database)
    begun = (await browser.post(f"{SIGN_IN}/challenge", json={})).json()

    refused = await browser.post(
        SIGN_IN, json={"challenge_id": begun["challenge_id"], "answer": answer}
    )

    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_refused")


async def test_a_suspended_person_is_not_let_in(
    browser: Browser, database: Database, admin: psycopg.Connection
) -> None:
    _, device = await with_passkey(browser, database)
    admin.execute("update user_account set state = %s", [UserState.suspended.value])

    answer = await shown(browser, device)

    assert (answer.status_code, answer.json()["code"]) == (403, "account_suspended")


async def test_the_password_alone_adds_no_passkey_beside_one_that_exists(
    browser: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await with_passkey(browser, database)
    await sign_in(browser, user.email)

    answer = await browser.post(f"{KEYS}/challenge")

    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
    assert admin.execute("select count(*) from passkey").fetchone() == (1,)


async def test_renaming_and_removing_are_for_the_own_ones(
    browser: Browser, database: Database, admin: psycopg.Connection
) -> None:
    _, others_device = await with_passkey(browser, database)
    await shown(browser, others_device)
    others = (await browser.get(KEYS)).json()[0]["id"]
    browser.cookies.clear()
    browser.headers.pop("x-csrf-token")
    user, device = await with_passkey(browser, database, Role.buyer)
    await shown(browser, device)
    own = (await browser.get(KEYS)).json()[0]["id"]

    renamed = [
        (await browser.patch(f"{KEYS}/{key}", json={"label": "노트북"})).status_code
        for key in (others, own)
    ]
    removed = [(await browser.delete(f"{KEYS}/{key}")).status_code for key in (others, own, own)]

    assert renamed == [404, 200]
    assert removed == [404, 204, 404]
    labels = admin.execute("select label from passkey").fetchall()
    assert labels == [("전화기",)]
    assert "패스키를 지웠습니다" in mailed(admin, user.email)


async def test_the_last_factor_of_an_owner_stays(
    browser: Browser, database: Database, admin: psycopg.Connection
) -> None:
    _, device = await with_passkey(browser, database, Role.owner)
    await shown(browser, device)
    own = (await browser.get(KEYS)).json()[0]["id"]

    answer = await browser.delete(f"{KEYS}/{own}")

    assert (answer.status_code, answer.json()["code"]) == (409, "second_factor_compulsory")
    assert admin.execute("select count(*) from passkey").fetchone() == (1,)


async def test_the_same_credential_is_registered_once(
    browser: Browser, database: Database, admin: psycopg.Connection
) -> None:
    _, device = await with_passkey(browser, database)
    user = await a_person(database, Role.buyer)
    await sign_in(browser, user.email)

    answer = await registered(browser, device)

    assert (answer.status_code, answer.json()["code"]) == (409, "passkey_taken")
    assert admin.execute("select count(*) from passkey").fetchone() == (1,)


async def test_where_browsers_allow_none_it_says_so(client: Browser, database: Database) -> None:
    user = await a_person(database, Role.buyer)
    anonymous = await client.post(f"{SIGN_IN}/challenge", json={})
    await sign_in(client, user.email)
    begun = await client.post(f"{KEYS}/challenge")

    for answer in (anonymous, begun):
        assert (answer.status_code, answer.json()["code"]) == (409, "passkeys_unavailable")


async def test_a_program_with_a_token_signs_in_like_anybody_else(
    browser: Browser, database: Database, clean: None
) -> None:
    program = await bring(database, next(a for a in ACTORS if a.name == "token_with_all_scopes"))

    refused = await browser.post(
        SIGN_IN, json={"challenge_id": str(uuid4()), "answer": {}}, headers=program.headers
    )

    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_refused")
