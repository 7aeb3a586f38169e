"""The outbox: a mail's row is written with the fact it tells, and a job hands the mail over.

At least once: a worker that dies between handing over and writing so sends the mail again, under
the same Message-ID. A mail that is refused or was tried in vain is a parked job; the operator sees
it among the jobs and starts it again.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.db import now
from marketplace.errors import Language
from marketplace.notices.mail import OutgoingMail
from marketplace.notices.models import Mail

MUTE_PATH = "/account/notices"
FOOTER: dict[Language, str] = {
    "ko": "-- \n{name}\n{public_url}\n발신 전용 메일입니다. 문의: {contact}\n{mute}",
    "en": "-- \n{name}\n{public_url}\nPlease do not reply to this mail. Contact: {contact}\n{mute}",
}
MUTABLE: dict[Language, str] = {
    "ko": "이 종류의 메일은 {address} 에서 끌 수 있습니다.",
    "en": "You can switch off mail of this kind at {address}",
}
NOT_MUTABLE: dict[Language, str] = {
    "ko": "계정과 거래를 지키는 데 필요한 메일이라 끌 수 없습니다.",
    "en": "This mail protects your account and your trade and cannot be switched off.",
}


@dataclass(frozen=True)
class Letterhead:
    """What every mail says about the exchange."""

    name: str
    public_url: str
    sender: str
    contact: str


def written(mail: Mail, letterhead: Letterhead) -> OutgoingMail:
    """Write the mail of a row: its text, the page to open, and the footer.

    Raises:
        MailRefused: the row's address or subject cannot be a header
    """
    assert mail.created_at is not None, "the row is stored"
    language: Language = "en" if mail.language == "en" else "ko"
    parts = [mail.body.strip()]
    if mail.link:
        parts.append(letterhead.public_url + mail.link)
    parts.append(_footer(mail, letterhead, language))
    return OutgoingMail(
        message_id=f"<{mail.id}@{urlsplit(letterhead.public_url).hostname}>",
        sender_name=letterhead.name,
        sender=letterhead.sender,
        to=mail.email,
        subject=mail.subject,
        text="\n\n".join(parts) + "\n",
        language=language,
        at=mail.created_at,
    )


def _footer(mail: Mail, letterhead: Letterhead, language: Language) -> str:
    address = letterhead.public_url + MUTE_PATH
    mute = (MUTABLE if mail.mutable else NOT_MUTABLE)[language].format(address=address)
    return FOOTER[language].format(
        name=letterhead.name,
        public_url=letterhead.public_url,
        contact=letterhead.contact,
        mute=mute,
    )


async def begin_sending(session: AsyncSession, mail_id: UUID) -> Mail | None:
    """Count one more try and return the mail; None when it was sent, or somebody sends it now."""
    query = select(Mail).where(col(Mail.id) == mail_id, col(Mail.sent_at).is_(None))
    mail = await session.scalar(query.with_for_update(skip_locked=True))
    if mail is not None:
        mail.tries += 1
        mail.given_up_at = None
        await session.flush()
    return mail


async def mark_sent(session: AsyncSession, mail_id: UUID) -> None:
    """Write that the mail was handed over; a text with a private link is not kept."""
    mail = await session.get_one(Mail, mail_id)
    mail.sent_at = now(session)
    mail.last_error = None
    if mail.secret:
        mail.body = ""
    await session.flush()


async def mark_failed(session: AsyncSession, mail_id: UUID, reason: str, *, given_up: bool) -> None:
    """Write why the mail was not taken, and whether that was the last try."""
    mail = await session.get_one(Mail, mail_id)
    mail.last_error = reason[:300]
    mail.given_up_at = now(session) if given_up else None
    await session.flush()
