"""Records go when their time is over, not a day before, and the guide tells how long that is."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from marketplace import retention
from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.jobs import enqueue
from tests import catalogue
from tests.factories import a_member
from tests.marketplace.jobs import samples  # noqa: F401 - declares the jobs

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "operator-guide.md"


async def enforce(database: Database) -> dict[str, int]:
    return await retention.enforce(database.phases(Scope.system()))


def count(admin: psycopg.Connection, table: str) -> int:
    row = admin.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


# Rule, table, and the column where its time counts from.
AGED = [
    ("link_token", "link_token", "expires_at"),
    ("passkey_challenge", "passkey_challenge", "expires_at"),
    ("user_session", "user_session", "expires_at"),
    ("notice.read", "notice", "read_at"),
    ("notice", "notice", "created_at"),
]


@pytest.mark.parametrize(("rule_name", "table", "column"), AGED)
async def test_a_row_goes_after_its_days_and_not_before(
    database: Database,
    admin: psycopg.Connection,
    clean: None,
    rule_name: str,
    table: str,
    column: str,
) -> None:
    person, _ = await a_member(database, Role.owner)
    (rule,) = (rule for rule in retention.RULES if rule.name == rule_name)
    for days in (rule.days - 1, rule.days + 1):
        insert(admin, table, user_id=person.id, **{column: ago(admin, days)})

    assert await enforce(database) == {rule_name: 1}
    assert count(admin, table) == 1
    assert await enforce(database) == {}
    facts = admin.execute("select facts from audit_event where action = 'retention.enforced'")
    assert facts.fetchall() == [({rule_name: 1},)]


MAILS = [(1, True, False), (3, True, False), (80, False, True), (91, False, True), (92, False, False), (1_096, False, True)]  # fmt: skip


async def test_texts_of_mail_go_before_the_mail(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    for days, secret, sent in MAILS:
        at = ago(admin, days)
        facts = {"secret": secret, "created_at": at, "sent_at": at if sent else None}
        subject = f"{days} {secret} {sent}"
        insert(admin, "mail", subject=subject, body="text", user_id=None, language="ko", **facts)

    assert await enforce(database) == {"mail.secret": 1, "mail.body": 2, "mail": 1}
    left = admin.execute("select subject, body from mail order by created_at desc").fetchall()
    assert left == [
        ("1 True False", "text"),
        ("3 True False", ""),
        ("80 False True", "text"),
        ("91 False True", ""),
        ("92 False False", "text"),
    ]


async def test_ended_jobs_go_and_waiting_ones_never(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    for state in ("succeeded", "parked", "waiting", "cancelled"):
        async with database.transaction(Scope.anonymous()) as session:
            run_id = await enqueue(session, "sample.note")
        reason = "failed" if state == "parked" else None
        admin.execute(
            "update job_run set state = %s, parked_reason = %s, ended_at = %s where id = %s",
            (state, reason, ago(admin, 400), run_id),
        )
    admin.execute(
        "update procrastinate_jobs set status = 'failed' where id ="
        " (select queue_id from job_run where state = 'parked')"
    )

    assert await enforce(database) == {
        "job_run.ended": 2,
        "job_run.parked": 1,
        "job_run.parked.record": 1,
    }
    assert admin.execute("select state from job_run").fetchall() == [("waiting",)]


async def test_more_than_one_batch_goes_in_one_round(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    most = retention.BATCH_ROWS
    person, _ = await a_member(database, Role.owner)
    insert(admin, "passkey_challenge", user_id=person.id, expires_at=ago(admin, 9))
    admin.execute(
        "insert into passkey_challenge select (jsonb_populate_record("
        "  one, jsonb_build_object('id', gen_random_uuid()))).*"
        " from passkey_challenge one, generate_series(1, %s)",
        (most,),
    )

    assert await enforce(database) == {"passkey_challenge": most + 1}


def test_the_guide_shows_every_rule() -> None:
    guide = GUIDE.read_text(encoding="utf-8")

    for rule in retention.RULES:
        assert f"| `{rule.name}` | {rule.days:,} | {rule.source} |" in guide
        assert guide.count(f"| `{rule.name}` | {rule.days:,} |") == len(("ko", "en"))


def ago(admin: psycopg.Connection, days: int) -> datetime:
    row = admin.execute("select now() - make_interval(days => %s)", (days,)).fetchone()
    assert row is not None
    found: datetime = row[0]
    return found


def insert(admin: psycopg.Connection, table: str, **given: Any) -> None:
    """Insert a row that says what the test is about, and something valid in the other columns."""
    row = catalogue.plain_row(admin, table) | {"id": uuid4()} | given
    if "token_hash" in row:
        row["token_hash"] = uuid4().bytes
    catalogue.insert(admin, table, row)
