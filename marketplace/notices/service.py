"""Tell people: a notice in the exchange and, unless muted, a mail; both in the caller's transaction."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.db import now
from marketplace.errors import Language
from marketplace.jobs import enqueue
from marketplace.notices.kinds import NoticeKind
from marketplace.notices.models import Mail, MutedNotice, Notice


@dataclass(frozen=True)
class Recipient:
    """A person as far as telling goes; ``user_id`` is None for somebody not yet a member."""

    user_id: UUID | None
    email: str
    language: Language = "ko"


async def notify(
    session: AsyncSession,
    recipient: Recipient,
    kind: NoticeKind,
    *,
    link: str = "",
    private_link: str = "",
    mail_end: str = "",
    **facts: Any,
) -> None:
    """Tell one person; nothing leaves unless the transaction commits.

    Args:
        link: path of the page to open, shown in both the notice and the mail
        private_link: full address with a secret, for the mail alone, kept until the mail was sent
        mail_end: last line of the mail alone, such as the address that stops it
        facts: values of the kind's templates, plain JSON

    Raises:
        KeyError: the kind's templates need a fact that was not given
    """
    at = now(session)
    subject = kind.subject(recipient.language, facts)
    body = kind.text(recipient.language, facts)
    if recipient.user_id is not None:
        session.add(
            Notice(user_id=recipient.user_id, kind=kind.name, link=link, facts=facts, created_at=at)
        )
        if kind.mutable and await _muted(session, recipient.user_id, kind):
            await session.flush()
            return
    mail = Mail(
        user_id=recipient.user_id,
        email=recipient.email,
        subject=subject,
        body="\n\n".join(part for part in (body, private_link, mail_end) if part) + "\n",
        link="" if private_link else link,
        language=recipient.language,
        mutable=kind.mutable,
        secret=bool(private_link),
        created_at=at,
    )
    session.add(mail)
    await session.flush()
    await enqueue(session, "notices.send_mail", mail_id=str(mail.id), lock=f"mail {mail.id}")


async def _muted(session: AsyncSession, user_id: UUID, kind: NoticeKind) -> bool:
    found = await session.scalar(
        select(col(MutedNotice.kind)).where(
            col(MutedNotice.user_id) == user_id, col(MutedNotice.kind) == kind.name
        )
    )
    return found is not None
