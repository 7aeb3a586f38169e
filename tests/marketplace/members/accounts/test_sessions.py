"""Sessions: opened, renewed with a new cookie value, ended, and gone at their time."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from marketplace.auth import Function, Principal, Role
from marketplace.db import Database, RequestFacts, Scope
from marketplace.members.accounts.authentication import SessionAuthenticator
from marketplace.members.accounts.models import User
from marketplace.members.accounts.sessions import (
    Lifetimes,
    end_session,
    end_sessions,
    list_sessions,
    open_session,
    renew_session,
)
from marketplace.settings import Settings
from tests.factories import a_member, an_organization, save

LIFETIMES = Lifetimes(timedelta(hours=12), timedelta(hours=8))


async def opened(database: Database, user: User, *, second_factor: bool = True) -> str:
    facts = RequestFacts("r1", address="192.0.2.9")
    async with database.transaction(Scope.system(), request=facts) as session:
        person = await session.get(User, user.id)
        assert person is not None
        return await open_session(
            session,
            person,
            second_factor=second_factor,
            lifetimes=LIFETIMES,
            user_agent="Browser\r\n" + "x" * 500,
        )


async def principal_of(database: Database, settings: Settings, cookie: str) -> Principal | None:
    authenticate = SessionAuthenticator(database, settings)
    principal, _ = await authenticate(session=cookie, token=None)
    return principal


@pytest.fixture
async def user(database: Database, clean: None) -> User:
    person, _ = await a_member(database, Role.buyer)
    return person


async def test_an_opened_session_is_the_person_and_is_stored_hashed(
    database: Database, settings: Settings, admin: psycopg.Connection, user: User
) -> None:
    cookie = await opened(database, user)

    principal = await principal_of(database, settings, cookie)

    assert principal is not None
    assert principal.user_id == user.id
    row = admin.execute("select token_hash, host(address), user_agent from user_session").fetchone()
    assert row is not None
    assert cookie.encode() not in row[0]
    assert row[1:] == ("192.0.2.9", ("Browser  " + "x" * 500)[:300])


async def test_renewing_makes_the_old_cookie_worthless(
    database: Database, settings: Settings, user: User
) -> None:
    cookie = await opened(database, user, second_factor=False)
    before = await principal_of(database, settings, cookie)
    assert before is not None
    assert before.session_id is not None

    async with database.transaction(Scope.system()) as session:
        newer = await renew_session(session, before.session_id, second_factor=True)

    assert await principal_of(database, settings, cookie) is None
    after = await principal_of(database, settings, newer)
    assert after is not None
    assert after.second_factor
    assert after.csrf_token != before.csrf_token


async def test_ending_all_but_one_leaves_that_one(
    database: Database, settings: Settings, admin: psycopg.Connection, user: User
) -> None:
    kept, *others = [await opened(database, user) for _ in range(3)]
    principal = await principal_of(database, settings, kept)
    assert principal is not None

    async with database.transaction(Scope.system()) as session:
        assert await end_sessions(session, user.id, reason="test", but=principal.session_id) == 2

    assert await principal_of(database, settings, kept) is not None
    assert [await principal_of(database, settings, other) for other in others] == [None, None]


async def test_somebody_elses_session_does_not_end(
    database: Database, settings: Settings, user: User
) -> None:
    cookie = await opened(database, user)
    principal = await principal_of(database, settings, cookie)
    assert principal is not None
    assert principal.session_id is not None

    async with database.transaction(Scope.system()) as session:
        assert not await end_session(session, uuid4(), principal.session_id, reason="test")
        assert await end_session(session, user.id, principal.session_id, reason="test")
        assert not await end_session(session, user.id, principal.session_id, reason="test")

    assert await principal_of(database, settings, cookie) is None


@pytest.mark.parametrize(
    ("function", "role", "hours"),
    [(Function.business, Role.buyer, 12), (Function.exchange_operator, Role.reviewer, 8)],
)
async def test_staff_have_a_shorter_day(
    database: Database,
    admin: psycopg.Connection,
    clean: None,
    function: Function,
    role: Role,
    hours: int,
) -> None:
    place = an_organization(function=function)
    await save(database, place)
    person, _ = await a_member(database, role, organization=place)

    await opened(database, person)

    row = admin.execute("select expires_at - created_at from user_session").fetchone()
    assert row == (timedelta(hours=hours),)


@pytest.mark.parametrize(
    ("role", "minutes", "alive"),
    [(Role.buyer, 25, True), (Role.owner, 19, True), (Role.owner, 21, False)],
)
async def test_a_session_without_its_due_second_factor_ends_after_twenty_minutes(
    database: Database,
    settings: Settings,
    admin: psycopg.Connection,
    clean: None,
    role: Role,
    minutes: int,
    *,
    alive: bool,
) -> None:
    person, _ = await a_member(database, role)
    cookie = await opened(database, person, second_factor=False)

    admin.execute("update sandbox_clock set shift = make_interval(mins => %s)", [minutes])

    assert (await principal_of(database, settings, cookie) is not None) == alive


@pytest.mark.parametrize(("seconds", "alive"), [(1_790, True), (1_800, False)])
async def test_a_session_ends_after_half_an_hour_without_use(
    database: Database,
    settings: Settings,
    admin: psycopg.Connection,
    user: User,
    seconds: int,
    *,
    alive: bool,
) -> None:
    cookie = await opened(database, user)

    admin.execute("update sandbox_clock set shift = make_interval(secs => %s)", [seconds])

    assert (await principal_of(database, settings, cookie) is not None) == alive
    async with database.transaction(Scope.system()) as session:
        found = await list_sessions(session, user.id, idle=timedelta(minutes=30))
    # A use in between moved the time of the last use.
    assert len(found) == int(alive)
