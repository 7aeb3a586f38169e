"""Persons with passwords and codes, and what their mail says; for the tests of accounts."""

import re
import time
from typing import Any

import psycopg
from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient

from marketplace.auth import Role
from marketplace.clock import world_time
from marketplace.db import Database
from marketplace.http import csrf
from marketplace.members.accounts import totp
from marketplace.members.accounts.models import User
from marketplace.members.accounts.passwords import PasswordHashing
from tests.factories import a_member, a_user, save

Browser = AsyncTestClient[Litestar]
PASSWORD = "맑은 공장의 여덟 톱니바퀴"
HASHING = PasswordHashing(memory_kib=64, passes=1)
TOKEN = re.compile(r"token=([\w-]+)")


async def a_person(database: Database, *roles: Role, **given: Any) -> User:
    """Save a person with ``PASSWORD``, a member of an organization where roles are given."""
    facts = {"password_hash": await HASHING.hash(PASSWORD)} | given
    if roles:
        user, _ = await a_member(database, *roles, **facts)
        return user
    user = a_user(**facts)
    await save(database, user)
    return user


async def sign_in(browser: Browser, email: str, password: str = PASSWORD) -> Response:
    """Sign in with a password; the browser keeps cookie and token when it worked."""
    answer = await browser.post("/api/v1/sign-in", json={"email": email, "password": password})
    keep_token(browser, answer)
    return answer


def keep_token(browser: Browser, answer: Response) -> None:
    """Keep the cross-site token that came with a session's new cookie."""
    if answer.status_code == 200 and "csrf_token" in answer.json():
        browser.headers[csrf.HEADER] = answer.json()["csrf_token"]


def refresh_token(browser: Browser, session_key: str) -> None:
    """Compute the token of the cookie that an answer without one has set."""
    names = (csrf.session_cookie(secure=secure) for secure in (False, True))
    cookie = next(browser.cookies[name] for name in names if name in browser.cookies)
    browser.headers[csrf.HEADER] = csrf.token_for(session_key, cookie)


def mailed_token(admin: psycopg.Connection, email: str) -> str:
    """Return the secret of the newest link mailed to an address."""
    row = admin.execute(
        "select body from mail where email = %s and body like '%%token=%%'"
        " order by created_at desc limit 1",
        [email],
    ).fetchone()
    assert row is not None, f"no link was mailed to {email}"
    found = TOKEN.search(row[0])
    assert found is not None
    return found.group(1)


NEARLY_OVER_S = 3.0


def mailed(admin: psycopg.Connection, email: str) -> list[str]:
    """Return the subjects of the mail to an address, the oldest first."""
    rows = admin.execute(
        "select subject from mail where email = %s order by created_at, subject", [email]
    ).fetchall()
    return [subject for (subject,) in rows]


def acts(admin: psycopg.Connection) -> list[str]:
    """Return the names of the acts written down, in order."""
    return [name for (name,) in admin.execute("select action from audit_event order by id")]


def code_now(admin: psycopg.Connection, secret: str, steps: int = 0) -> str:
    """Return the code of an authenticator app, which keeps the world's time and no sandbox's.

    Waits where the step is about to end, so that a code lives through its test.
    """
    left_s = totp.STEP_S - time.time() % totp.STEP_S
    if left_s < NEARLY_OVER_S:
        time.sleep(left_s + 0.1)
    return totp.code_of_step(secret, totp.step_of(world_time()) + steps)


def pass_time(admin: psycopg.Connection, seconds: float) -> None:
    """Let the sandbox's clock run ahead."""
    admin.execute("update sandbox_clock set shift = shift + make_interval(secs => %s)", [seconds])


async def with_authenticator(browser: Browser, admin: psycopg.Connection) -> tuple[str, list[str]]:
    """Set up an authenticator app for who is signed in; return its secret and the recovery codes.

    The code of the step before confirms it, so the present one is left.
    """
    begun = await browser.post("/api/v1/me/second-factor/authenticator")
    assert begun.status_code == 200, begun.text
    secret = begun.json()["secret"]
    confirmed = await browser.put(
        "/api/v1/me/second-factor/authenticator", json={"code": code_now(admin, secret, -1)}
    )
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["recovery_codes"]
