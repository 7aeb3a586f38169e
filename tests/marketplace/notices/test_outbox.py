"""From the fact to the mail: sent once, tried again, given up in sight, secrets forgotten."""

from typing import Any

import psycopg
import pytest

from marketplace.auth import Role
from marketplace.db import Database, Scope
from marketplace.notices.kinds import NoticeKind
from marketplace.notices.mail import MailRefused, MailUnavailable, OutgoingMail
from marketplace.notices.models import MutedNotice
from marketplace.notices.outbox import Letterhead
from marketplace.notices.service import Recipient, notify
from tests.factories import a_member, save
from tests.marketplace.conftest import Worker
from tests.waiting import until

TOLD = NoticeKind("outbox.told", "{what} 알림", "Notice of {what}", "{what}.", "{what}.")
GUARD = NoticeKind("outbox.guard", "보안", "Security", "확인.", "Check.", mutable=False)
LETTERHEAD = Letterhead(
    "제조데이터 거래소", "https://exchange.example.org", "no-reply@example.org", "help@example.org"
)


class Mailbox:
    """Takes mail over, and fails as often as told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.taken: list[OutgoingMail] = []

    async def send(self, mail: OutgoingMail) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(mail)


class Parts:
    def __init__(self, mail: Mailbox) -> None:
        self.mail = mail
        self.letterhead = LETTERHEAD


async def tell(database: Database, kind: NoticeKind = TOLD, **given: Any) -> None:
    facts: dict[str, Any] = {"link": "/orders", "what": "주문"}
    async with database.transaction(Scope.anonymous()) as session:
        await notify(
            session, Recipient(None, "person@example.com", "ko"), kind, **{**facts, **given}
        )


def mails(admin: psycopg.Connection) -> list[dict[str, Any]]:
    with admin.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return cursor.execute("select * from mail order by created_at").fetchall()


def parked(admin: psycopg.Connection) -> list[tuple[str, str]]:
    return admin.execute(
        "select parked_reason, error_code from job_run where state = 'parked'"
    ).fetchall()


async def test_a_told_fact_leaves_as_one_mail_with_page_and_footer(
    database: Database,
    admin: psycopg.Connection,
    worker: Worker,
) -> None:
    mailbox = Mailbox()
    async with worker(parts=Parts(mailbox)):
        await tell(database)
        await until(lambda: mails(admin)[0]["sent_at"])

    (mail,) = mailbox.taken
    (row,) = mails(admin)
    assert (mail.to, mail.subject, mail.language) == ("person@example.com", "주문 알림", "ko")
    assert mail.message_id == f"<{row['id']}@exchange.example.org>"
    assert mail.text.startswith("주문.\n\nhttps://exchange.example.org/orders\n\n-- \n")
    assert "제조데이터 거래소" in mail.text
    assert "help@example.org" in mail.text
    assert "https://exchange.example.org/account/notices 에서 끌 수" in mail.text
    assert row["body"] == "주문.\n", "what holds no secret is kept"


async def test_english_readers_get_english_and_no_offer_to_mute_what_guards_them(
    database: Database,
    admin: psycopg.Connection,
    worker: Worker,
) -> None:
    mailbox = Mailbox()
    async with worker(parts=Parts(mailbox)):
        async with database.transaction(Scope.anonymous()) as session:
            await notify(session, Recipient(None, "person@example.com", "en"), GUARD)
        await until(lambda: mailbox.taken)

    (mail,) = mailbox.taken
    assert (mail.subject, mail.language) == ("Security", "en")
    assert "cannot be switched off" in mail.text
    assert not any("가" <= letter <= "힣" for letter in mail.text.replace("제조데이터 거래소", ""))


async def test_a_private_link_is_in_the_mail_and_not_in_the_table_after_it(
    database: Database,
    admin: psycopg.Connection,
    worker: Worker,
) -> None:
    mailbox = Mailbox()
    secret = "https://exchange.example.org/confirm-email?token=secret-of-the-link"
    async with worker(parts=Parts(mailbox)):
        await tell(database, private_link=secret)
        await until(lambda: mails(admin)[0]["sent_at"])

    assert secret in mailbox.taken[0].text
    assert "secret-of-the-link" not in str(mails(admin))
    queue = admin.execute("select args from procrastinate_jobs").fetchall()
    assert "secret-of-the-link" not in str(queue)


async def test_mail_that_is_not_taken_now_is_tried_again(
    database: Database,
    admin: psycopg.Connection,
    worker: Worker,
) -> None:
    mailbox = Mailbox(MailUnavailable(reason="451 later"))
    async with worker(parts=Parts(mailbox)):
        await tell(database)
        await until(lambda: mails(admin)[0]["last_error"])
        assert mailbox.taken == []
        # Not to wait five seconds for the second try.
        admin.execute("update procrastinate_jobs set scheduled_at = now()")
        await until(lambda: mailbox.taken)
        await until(lambda: mails(admin)[0]["sent_at"])

    (row,) = mails(admin)
    assert (row["tries"], row["last_error"], row["given_up_at"]) == (2, None, None)
    assert len(mailbox.taken) == 1


async def test_refused_mail_is_given_up_in_the_operators_sight_and_others_flow(
    database: Database,
    admin: psycopg.Connection,
    worker: Worker,
) -> None:
    mailbox = Mailbox(MailRefused(reason="550 no such user"))
    async with worker(parts=Parts(mailbox), concurrency=1):
        await tell(database)
        await until(lambda: parked(admin))
        await tell(database, what="다른 일")
        await until(lambda: mailbox.taken)

    assert parked(admin) == [("refused", "mail_refused")]
    first = mails(admin)[0]
    assert first["given_up_at"] is not None
    assert "550 no such user" in first["last_error"]
    assert [mail.subject for mail in mailbox.taken] == ["다른 일 알림"]


async def test_an_address_with_a_second_header_never_leaves(
    database: Database,
    admin: psycopg.Connection,
    worker: Worker,
) -> None:
    mailbox = Mailbox()
    async with database.transaction(Scope.anonymous()) as session:
        recipient = Recipient(None, "person@example.com\nBcc: other@example.com")
        await notify(session, recipient, TOLD, what="주문\r\nBcc: other@example.com")
    async with worker(parts=Parts(mailbox)):
        await until(lambda: parked(admin))

    assert mailbox.taken == []
    assert parked(admin) == [("refused", "mail_refused")]


async def test_a_muted_kind_sends_no_mail_and_a_guarding_one_does(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    person, _ = await a_member(database, Role.owner)
    await save(database, *(MutedNotice(user_id=person.id, kind=k.name) for k in (TOLD, GUARD)))
    async with database.transaction(Scope("tenant", person.id)) as session:
        for kind in (TOLD, GUARD):
            await notify(session, Recipient(person.id, person.email), kind, what="주문")

    assert [row["subject"] for row in mails(admin)] == ["보안"]
    assert admin.execute("select count(*) from notice").fetchone() == (2,)


async def test_a_rolled_back_fact_tells_nobody(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    async def fail() -> None:
        async with database.transaction(Scope.anonymous()) as session:
            await notify(session, Recipient(None, "person@example.com"), TOLD, what="주문")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert mails(admin) == []
    assert admin.execute("select 1 from job_run").fetchall() == []
