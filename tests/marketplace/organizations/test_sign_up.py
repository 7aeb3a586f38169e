"""A business signs up: one answer to everybody, and what the mail is about."""

import asyncio
import unicodedata
from typing import Any

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.members.accounts.links import LinkNotUsable, use_link
from marketplace.members.accounts.models import LinkPurpose, UserState
from marketplace.members.organizations.confirming import email_confirmed
from marketplace.members.organizations.signing_up import MAILS_PER_EMAIL, SIGN_UPS_PER_ADDRESS
from tests.factories import a_member, a_user, parallel_client, save
from tests.marketplace.organizations.steps import (
    Client,
    a_sign_up,
    newest_link,
    rows,
    secret_of,
    usable_number,
)

pytestmark = pytest.mark.usefixtures("clean")
KNOWN = "누군가 이 주소로 가입을 신청했습니다"


async def sign_up(client: Client, **given: Any) -> tuple[int, Any]:
    answer = await client.post("/api/v1/organizations", json=a_sign_up(**given))
    return answer.status_code, answer.json()


def nothing_kept(admin: psycopg.Connection) -> bool:
    counted = rows(
        admin,
        "select (select count(*) from user_account), (select count(*) from organization),"
        " (select count(*) from mail), (select count(*) from membership)",
    )
    return counted == [(0, 0, 0, 0)]


async def test_nothing_counts_before_the_mail_is_confirmed(
    client: AsyncTestClient[Litestar], admin: psycopg.Connection
) -> None:
    status, body = await sign_up(client)

    assert status == 202
    assert "메일을 보냈습니다" in body["message_ko"]
    assert rows(
        admin,
        "select o.state, o.checksum_passed_at is not null, o.registry_asked_at, u.state, m.roles,"
        " u.password_hash like '$argon2id$%%' from organization o join membership m"
        " on m.organization_id = o.id join user_account u on u.id = m.user_id",
    ) == [("unconfirmed", True, None, "unconfirmed", ["owner", "seller", "buyer"], True)]
    assert newest_link(admin, "founder@example.com").startswith("/confirm-email?token=")
    assert rows(admin, "select action from audit_event") == [("organization.signed_up",)]


async def test_a_known_address_gets_the_same_answer_and_another_mail(
    client: AsyncTestClient[Litestar], database: Database, admin: psycopg.Connection
) -> None:
    await save(database, a_user(email="known@example.com", name="가상회원"))

    known = await sign_up(client, email="Known@Example.com")
    unknown = await sign_up(client, email="unknown@example.com", business_number=usable_number(2))

    assert known == unknown
    assert KNOWN in rows(admin, "select body from mail where email = 'known@example.com'")[0][0]
    assert rows(admin, "select count(*) from organization") == [(1,)]
    assert rows(
        admin, "select name, state from user_account where email = 'known@example.com'"
    ) == [("가상회원", "active")]


@pytest.mark.parametrize("state", [UserState.suspended, UserState.deleted])
async def test_a_suspended_person_does_not_come_back_by_signing_up(
    client: AsyncTestClient[Litestar],
    database: Database,
    admin: psycopg.Connection,
    state: UserState,
) -> None:
    await save(database, a_user(email="known@example.com", state=state))
    await sign_up(client, email="known@example.com")
    assert rows(admin, "select state, password_hash from user_account") == [(state.value, None)]


async def test_the_newest_sign_up_of_an_address_replaces_the_one_before(
    client: AsyncTestClient[Litestar], database: Database, admin: psycopg.Connection
) -> None:
    await sign_up(client, name="잘못 적은 상호", person_name="가상하나")
    earlier = secret_of(admin, "founder@example.com")
    await sign_up(client, name="가상정밀", person_name="가상둘")

    assert rows(admin, "select name, state from organization") == [("가상정밀", "unconfirmed")]
    assert rows(admin, "select name from user_account") == [("가상둘",)]
    async with database.transaction(Scope.system()) as session:
        with pytest.raises(LinkNotUsable):
            await use_link(session, earlier, LinkPurpose.confirm_email)


async def test_another_number_on_the_second_try_gives_the_first_one_free(
    client: AsyncTestClient[Litestar], admin: psycopg.Connection
) -> None:
    await sign_up(client, business_number=usable_number(1))
    await sign_up(client, business_number=usable_number(2))
    assert rows(
        admin,
        "select o.business_number, o.state, m.left_at is null from organization o"
        " join membership m on m.organization_id = o.id order by o.business_number",
    ) == [(usable_number(1), "closed", False), (usable_number(2), "unconfirmed", True)]


async def test_a_known_number_becomes_a_request_to_join(
    client: AsyncTestClient[Litestar], admin: psycopg.Connection
) -> None:
    first = await sign_up(client, email="first@example.com")
    second = await sign_up(client, email="second@example.com", name="사칭 상호")

    assert first == second
    assert rows(admin, "select name from organization") == [("가상정밀",)]
    assert rows(
        admin,
        "select u.email, j.state from join_request j join user_account u on u.id = j.user_id",
    ) == [("second@example.com", "waiting")]
    assert rows(admin, "select count(*) from notice") == [(0,)]


