"""The own account: details, sessions, consent, what is kept about me, deletion."""

import asyncio
import unicodedata
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.members.accounts.consents import record_consents
from marketplace.members.accounts.legal import publish_texts
from marketplace.members.accounts.models import LegalKind
from marketplace.settings import Settings
from tests.factories import a_member, new_session
from tests.factories import sign_in as with_session
from tests.marketplace.members.accounts.people import (
    Browser,
    a_person,
    acts,
    mailed,
    sign_in,
    with_authenticator,
)

PROFILE = "/api/v1/me/profile"
SESSIONS = "/api/v1/me/sessions"


async def test_details_change_and_what_is_left_out_stays(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer, phone="02-000-0000")
    await with_session(client, database, user.id)

    named = await client.patch(PROFILE, json={"name": "새 이름", "theme": "dark"})
    again = await client.patch(PROFILE, json={"name": "새 이름"})
    shown = await client.get(PROFILE)

    assert (named.status_code, again.status_code) == (200, 200)
    assert shown.json() | {"created_at": ""} == {
        "name": "새 이름",
        "email": user.email,
        "phone": "02-000-0000",
        "language": "ko",
        "theme": "dark",
        "created_at": "",
    }
    assert acts(admin) == ["account.profile_changed"]
    assert (await client.patch(PROFILE, json={"theme": None})).json()["theme"] is None


async def test_a_name_is_stored_composed_and_trimmed(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)

    answer = await client.patch(PROFILE, json={"name": unicodedata.normalize("NFD", " 홍길동 ")})

    assert answer.json()["name"] == "홍길동"
    assert admin.execute("select name from user_account").fetchone() == ("홍길동",)


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "a\u202eb"},
        {"name": "a\tb"},
        {"name": "x" * 81},
        {"phone": "전화"},
        {"language": "de"},
        {"email": "other@example.com"},
        {"state": "active"},
        {"person_role": "expert"},
    ],
)
async def test_other_fields_and_forms_are_refused(
    client: Browser, database: Database, admin: psycopg.Connection, body: dict[str, str]
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)

    answer = await client.patch(PROFILE, json=body)

    assert answer.status_code == 400
    row = admin.execute("select name, email from user_account").fetchone()
    assert row == (user.name, user.email)


async def test_sessions_are_listed_and_ended(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    other, _ = await a_member(database, Role.buyer)
    await new_session(database, other.id)
    others = admin.execute("select id from user_session").fetchone()
    assert others is not None
    user, _ = await a_member(database, Role.buyer)
    await new_session(database, user.id)
    await new_session(database, user.id)
    await with_session(client, database, user.id)

    listed = (await client.get(SESSIONS)).json()
    target = next(row["id"] for row in listed if not row["present"])
    answers = [
        (await client.delete(f"{SESSIONS}/{session_id}")).status_code
        for session_id in (others[0], uuid4(), target, target)
    ]

    assert len(listed) == 3
    assert [row["present"] for row in listed].count(True) == 1
    assert answers == [404, 404, 204, 404]
    assert (await client.delete(SESSIONS)).status_code == 204
    assert len((await client.get(SESSIONS)).json()) == 1
    live = admin.execute("select user_id from user_session where ended_at is null").fetchall()
    assert sorted(live) == sorted([(other.id,), (user.id,)])
    assert acts(admin) == ["account.session_ended", "account.sessions_ended"]


async def test_a_new_version_of_the_terms_is_asked_for_before_anything_else(
    client: Browser, database: Database, admin: psycopg.Connection, settings: Settings
) -> None:
    assert settings.database_owner_url is not None
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)
    publish_texts(settings.database_owner_url.get_secret_value())

    refused = await client.get(PROFILE)
    half = await client.put("/api/v1/me/consents", json={"kinds": ["terms"]})
    still = (await client.get("/api/v1/me")).json()["consent_due"]
    await client.put("/api/v1/me/consents", json={"kinds": ["terms", "privacy"]})

    assert (refused.status_code, refused.json()["code"]) == (403, "consent_required")
    assert half.status_code == 204
    assert still is True
    assert (await client.get(PROFILE)).status_code == 200
    assert admin.execute("select count(*) from consent").fetchone() == (2,)
    assert (await client.put("/api/v1/me/consents", json={"kinds": []})).status_code == 400


