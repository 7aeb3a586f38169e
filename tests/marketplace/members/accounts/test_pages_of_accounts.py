"""The pages of accounts, used like a person does without script: forms, redirects, both languages."""

import re
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.legal import publish_texts
from marketplace.members.accounts.models import UserState
from marketplace.settings import Settings
from tests.factories import a_member
from tests.factories import sign_in as with_session
from tests.marketplace.members.accounts.filling import CSRF, fill, leads_to
from tests.marketplace.members.accounts.people import (
    PASSWORD,
    Browser,
    a_person,
    acts,
    code_now,
    mailed_token,
    pass_time,
    with_authenticator,
)
from tests.marketplace.members.accounts.test_passwords_changed import invited


async def test_a_buyer_signs_in_and_goes_where_they_wanted(
    client: Browser, database: Database
) -> None:
    user = await a_person(database, Role.buyer)
    stopped = await client.get("/account/tokens?x=1", follow_redirects=False)
    page = leads_to(stopped)

    answer = await fill(
        client,
        page,
        email=user.email,
        password=PASSWORD,
        next=parse_qs(urlsplit(page).query)["next"][0],
    )

    assert page == "/sign-in?next=/account/tokens%3Fx%3D1"
    assert leads_to(answer) == "/account/tokens?x=1"
    assert (await client.get("/account/tokens")).status_code == 200
    assert leads_to(await client.get("/sign-in", follow_redirects=False)) == "/"


@pytest.mark.parametrize(
    "foreign",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "",
    ],
)
async def test_a_foreign_place_is_not_gone_to(
    client: Browser, database: Database, foreign: str
) -> None:
    user = await a_person(database, Role.buyer)

    answer = await fill(client, "/sign-in", email=user.email, password=PASSWORD, next=foreign)

    if answer.status_code == 422:  # an address with a control character is a wrong field
        return
    assert leads_to(answer) == "/"


async def test_a_failed_sign_in_keeps_the_address_and_says_so(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)

    wrong = await fill(client, "/sign-in", email=user.email, password="another password")
    empty = await fill(client, "/sign-in", email="", password="")

    assert wrong.status_code == 401
    assert "전자우편이나 비밀번호가 맞지 않습니다" in wrong.text
    assert f'value="{user.email}"' in wrong.text
    assert "another password" not in wrong.text
    assert empty.status_code == 422
    assert empty.text.count("값을 입력하십시오.") == 4
    assert 'href="#email"' in empty.text
    assert admin.execute("select count(*) from user_session").fetchone() == (0,)


