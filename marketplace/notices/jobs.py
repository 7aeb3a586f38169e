"""The job that hands one mail over."""

from typing import Protocol
from uuid import UUID

from marketplace.errors import MarketplaceError
from marketplace.jobs import JobContext, job
from marketplace.notices.mail import MailRefused, MailSender, MailUnavailable
from marketplace.notices.outbox import (
    Letterhead,
    begin_sending,
    mark_failed,
    mark_sent,
    written,
)

# Waits of 5 s to 1 h between them: nine hours, longer than a mail server is usually away.
MAIL_ATTEMPTS = 14


class MailParts(Protocol):
    """What the worker gives to this job."""

    @property
    def mail(self) -> MailSender:
        """Who takes the mail over."""

    @property
    def letterhead(self) -> Letterhead:
        """What the mail says about the exchange."""


@job("notices.send_mail", attempts=MAIL_ATTEMPTS, limit_s=60)
async def send_mail(context: JobContext[MailParts], *, mail_id: str) -> None:
    """Hand one mail over, once unless the worker dies right after it."""
    async with context.phases() as session:
        mail = await begin_sending(session, UUID(mail_id))
    if mail is None:
        return
    try:
        await context.parts.mail.send(written(mail, context.parts.letterhead))
    except (MailRefused, MailUnavailable) as error:
        await _failed(context, mail.id, error)
        raise
    async with context.phases() as session:
        await mark_sent(session, mail.id)


async def _failed(context: JobContext[MailParts], mail_id: UUID, error: MarketplaceError) -> None:
    given_up = isinstance(error, MailRefused) or context.attempt >= context.attempts_most
    async with context.phases() as session:
        await mark_failed(session, mail_id, str(error), given_up=given_up)