async def test_the_export_holds_what_is_kept_and_no_secret(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user = await a_person(database, Role.buyer)
    await sign_in(client, user.email)
    secret, codes = await with_authenticator(client, admin)

    await with_session(client, database, user.id)
    answer = await client.get("/api/v1/me/export")

    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="account.json"'
    document = answer.json()
    assert document["account"][0]["email"] == user.email
    assert document["memberships"][0]["roles"] == ["buyer"]
    assert len(document["sessions"]) == 2
    assert [row["action"] for row in document["acts"]][:2] == [
        "account.signed_in",
        "account.authenticator_added",
    ]
    assert "argon2" not in answer.text
    assert secret not in answer.text
    assert codes[0] not in answer.text
    assert acts(admin)[-1] == "account.exported"


async def test_a_deleted_account_leaves_ids_and_nothing_that_names_the_person(
    client: Browser,
    database: Database,
    admin: psycopg.Connection,
    settings: Settings,
    tmp_path: Path,
) -> None:
    assert settings.database_owner_url is not None
    publish_texts(settings.database_owner_url.get_secret_value())
    owner, place = await a_member(database, Role.owner)
    user = await a_person(database, phone="010-0000-0000", name="지워질이")
    admin.execute(
        "insert into membership (id, user_id, organization_id, roles)"
        " values (gen_random_uuid(), %s, %s, '{owner}')",
        [user.id, place.id],
    )
    async with database.transaction(Scope.system()) as session:
        await record_consents(session, user.id, list(LegalKind))
    await sign_in(client, user.email)
    await with_authenticator(client, admin)
    cookie = await with_session(client, database, user.id)

    answer = await client.delete("/api/v1/me")

    assert answer.status_code == 204
    client.cookies.set("session", cookie)
    assert (await client.get("/api/v1/me")).status_code == 401
    row = admin.execute(
        "select email, name, phone, password_hash, state from user_account where id = %s", [user.id]
    ).fetchone()
    assert row == (f"deleted-{user.id}@deleted.invalid", "탈퇴한 회원", "", None, "deleted")
    for table in ("second_factor", "recovery_code", "link_token", "passkey"):
        left = admin.execute(f"select count(*) from {table} where user_id = %s", [user.id])
        assert left.fetchone() == (0,), table
    assert admin.execute("select count(*) from consent").fetchone() == (2,)
    history = admin.execute("select roles_before, roles_after from role_change").fetchall()
    assert history == [(["owner"], [])]
    trail = str(admin.execute("select * from audit_event").fetchall())
    assert user.email not in trail
    assert "지워질이" not in trail
    assert mailed(admin, user.email)[-1:] == ["탈퇴가 끝났습니다"] or "탈퇴가 끝났습니다" in mailed(
        admin, user.email
    )
    client.cookies.clear()
    assert (await sign_in(client, user.email)).status_code == 401
    assert owner.id != user.id


async def test_the_last_owner_stays_and_nothing_is_lost(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.owner)
    await with_session(client, database, user.id)

    answer = await client.delete("/api/v1/me")

    assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")
    assert (await client.get("/api/v1/me")).json()["name"] == user.name
    assert mailed(admin, user.email) == []
    assert acts(admin) == []


async def test_of_the_last_two_owners_who_go_at_once_one_stays(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    first, place = await a_member(database, Role.owner)
    second, _ = await a_member(database, Role.owner, organization=place)
    await with_session(client, database, first.id)
    headers = []
    for user in (first, second):
        cookie = await with_session(client, database, user.id)
        headers.append(
            {"cookie": f"session={cookie}", "x-csrf-token": client.headers["x-csrf-token"]}
        )
    client.cookies.clear()

    answers = await asyncio.gather(*(client.delete("/api/v1/me", headers=h) for h in headers))

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    live = admin.execute("select count(*) from membership where left_at is null").fetchone()
    assert live == (1,)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/me"),
        ("DELETE", "/api/v1/me"),
        ("GET", PROFILE),
        ("PATCH", PROFILE),
        ("PUT", "/api/v1/me/password"),
        ("PUT", "/api/v1/me/email"),
        ("PUT", "/api/v1/me/consents"),
        ("GET", SESSIONS),
        ("DELETE", SESSIONS),
        ("GET", "/api/v1/me/export"),
        ("GET", "/api/v1/me/second-factor"),
        ("GET", "/api/v1/me/passkeys"),
        ("GET", "/api/v1/me/tokens"),
        ("GET", "/api/v1/me/notices"),
        ("PUT", "/api/v1/me/muted-notices"),
        ("POST", "/api/v1/sign-out"),
    ],
)
async def test_nobody_has_no_account(client: Browser, method: str, path: str) -> None:
    body: dict[str, str] | None = None if method == "GET" else {}
    answer = await client.request(method, path, json=body)

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
