"""The second factor: set up, shown, never twice with one code, limited, compulsory for some roles."""

import asyncio

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database
from marketplace.members.accounts.models import User
from tests.factories import SESSION_KEY
from tests.factories import sign_in as with_session
from tests.marketplace.members.accounts.people import (
    PASSWORD,
    Browser,
    a_person,
    acts,
    code_now,
    keep_token,
    mailed,
    pass_time,
    refresh_token,
    sign_in,
    with_authenticator,
)

AUTHENTICATOR = "/api/v1/me/second-factor/authenticator"
CODES = "/api/v1/me/second-factor/recovery-codes"
SHOW = "/api/v1/sign-in/second-factor"
DETAILS = "/api/v1/me/profile"


async def enrolled(
    client: Browser, database: Database, admin: psycopg.Connection, *roles: Role
) -> tuple[User, str, list[str]]:
    """A person with an authenticator app, signed in with the password alone."""
    user = await a_person(database, *(roles or (Role.buyer,)))
    await sign_in(client, user.email)
    secret, codes = await with_authenticator(client, admin)
    client.cookies.clear()
    await sign_in(client, user.email)
    return user, secret, codes


async def test_the_password_alone_is_not_enough_once_an_app_is_set_up(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    _, secret, _ = await enrolled(client, database, admin)
    half = client.cookies["session"]

    assert (await client.get("/api/v1/me")).json()["second_factor_due"] is True
    refused = await client.get(DETAILS)
    shown = await client.post(SHOW, json={"code": code_now(admin, secret)})
    keep_token(client, shown)

    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required")
    assert shown.status_code == 200
    assert client.cookies["session"] != half
    assert (await client.get(DETAILS)).status_code == 200
    client.cookies.set("session", half)
    assert (await client.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize("spelling", ["{a} {b}", "{a}-{b}", "{wide}", " {a}{b}\u200b"])
async def test_a_code_works_once_in_whichever_spelling(
    client: Browser, database: Database, admin: psycopg.Connection, spelling: str
) -> None:
    _, secret, _ = await enrolled(client, database, admin)
    code = code_now(admin, secret)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    spelled = spelling.format(a=code[:3], b=code[3:], wide=wide)

    first = await client.post(SHOW, json={"code": spelled})
    keep_token(client, first)
    again = [await client.post(SHOW, json={"code": each}) for each in (code, spelled)]

    assert first.status_code == 200
    assert [(a.status_code, a.json()["code"]) for a in again] == [(422, "code_refused")] * 2


async def test_a_code_of_the_step_before_does_not_work_after_a_newer_one(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    _, secret, _ = await enrolled(client, database, admin)
    earlier, newer = code_now(admin, secret), code_now(admin, secret, 1)

    first = await client.post(SHOW, json={"code": newer})
    keep_token(client, first)

    assert first.status_code == 200
    assert (await client.post(SHOW, json={"code": earlier})).status_code == 422


async def test_of_several_requests_with_one_code_one_gets_in(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    _, secret, _ = await enrolled(client, database, admin)
    body = {"code": code_now(admin, secret)}

    answers = await asyncio.gather(*(client.post(SHOW, json=body) for _ in range(4)))

    # The winner's new cookie makes the others' old one worthless, or they lose at the code.
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(200) == 1, statuses
    assert acts(admin).count("account.second_factor") == 1


async def test_of_several_requests_with_one_recovery_code_one_gets_in(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    _, _, codes = await enrolled(client, database, admin)
    body = {"code": codes[0], "kind": "recovery_code"}

    answers = await asyncio.gather(*(client.post(SHOW, json=body) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers).count(200) == 1
    used = admin.execute("select count(*) from recovery_code where used_at is not null").fetchone()
    assert used == (1,)


async def test_a_recovery_code_works_once_however_typed_and_is_told(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _, codes = await enrolled(client, database, admin)
    typed = codes[3].lower().replace("-", " ").replace("0", "o").replace("1", "l")

    first = await client.post(SHOW, json={"code": typed, "kind": "recovery_code"})
    keep_token(client, first)
    second = await client.post(SHOW, json={"code": codes[3], "kind": "recovery_code"})

    assert (first.status_code, second.status_code) == (200, 422)
    assert "복구 코드를 썼습니다" in mailed(admin, user.email)
    body = admin.execute("select body from mail where subject like '복구 코드를 썼%'").fetchone()
    assert body is not None
    assert "남은 복구 코드는 9개" in body[0]
    stored = admin.execute("select code_hash from recovery_code").fetchall()
    assert len(stored) == 10
    assert all(codes[3].encode() not in row[0] for row in stored)


async def test_somebody_elses_recovery_code_opens_nothing(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    _, _, others = await enrolled(client, database, admin)
    client.cookies.clear()
    client.headers.pop("x-csrf-token")
    await enrolled(client, database, admin)

    answer = await client.post(SHOW, json={"code": others[0], "kind": "recovery_code"})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("most", "window_s", "wait_s"),
    [(5, 300, None), (20, 3_600, 300), (50, 86_400, 3_600)],
)
async def test_codes_are_limited_in_five_minutes_an_hour_and_a_day(
    client: Browser,
    database: Database,
    admin: psycopg.Connection,
    most: int,
    window_s: int,
    wait_s: int | None,
) -> None:
    user, secret, _ = await enrolled(client, database, admin)
    name = {300: "code_window", 3_600: "code_hour", 86_400: "code_day"}[window_s]
    admin.execute("delete from attempt")
    admin.execute(
        "insert into attempt (limit_name, subject, window_ends_at, attempt_count)"
        " values (%s, %s, to_timestamp((floor(extract(epoch from app_now()) / %s) + 1) * %s), %s)",
        [name, str(user.id), window_s, window_s, most - 1],
    )

    last = await client.post(SHOW, json={"code": "000000"})
    beyond = await client.post(SHOW, json={"code": code_now(admin, secret)})

    assert last.status_code == 422
    assert beyond.status_code == 429
    assert 1 <= int(beyond.headers["retry-after"]) <= window_s
    assert acts(admin).count("account.second_factor") == 0


async def test_an_owner_must_set_one_up_before_anything_else(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.owner)
    await sign_in(client, user.email)
    before = await client.get(DETAILS)

    _, codes = await with_authenticator(client, admin)
    refresh_token(client, SESSION_KEY)

    assert before.json()["code"] == "second_factor_required"
    assert (await client.get(DETAILS)).status_code == 200
    assert len(set(codes)) == 10
    assert "인증 앱을 등록했습니다" in mailed(admin, user.email)
    factors = (await client.get("/api/v1/me/second-factor")).json()
    assert factors == {
        "authenticator": True,
        "passkeys": 0,
        "recovery_codes_left": 10,
        "compulsory": True,
    }
    removed = await client.delete(AUTHENTICATOR)
    assert (removed.status_code, removed.json()["code"]) == (409, "second_factor_compulsory")
    assert admin.execute("select count(*) from second_factor").fetchone() == (1,)


async def test_who_showed_the_password_alone_cannot_add_another_app(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    await enrolled(client, database, admin)
    before = admin.execute(
        "select secret_encrypted, pending_encrypted from second_factor"
    ).fetchall()

    begun = await client.post(AUTHENTICATOR)
    confirmed = await client.put(AUTHENTICATOR, json={"code": "123456"})
    removed = await client.delete(AUTHENTICATOR)
    codes = await client.put(CODES)
    consent = await client.put("/api/v1/me/consents", json={"kinds": ["terms"]})

    for answer in (begun, confirmed, removed, codes, consent):
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
    after = admin.execute(
        "select secret_encrypted, pending_encrypted from second_factor"
    ).fetchall()
    assert after == before


async def test_the_app_in_use_works_until_another_is_confirmed(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    old, _ = await with_authenticator(client, admin)
    refresh_token(client, SESSION_KEY)
    begun = await client.post(AUTHENTICATOR)
    client.cookies.clear()

    await sign_in(client, user.email)
    shown = await client.post(SHOW, json={"code": code_now(admin, old)})
    keep_token(client, shown)
    assert shown.status_code == 200
    new = begun.json()["secret"]
    replaced = await client.put(AUTHENTICATOR, json={"code": code_now(admin, new, -1)})

    assert replaced.status_code == 200
    client.cookies.clear()
    await sign_in(client, user.email)
    assert (await client.post(SHOW, json={"code": code_now(admin, old)})).status_code == 422
    assert (await client.post(SHOW, json={"code": code_now(admin, new)})).status_code == 200


async def test_a_set_up_with_a_wrong_code_or_begun_too_long_ago_changes_nothing(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    early = await client.put(AUTHENTICATOR, json={"code": "123456"})
    secret = (await client.post(AUTHENTICATOR)).json()["secret"]
    wrong = await client.put(AUTHENTICATOR, json={"code": "000000"})
    admin.execute("update second_factor set pending_at = pending_at - interval '31 minutes'")
    late = await client.put(AUTHENTICATOR, json={"code": code_now(admin, secret)})

    assert early.json()["code"] == "second_factor_missing"
    assert wrong.json()["code"] == "code_refused"
    assert late.json()["code"] == "second_factor_missing"
    confirmed = admin.execute("select confirmed_at from second_factor").fetchall()
    assert confirmed == [(None,)]
    assert admin.execute("select count(*) from recovery_code").fetchone() == (0,)
    assert mailed(admin, user.email) == []


async def test_a_buyer_may_remove_the_app_and_the_recovery_codes_go_with_it(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    await with_authenticator(client, admin)
    refresh_token(client, SESSION_KEY)

    assert (await client.delete(AUTHENTICATOR)).status_code == 204
    again = await client.delete(AUTHENTICATOR)

    assert (again.status_code, again.json()["code"]) == (409, "second_factor_missing")
    assert admin.execute("select count(*) from second_factor").fetchone() == (0,)
    assert admin.execute("select count(*) from recovery_code").fetchone() == (0,)
    assert "인증 앱을 해제했습니다" in mailed(admin, user.email)


async def test_renewed_recovery_codes_end_the_earlier_ones(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    none = await client.put(CODES)
    _, old = await with_authenticator(client, admin)
    refresh_token(client, SESSION_KEY)

    new = (await client.put(CODES)).json()["recovery_codes"]

    assert none.json()["code"] == "second_factor_missing"
    assert set(new).isdisjoint(old)
    client.cookies.clear()
    await sign_in(client, user.email)
    body = {"kind": "recovery_code"}
    assert (await client.post(SHOW, json=body | {"code": old[0]})).status_code == 422
    assert (await client.post(SHOW, json=body | {"code": new[0]})).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"), [("POST", AUTHENTICATOR), ("DELETE", AUTHENTICATOR), ("PUT", CODES)]
)
async def test_a_sign_in_of_long_ago_is_not_enough(
    client: Browser, database: Database, admin: psycopg.Connection, method: str, path: str
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    pass_time(admin, 601)

    stale = await client.request(method, path)
    proof = await client.post("/api/v1/reauthenticate", json={"password": PASSWORD})
    keep_token(client, proof)

    assert (stale.status_code, stale.json()["code"]) == (403, "reauthentication_required")
    assert (await client.request(method, path)).status_code in {200, 204, 409}


async def test_the_secret_is_stored_encrypted(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await with_session(client, database, user.id)
    secret, _ = await with_authenticator(client, admin)

    row = admin.execute("select secret_encrypted, pending_encrypted from second_factor").fetchone()

    assert row is not None
    assert secret.encode() not in row[0]
    assert row[1] is None
