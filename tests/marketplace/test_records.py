"""The ground everything stands on: audit rows, notices and limits obey the transaction and the roles."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.audit import Thing, record
from marketplace.auth import Role
from marketplace.db import Database, RequestFacts, Scope
from marketplace.errors import TooManyRequests
from marketplace.limits import count
from marketplace.notices.kinds import NoticeKind
from marketplace.notices.service import Recipient, notify
from tests.factories import a_member

KIND = NoticeKind("test.told", "{what} 알림", "Notice of {what}", "{what}.", "{what}.")


async def test_a_refused_act_leaves_no_audit_row(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    async def act(*, refused: bool) -> None:
        async with database.transaction(Scope.anonymous(), request=RequestFacts("r1")) as session:
            await record(session, "test.acted", Thing("test", "1"), facts={"refused": refused})
            if refused:
                raise LookupError

    await act(refused=False)
    with pytest.raises(LookupError):
        await act(refused=True)

    assert admin.execute("select facts, request_id from audit_event").fetchall() == [
        ({"refused": False}, "r1")
    ]


@pytest.mark.parametrize(
    "statement", ["update audit_event set action = 'x'", "delete from audit_event"]
)
@pytest.mark.parametrize("role", ["tenant", "staff", "system"])
async def test_no_role_changes_the_audit_trail(
    database: Database, clean: None, statement: str, role: str
) -> None:

    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction(Scope(role)) as session:  # type: ignore[arg-type]
            await session.execute(text(statement))


async def test_telling_a_person_of_another_organization_works_and_reading_it_does_not(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    person, _ = await a_member(database, Role.owner)
    other, place = await a_member(database, Role.owner)

    async with database.transaction(Scope("tenant", other.id, place.id)) as session:
        await notify(session, Recipient(person.id, person.email), KIND, link="/x", what="시험")

        assert (await session.execute(text("select 1 from notice"))).all() == []

    assert admin.execute("select user_id, link from notice").fetchall() == [(person.id, "/x")]
    assert admin.execute("select email, subject from mail").fetchall() == [
        (person.email, "시험 알림")
    ]


async def test_the_attempt_after_the_last_is_refused_and_says_when(
    database: Database, clean: None
) -> None:
    phases = database.phases(Scope.anonymous())
    for left in (1, 0):
        assert await count(phases, "test", "someone", most=2, window_s=86_400) == left
    with pytest.raises(TooManyRequests) as refused:
        await count(phases, "test", "someone", most=2, window_s=86_400)
    assert 1 <= refused.value.retry_after_s <= 86_400
    assert await count(phases, "test", "another", most=2, window_s=86_400) == 1