async def test_too_many_tries_say_when_to_come_back(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    admin.execute(
        "insert into attempt (limit_name, subject, window_ends_at, attempt_count) values"
        " ('sign_in_account', %s,"
        " to_timestamp((floor(extract(epoch from app_now()) / 300) + 1) * 300), 100)",
        [user.email],
    )

    answer = await fill(client, "/sign-in", email=user.email, password=PASSWORD)

    assert answer.status_code == 429
    assert f"{answer.headers['retry-after']}초 뒤에 다시 시도하십시오" in answer.text
    assert f'value="{user.email}"' in answer.text


async def test_an_owner_is_led_through_the_set_up_to_the_page_they_wanted(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.owner)
    await fill(client, "/sign-in", email=user.email, password=PASSWORD)

    half = leads_to(await client.get("/account", follow_redirects=False))
    set_up = leads_to(await client.get(half, follow_redirects=False))
    explained = await client.get(set_up)
    begun = await fill(client, set_up, "/account/security/second-factor/begin", next="/account")
    shown = await client.get(leads_to(begun))
    secret = re.search(r'id="secret">([A-Z2-7]{32})<', shown.text)
    assert secret is not None
    wrong = await fill(client, leads_to(begun), code="000000", next="/account")
    done = await fill(
        client, leads_to(begun), code=code_now(admin, secret.group(1)), next="/account"
    )

    assert half == "/sign-in/second-factor?next=/account"
    assert set_up == "/account/security/second-factor?next=%2Faccount"
    assert "비밀번호만으로 쓸 수 없습니다" in explained.text
    assert '<svg class="qr"' in shown.text
    assert "style=" not in shown.text
    assert wrong.status_code == 422
    assert 'id="secret"' in wrong.text
    assert done.status_code == 200
    codes = re.findall(r"<li>((?:[0-9A-Z]{4}-){5}[0-9A-Z]{4})", done.text)
    assert len(codes) == 10
    assert 'href="/account"' in done.text
    assert (await client.get("/account")).status_code == 200


async def test_a_recovery_code_is_asked_for_on_its_own_page(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await with_session(client, database, user.id)
    _, codes = await with_authenticator(client, admin)
    client.cookies.clear()

    await fill(client, "/sign-in", email=user.email, password=PASSWORD)
    asked = await client.get("/sign-in/second-factor?next=/account")
    page = "/sign-in/second-factor?with=recovery_code&next=/account"
    wrong = await fill(client, page, code="no-code", kind="recovery_code", next="/account")
    right = await fill(client, page, code=codes[0], kind="recovery_code", next="/account")

    assert 'autocomplete="one-time-code"' in asked.text
    assert wrong.status_code == 422
    assert 'name="kind" value="recovery_code"' in wrong.text
    assert leads_to(right) == "/account"
    assert acts(admin).count("account.second_factor") == 1


async def test_a_stale_form_leads_to_the_proof_and_back(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await fill(client, "/sign-in", email=user.email, password=PASSWORD)
    pass_time(admin, 601)

    asked = leads_to(
        await fill(client, "/account/tokens", name="a", scopes="account:read", days="30")
    )
    wrong = await fill(
        client, asked, by="password", password="another password", next="/account/tokens"
    )
    right = await fill(client, asked, by="password", password=PASSWORD, next="/account/tokens")

    assert asked == "/reauthenticate?next=/account/tokens"
    assert wrong.status_code == 422
    assert "지금 비밀번호가 맞지 않습니다" in wrong.text
    assert leads_to(right) == "/account/tokens"
    made = await fill(client, "/account/tokens", name="a", scopes="account:read", days="30")
    assert made.status_code == 200
    assert re.search(r'id="token">mdx_[0-9A-Za-z]{49}<', made.text)
    assert "mdx_" in (await client.get("/account/tokens")).text
    assert not re.search(r"mdx_[0-9A-Za-z]{49}", (await client.get("/account/tokens")).text)


async def test_a_form_of_a_session_that_ended_leads_to_the_sign_in_and_back(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await fill(client, "/sign-in", email=user.email, password=PASSWORD)
    page = await client.get("/account/tokens")
    pass_time(admin, 1_801)

    late = await client.post(
        "/account/tokens",
        data={
            "_csrf": CSRF.findall(page.text)[0],
            "name": "a",
            "scopes": "account:read",
            "days": "30",
        },
        follow_redirects=False,
    )

    assert leads_to(late) == "/sign-in?next=/account/tokens"
    assert admin.execute("select count(*) from api_token").fetchone() == (0,)


async def test_reset_by_mail(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    new = "아홉 굴뚝과 푸른 바람"

    asked = await fill(client, "/reset-password", email=user.email)
    token = mailed_token(admin, user.email)
    page = f"/reset-password/new?token={token}"
    looked = [await client.get(page) for _ in range(3)]
    weak = await fill(client, page, token=token, password="12345678")
    done = await fill(client, page, token=token, password=new)
    late = await client.get(page)

    assert leads_to(asked) == "/reset-password?sent=1"
    assert [a.status_code for a in looked] == [200] * 3
    assert weak.status_code == 422
    assert f'name="token" value="{token}"' in weak.text
    assert leads_to(done) == "/sign-in?done=password-reset"
    assert late.status_code == 404
    assert "이 링크는 쓸 수 없습니다" in late.text
    assert 'action="/reset-password"' in late.text
    assert leads_to(await fill(client, "/sign-in", email=user.email, password=new)) == "/"


async def test_confirming_an_address_takes_the_password_not_a_look(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, state=UserState.unconfirmed)
    await fill(client, "/sign-in", email=user.email, password=PASSWORD)
    token = mailed_token(admin, user.email)
    page = f"/confirm-email?token={token}"

    await client.get(page)
    looked = admin.execute("select state from user_account").fetchone()
    wrong = await fill(client, page, token=token, password="of somebody else")
    done = await fill(client, page, token=token, password=PASSWORD)
    again = await client.get(page)

    assert looked == ("unconfirmed",)
    assert wrong.status_code == 422
    assert "이 가입에서 정한 비밀번호가 아닙니다" in wrong.text
    assert user.email in wrong.text
    assert leads_to(done) == "/sign-in?done=email-confirmed"
    assert again.status_code == 404
    assert 'action="/confirm-email/again"' in again.text


async def test_the_first_sign_in_leads_to_the_second_factor(
    client: Browser, database: Database, admin: psycopg.Connection, settings: Settings
) -> None:
    assert settings.database_owner_url is not None
    publish_texts(settings.database_owner_url.get_secret_value())
    user = await invited(database, Role.administrator)
    token = mailed_token(admin, user.email)
    page = f"/first-sign-in?token={token}"
    fields = {"token": token, "name": "가상 관리자", "password": "아홉 굴뚝과 푸른 바람"}

    without = await fill(client, page, **fields)
    done = await fill(client, page, **fields, terms="on", privacy="on")

    assert without.status_code == 422
    assert 'value="가상 관리자"' in without.text
    assert without.text.count('href="#terms"') == 1
    assert leads_to(done) == "/"
    stopped = leads_to(await client.get("/account", follow_redirects=False))
    assert stopped == "/sign-in/second-factor?next=/account"


async def test_a_changed_text_is_agreed_to_before_going_on(
    client: Browser, database: Database, admin: psycopg.Connection, settings: Settings
) -> None:
    assert settings.database_owner_url is not None
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)
    publish_texts(settings.database_owner_url.get_secret_value())

    page = leads_to(await client.get("/account/tokens", follow_redirects=False))
    half = await fill(client, page, terms="on", next="/account/tokens")
    done = await fill(client, page, terms="on", privacy="on", next="/account/tokens")

    assert page == "/consent?next=/account/tokens"
    assert half.status_code == 422
    assert admin.execute("select count(*) from consent").fetchone() == (2,)
    assert leads_to(done) == "/account/tokens?done=consented"
    assert (await client.get("/account/tokens")).status_code == 200
    assert (
        leads_to(await client.get("/consent?next=/notices", follow_redirects=False)) == "/notices"
    )
