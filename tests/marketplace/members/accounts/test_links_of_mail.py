"""Links sent by mail: one use, an end, one at a time for a person and a purpose."""

import asyncio

import psycopg
import pytest

from marketplace.db import Database, Scope
from marketplace.members.accounts.links import (
    LIFETIMES,
    LinkNotUsable,
    issue_link,
    peek_link,
    use_link,
)
from marketplace.members.accounts.models import LinkPurpose, User
from marketplace.members.accounts.telling import mail_link
from tests.factories import a_user, save

RESET = LinkPurpose.reset_password


async def a_link(database: Database, user: User, purpose: LinkPurpose = RESET) -> str:
    async with database.transaction(Scope.system()) as session:
        return await issue_link(session, user.id, purpose)


async def use(database: Database, secret: str, purpose: LinkPurpose = RESET) -> User | None:
    async with database.transaction(Scope.system()) as session:
        link = await use_link(session, secret, purpose)
        return await session.get(User, link.user_id)


@pytest.fixture
async def user(database: Database, clean: None) -> User:
    person = a_user()
    await save(database, person)
    return person


async def test_works_once(database: Database, user: User) -> None:
    secret = await a_link(database, user)

    found = await use(database, secret)

    assert found is not None
    assert found.id == user.id
    with pytest.raises(LinkNotUsable):
        await use(database, secret)


async def test_of_two_at_the_same_time_one_wins(database: Database, user: User) -> None:
    secret = await a_link(database, user)

    results = await asyncio.gather(
        *(use(database, secret) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["LinkNotUsable"] * 3 + ["User"]


async def test_a_refusal_after_it_uses_nothing_up(database: Database, user: User) -> None:
    secret = await a_link(database, user)

    async def refused() -> None:
        async with database.transaction(Scope.system()) as session:
            await use_link(session, secret, RESET)
            raise LookupError

    with pytest.raises(LookupError):
        await refused()

    assert await use(database, secret) is not None


async def test_another_purpose_does_not_open_it(database: Database, user: User) -> None:
    secret = await a_link(database, user)

    with pytest.raises(LinkNotUsable):
        await use(database, secret, LinkPurpose.first_sign_in)
    with pytest.raises(LinkNotUsable):
        await use(database, secret + "x")
    with pytest.raises(LinkNotUsable):
        await use(database, "\ud800")


async def test_a_newer_one_ends_the_earlier_of_its_purpose_alone(
    database: Database, user: User
) -> None:
    confirm = await a_link(database, user, LinkPurpose.confirm_email)
    first = await a_link(database, user)
    second = await a_link(database, user)

    with pytest.raises(LinkNotUsable):
        await use(database, first)
    assert await use(database, second) is not None
    assert await use(database, confirm, LinkPurpose.confirm_email) is not None


@pytest.mark.parametrize("purpose", list(LinkPurpose))
async def test_ends_at_its_time_and_not_a_second_earlier(
    database: Database, admin: psycopg.Connection, user: User, purpose: LinkPurpose
) -> None:
    secret = await a_link(database, user, purpose)
    seconds = LIFETIMES[purpose].total_seconds()

    admin.execute("update sandbox_clock set shift = make_interval(secs => %s)", [seconds - 20])
    async with database.transaction(Scope.system()) as session:
        assert (await peek_link(session, secret, purpose)).user_id == user.id
    admin.execute("update sandbox_clock set shift = make_interval(secs => %s)", [seconds])
    with pytest.raises(LinkNotUsable):
        await use(database, secret, purpose)


async def test_the_secret_stands_in_the_mail_alone(
    database: Database, admin: psycopg.Connection, user: User
) -> None:
    async with database.transaction(Scope.system()) as session:
        person = await session.get(User, user.id)
        assert person is not None
        await mail_link(session, person, RESET, public_url="https://exchange.example")

    (address, body), *more = admin.execute("select email, body from mail").fetchall()
    assert (address, more) == (user.email, [])
    secret = body.partition("https://exchange.example/reset-password/new?token=")[2].split()[0]
    assert len(secret) == 22
    assert admin.execute("select count(*) from notice").fetchone() == (0,)
    assert await use(database, secret) is not None
