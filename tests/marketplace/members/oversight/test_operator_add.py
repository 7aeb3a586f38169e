"""The first person of the operator, made on the command line."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from pydantic import SecretStr

from marketplace.errors import ConfigurationError, Invalid
from marketplace.members.oversight.bodies.first_operator import REASON
from marketplace.members.oversight.errors import EmailTaken, FirstLinkNotDue
from marketplace.operator_accounts import add_operator, renew_link
from marketplace.settings import Settings
from tests.factories import a_user, save

MADE = """
  select u.email, u.name, u.state, u.password_hash, m.roles, o.function, o.name
    from user_account u join membership m on m.user_id = u.id
    join organization o on o.id = m.organization_id order by u.email
"""
LINKS = "select purpose, used_at, expires_at - created_at from link_token"

pytestmark = pytest.mark.usefixtures("clean")


def count(admin: psycopg.Connection, table: str) -> int:
    found = admin.execute(f"select count(*) from {table}").fetchone()
    assert found is not None
    return int(found[0])


async def test_makes_the_organization_the_person_and_a_link_for_a_day(
    settings: Settings, admin: psycopg.Connection
) -> None:
    link = await add_operator(settings, "First@Example.com", "첫 관리자")

    assert link.startswith("http://127.0.0.1:8000/first-sign-in?token=")
    assert admin.execute(MADE).fetchall() == [
        (
            "first@example.com",
            "첫 관리자",
            "unconfirmed",
            None,
            ["administrator"],
            "exchange_operator",
            settings.operator_name,
        )
    ]
    assert admin.execute(LINKS).fetchall() == [("first_sign_in", None, timedelta(hours=24))]
    assert admin.execute(
        "select action, reason, actor_user_id, request_id from audit_event order by id"
    ).fetchall() == [
        ("body.made", REASON, None, "command-line"),
        ("staff.added", REASON, None, "command-line"),
    ]
    assert admin.execute("select roles_before, roles_after from role_change").fetchall() == [
        ([], ["administrator"])
    ]


async def test_refuses_the_same_address_a_second_time_in_any_spelling(
    settings: Settings, admin: psycopg.Connection
) -> None:
    await add_operator(settings, "first@example.com")
    for spelling in ("first@example.com", " FIRST@example.com"):
        with pytest.raises(EmailTaken):
            await add_operator(settings, spelling)
    assert (count(admin, "user_account"), count(admin, "link_token")) == (1, 1)
    assert count(admin, "audit_event") == 2


async def test_two_at_the_same_moment_make_one_organization(
    settings: Settings, admin: psycopg.Connection
) -> None:
    await asyncio.gather(
        add_operator(settings, "one@example.com"),
        add_operator(settings, "two@example.com", roles=["reviewer", "finance"]),
    )
    assert count(admin, "organization") == 1
    assert [row[4] for row in admin.execute(MADE).fetchall()] == [
        ["administrator"],
        ["reviewer", "finance"],
    ]


async def test_refuses_the_address_of_a_member(
    settings: Settings, admin: psycopg.Connection, database: object
) -> None:
    await save(database, a_user(email="member@example.com"))  # type: ignore[arg-type]
    with pytest.raises(EmailTaken):
        await add_operator(settings, "member@example.com")
    assert count(admin, "organization") == 0


@pytest.mark.parametrize(
    ("email", "roles", "error"),
    [
        ("no address", None, Invalid),
        ("x@example.com", ["owner"], ConfigurationError),
        ("x@example.com", ["root"], ConfigurationError),
    ],
)
async def test_refuses_what_cannot_be_and_leaves_nothing(
    settings: Settings,
    admin: psycopg.Connection,
    email: str,
    roles: list[str] | None,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        await add_operator(settings, email, roles=roles)
    assert count(admin, "user_account") == 0


async def test_a_new_link_replaces_the_former_until_the_first_sign_in(
    settings: Settings, admin: psycopg.Connection
) -> None:
    first = await add_operator(settings, "first@example.com")
    second = await renew_link(settings, "FIRST@example.com")

    assert first != second
    assert count(admin, "link_token") == 1

    admin.execute("update user_account set state = 'active'")
    with pytest.raises(FirstLinkNotDue):
        await renew_link(settings, "first@example.com")
    with pytest.raises(FirstLinkNotDue):
        await renew_link(settings, "nobody@example.com")


async def test_works_in_production(settings: Settings, admin: psycopg.Connection) -> None:
    production = settings.model_copy(
        update={
            "env": "production",
            "public_url": "https://exchange.example.org",
            "smtp_url": SecretStr("smtps://mail.example.org"),
            "operator_name": "가상 거래소",
            "operator_business_number": "000-82-00001",
        }
    )
    link = await add_operator(production, "first@example.com")
    assert link.startswith("https://exchange.example.org/first-sign-in?token=")
    assert admin.execute("select name, business_number from organization").fetchone() == (
        "가상 거래소",
        "0008200001",
    )