async def test_two_sign_ups_with_a_number_at_once_make_one_organization_and_one_request(
    app: Litestar, admin: psycopg.Connection
) -> None:
    async with parallel_client(app) as client:
        answers = await asyncio.gather(
            *(sign_up(client, email=f"person{n}@example.com") for n in range(4))
        )
    assert [status for status, _ in answers] == [202] * 4
    assert rows(admin, "select count(*) from organization") == [(1,)]
    assert rows(admin, "select count(*) from membership") == [(1,)]
    assert rows(admin, "select count(*) from join_request where state = 'waiting'") == [(3,)]


async def test_two_sign_ups_of_an_address_at_once_make_one_person(
    app: Litestar, admin: psycopg.Connection
) -> None:
    async with parallel_client(app) as client:
        answers = await asyncio.gather(
            *(sign_up(client, business_number=usable_number(n)) for n in range(1, 4))
        )
    assert [status for status, _ in answers] == [202] * 3
    assert rows(admin, "select count(*) from user_account") == [(1,)]
    assert rows(admin, "select count(*) from membership where left_at is null") == [(1,)]
    assert rows(admin, "select count(*) from link_token") == [(1,)]


async def test_confirming_makes_an_active_organization_that_the_registry_is_asked_about(
    client: AsyncTestClient[Litestar], database: Database, admin: psycopg.Connection
) -> None:
    await sign_up(client)
    secret = secret_of(admin, "founder@example.com")

    async with database.transaction(Scope.system()) as session:
        link = await use_link(session, secret, LinkPurpose.confirm_email)
        await email_confirmed(session, link.user_id)

    assert rows(admin, "select state, registry_asked_at is not null from organization") == [
        ("active", True)
    ]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"business_number": "123-45-67890"}, {"business_number": "business_number_checksum"}),
        ({"business_number": "12345"}, {"business_number": "business_number_format"}),
        ({"business_number": "000-81-00001"}, {"business_number": "business_number_range"}),
        ({"corporate_number": "1"}, {"corporate_number": "corporate_number_format"}),
        ({"kind": "university", "size": "large"}, {"size": "size_does_not_fit"}),
        ({"opened_on": "2999-01-01"}, {"opened_on": "opened_on_range"}),
        ({"email": "nobody"}, {"email": "not_an_email"}),
        ({"password": "short"}, {"password": "password_too_short"}),
        ({"terms": False}, {"terms": "consent_missing"}),
        ({"privacy": False}, {"privacy": "consent_missing"}),
        ({"name": " \u2003 "}, {"name": "required"}),
        ({"name": "가\u0007나"}, {"name": "control_character"}),
    ],
)
async def test_each_mistake_names_its_field_and_keeps_nothing(
    client: AsyncTestClient[Litestar],
    admin: psycopg.Connection,
    given: dict[str, Any],
    wrong: dict[str, str],
) -> None:
    status, body = await sign_up(client, **given)
    assert (status, body["code"]) == (422, "invalid")
    assert {error["field"]: error["code"] for error in body["fields"]} == wrong
    assert all(error["ko"] and error["en"] for error in body["fields"])
    assert nothing_kept(admin)


@pytest.mark.parametrize(
    "given",
    [
        {"state": "active"},
        {"roles": ["owner"]},
        {"function": "exchange_operator"},
        {"representative_verified_at": "2026-01-01T00:00:00Z"},
        {"name": "가" * 121},
        {"name": 7},
        {"tax_type": "99"},
        {"opened_on": "어제"},
        {"name": "가\u0000나"},
    ],
)
async def test_what_is_no_field_of_ours_is_malformed(
    client: AsyncTestClient[Litestar], admin: psycopg.Connection, given: dict[str, Any]
) -> None:
    status, body = await sign_up(client, **given)
    assert (status, body["code"]) == (400, "malformed")
    assert nothing_kept(admin)


async def test_a_lone_surrogate_is_malformed(client: AsyncTestClient[Litestar]) -> None:
    body = '{"name": "\\ud800"}'
    answer = await client.post(
        "/api/v1/organizations", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400


async def test_decomposed_korean_is_stored_composed(
    client: AsyncTestClient[Litestar], admin: psycopg.Connection
) -> None:
    await sign_up(client, name=unicodedata.normalize("NFD", "가상정밀"))
    assert rows(admin, "select name from organization") == [("가상정밀",)]


async def test_an_address_of_the_network_signs_up_only_so_often(
    client: AsyncTestClient[Litestar], admin: psycopg.Connection
) -> None:
    for _ in range(SIGN_UPS_PER_ADDRESS):
        assert (await sign_up(client, email="nobody"))[0] == 422
    status, body = await sign_up(client)
    assert (status, body["code"]) == (429, "too_many_requests")
    assert nothing_kept(admin)


async def test_a_mail_address_gets_only_so_many_mails(
    client: AsyncTestClient[Litestar], admin: psycopg.Connection
) -> None:
    for _ in range(MAILS_PER_EMAIL):
        assert (await sign_up(client))[0] == 202
    assert (await sign_up(client))[0] == 429
    assert rows(admin, "select count(*) from mail") == [(MAILS_PER_EMAIL,)]


async def test_a_member_elsewhere_is_told_that_the_address_is_known(
    client: AsyncTestClient[Litestar], database: Database, admin: psycopg.Connection
) -> None:
    person, _ = await a_member(database, Role.owner)
    await sign_up(client, email=person.email)
    assert rows(admin, "select count(*) from membership") == [(1,)]
    assert KNOWN in rows(admin, "select body from mail")[0][0]
