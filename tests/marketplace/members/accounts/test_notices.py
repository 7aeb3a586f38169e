"""The own notices: a page at a time, read, and mail switched off by kind."""

from uuid import uuid4

import psycopg

from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.notices.kinds import NoticeKind
from marketplace.notices.service import Recipient, notify
from tests.factories import a_member
from tests.factories import sign_in as with_session
from tests.marketplace.members.accounts.people import Browser, mailed

PATH = "/api/v1/me/notices"
MUTED = "/api/v1/me/muted-notices"
NEWS = NoticeKind("test.news", "소식 {n}", "News {n}", "{n}번째 소식.", "News number {n}.")
SECURITY = NoticeKind("test.security", "보안", "Security", "보안.", "Security.", mutable=False)


async def tell(database: Database, user_id: object, email: str, count: int = 1) -> None:
    async with database.transaction(Scope.system()) as session:
        for number in range(count):
            person = Recipient(user_id, email)  # type: ignore[arg-type]
            await notify(session, person, NEWS, link="/account", n=number)


async def test_pages_of_twenty_show_each_notice_once(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await tell(database, user.id, user.email, 45)
    await with_session(client, database, user.id)
    seen: list[str] = []
    sizes = []
    subjects: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client.get(PATH, params={"cursor": cursor, "language": "en"})).json()
        seen.extend(row["id"] for row in page["notices"])
        sizes.append(len(page["notices"]))
        subjects.extend(row["subject"] for row in page["notices"])
        cursor = page["next"]

    assert sizes == [20, 20, 5]
    assert len(set(seen)) == 45
    assert sorted(subjects) == sorted(f"News {number}" for number in range(45))
    assert (await client.get(PATH, params={"cursor": "made-up"})).status_code == 400


async def test_a_notice_is_read_once_and_only_by_its_person(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    other, _ = await a_member(database, Role.buyer)
    await tell(database, user.id, user.email, 2)
    await tell(database, other.id, other.email)
    await with_session(client, database, user.id)
    own = (await client.get(PATH)).json()["notices"][0]["id"]
    others = admin.execute("select id from notice where user_id = %s", [other.id]).fetchone()
    assert others is not None

    answers = [
        (await client.put(f"{PATH}/{notice_id}/read")).status_code
        for notice_id in (others[0], uuid4(), own, own)
    ]

    assert answers == [404, 404, 204, 204]
    assert (await client.get("/api/v1/me")).json()["unread_notices"] == 1
    unread = (await client.get(PATH, params={"unread": "true"})).json()["notices"]
    assert len(unread) == 1
    assert (await client.put(f"{PATH}/read")).status_code == 204
    assert (await client.get("/api/v1/me")).json()["unread_notices"] == 0
    left = admin.execute("select count(*) from notice where read_at is null").fetchone()
    assert left == (1,)


async def test_muting_stops_the_mail_and_not_the_notice(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)

    muted = await client.put(MUTED, json={"kinds": ["test.news", "test.news"]})
    await tell(database, user.id, user.email)
    shown = (await client.get(MUTED)).json()
    await client.put(MUTED, json={"kinds": []})
    await tell(database, user.id, user.email)

    assert muted.json()["muted"] == ["test.news"]
    assert shown["muted"] == ["test.news"]
    assert "test.security" not in shown["mutable"]
    assert mailed(admin, user.email) == ["소식 0"]
    assert len((await client.get(PATH)).json()["notices"]) == 2


async def test_security_notices_and_unknown_kinds_cannot_be_muted(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)
    await client.put(MUTED, json={"kinds": ["test.news"]})

    answer = await client.put(
        MUTED, json={"kinds": ["test.news", "account.password_changed", "no.such"]}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "notice_kind_not_mutable")
    assert len(answer.json()["fields"]) == 2
    assert (await client.get(MUTED)).json()["muted"] == ["test.news"]


async def test_a_notice_of_a_kind_nobody_declares_any_more_is_still_listed(
    client: Browser, database: Database, admin: psycopg.Connection
) -> None:
    user, _ = await a_member(database, Role.buyer)
    await with_session(client, database, user.id)
    admin.execute(
        "insert into notice (id, user_id, kind, link, facts) values"
        " (gen_random_uuid(), %s, 'old.kind', '', '{}')",
        [user.id],
    )

    rows = (await client.get(PATH)).json()["notices"]

    assert [(row["subject"], row["text"]) for row in rows] == [("old.kind", "")]
