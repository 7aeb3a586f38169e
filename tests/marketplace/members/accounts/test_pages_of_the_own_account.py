"""The pages of the own account, in both languages: details, sessions, notices, leaving."""

import re
from html import unescape

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database
from tests.factories import a_member, new_session
from tests.factories import sign_in as with_session
from tests.marketplace.members.accounts.filling import fill, leads_to
from tests.marketplace.members.accounts.people import (
    PASSWORD,
    Browser,
    a_person,
)

PAGES = [
    "/account",
    "/account/security",
    "/account/security/password",
    "/account/security/second-factor",
    "/account/sessions",
    "/account/tokens",
    "/account/notices",
    "/account/email",
    "/account/delete",
    "/notices",
    "/notices?unread=true",
    "/reauthenticate",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_in_both_languages_for_its_person_alone(
    client: Browser, database: Database, path: str
) -> None:
    nobody = await client.get(path, follow_redirects=False)
    user, _ = await a_member(database, Role.buyer, name='<b>"이름"&</b>')
    await with_session(client, database, user.id)

    korean = await client.get(path)
    await fill(client, "/account", "/preferences", language="en", next=path)
    english = await client.get(path)

    assert leads_to(nobody).startswith("/sign-in?next=")
    assert korean.status_code == english.status_code == 200
    assert '<html lang="ko"' in korean.text
    assert '<html lang="en"' in english.text
    assert "<b>" not in korean.text
    assert korean.headers["cache-control"] == "no-store"
    body = re.sub(r"<[^>]+>", " ", english.text.split("<main")[1].split("</main>")[0])
    rest = re.findall(r"[가-힣]+", unescape(body))
    assert set(rest) <= {"이름", "가상정밀", "한국어"}, rest


async def test_the_chosen_language_and_theme_are_remembered_in_the_account(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)

    answer = await fill(client, "/account", "/preferences", language="en", next="/account?a=b")
    await fill(client, "/account", "/preferences", theme="dark")

    assert leads_to(answer) == "/account?a=b&done=preferences"
    assert admin.execute("select language, theme from user_account").fetchone() == ("en", "dark")
    await fill(client, "/account", "/preferences", theme="system")
    assert admin.execute("select language, theme from user_account").fetchone() == ("en", None)


async def test_forms_of_the_account(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await fill(client, "/sign-in", email=user.email, password=PASSWORD)
    other = await new_session(database, user.id)

    saved = await fill(client, "/account", name="새 이름", phone="02-000-0000", theme="dark")
    wrong = await fill(client, "/account", name="", phone="전화")
    asked = await fill(client, "/account/email", email="new@example.com")
    bad = await fill(client, "/account/email", email="no-address")
    ended = await fill(client, "/account/sessions", "/account/sessions/others")
    kept = await fill(client, "/account/notices")

    assert leads_to(saved) == "/account?done=saved"
    assert wrong.status_code == 422
    assert 'href="#name"' in wrong.text
    assert leads_to(asked) == "/account?done=mail-sent"
    assert bad.status_code == 422
    assert leads_to(ended) == "/account/sessions?done=session-ended"
    assert leads_to(kept) == "/account/notices?done=saved"
    assert other
    live = admin.execute("select count(*) from user_session where ended_at is null").fetchone()
    assert live == (1,)


async def test_deleting_takes_a_tick(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database)
    await fill(client, "/sign-in", email=user.email, password=PASSWORD)

    without = await fill(client, "/account/delete")
    done = await fill(client, "/account/delete", sure="on")

    assert without.status_code == 422
    assert leads_to(done) == "/?done=account-deleted"
    assert admin.execute("select state from user_account").fetchone() == ("deleted",)
    assert (await client.get("/account", follow_redirects=False)).status_code == 303


async def test_opening_a_notice_reads_it_and_goes_there(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await fill(client, "/sign-in", email=user.email, password=PASSWORD)
    await fill(client, "/account/tokens", name="a", scopes="account:read", days="30")
    page = await client.get("/notices")
    notice = re.search(r'action="(/notices/[0-9a-f-]{36})"', page.text)
    assert notice is not None

    opened = await fill(client, "/notices", notice.group(1))

    assert "API 토큰을 만들었습니다" in page.text
    assert leads_to(opened) == "/account/security"
    assert admin.execute("select read_at is not null from notice").fetchone() == (True,)


async def test_signing_out_by_get_does_nothing(client: Browser, database: Database) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)

    assert (await client.get("/sign-out")).status_code == 405
    assert (await client.get("/account")).status_code == 200
    out = await fill(client, "/account", "/sign-out")
    assert leads_to(out) == "/sign-in?done=signed-out"
    assert (await client.get("/account", follow_redirects=False)).status_code == 303
