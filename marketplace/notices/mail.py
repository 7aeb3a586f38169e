"""Mail that leaves the exchange: what it is, and the two ways it goes, into a folder or by SMTP."""

import asyncio
import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

from marketplace.errors import Language, Refusal, Unavailable

SEND_LIMIT_S = 15.0
Security = Literal["none", "starttls", "tls"]
SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("none", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}
# One plain address: no second recipient, no display name, nothing that ends a header line.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


class MailRefused(Refusal):
    """The mail will never be accepted: a wrong address, or the server says so for good."""

    code = "mail_refused"
    ko = "메일 서버가 이 메일을 받지 않습니다({reason}). 받는 주소를 확인하십시오."
    en = "The mail server does not accept this mail ({reason}). Check the address."


class MailUnavailable(Unavailable):
    """The mail could not be handed over now; a repeat is safe, its Message-ID stays the same."""

    code = "mail_unavailable"
    ko = "지금 메일을 보낼 수 없습니다({reason}). {retry_after_s}초 뒤에 다시 시도하십시오."
    en = "Mail cannot be sent right now ({reason}). Try again in {retry_after_s} seconds."


@dataclass(frozen=True)
class OutgoingMail:
    """One mail to one person.

    Args:
        message_id: ours, the same for every attempt: ``<id@host>``
        sender: name and address that the mail comes from
        at: when it was written [UTC]

    Raises:
        MailRefused: the address is no single plain address, or a header holds control characters
    """

    message_id: str
    sender_name: str
    sender: str
    to: str
    subject: str
    text: str
    language: Language
    at: datetime

    def __post_init__(self) -> None:
        for address in (self.sender, self.to):
            if not _ADDRESS.fullmatch(address):
                raise MailRefused(reason="not a plain address")
        if any(_CONTROL.search(x) for x in (self.subject, self.sender_name, self.message_id)):
            raise MailRefused(reason="control characters in a header")

    def message(self) -> EmailMessage:
        """Return the mail as it crosses the wire, Korean encoded."""
        message = EmailMessage(policy=SMTP)
        message["Message-ID"] = self.message_id
        message["Date"] = format_datetime(self.at)
        message["From"] = formataddr((self.sender_name, self.sender))
        message["To"] = self.to
        message["Subject"] = self.subject
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = self.language
        message.set_content(self.text, charset="utf-8", cte="base64")
        return message


class MailSender(Protocol):
    """Who takes mail over. Every call goes outside: never inside a transaction."""

    async def send(self, mail: OutgoingMail) -> None:
        """Hand one mail over; sending it again is safe.

        Raises:
            MailRefused: it will never be accepted
            MailUnavailable: not now
        """
        ...


class FolderMailSender:
    """The sandbox's way: one ``.eml`` file for each mail, named by its time; a repeat replaces it.

    Args:
        folder: made when missing
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, mail: OutgoingMail) -> None:
        try:
            await asyncio.to_thread(self._write, mail)
        except OSError as error:
            raise MailUnavailable(reason=error.strerror or "folder") from error

    def _write(self, mail: OutgoingMail) -> None:
        # Mails hold links with secrets: nobody else on the machine reads them.
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = mail.at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        name = re.sub(r"[^A-Za-z0-9-]", "", mail.message_id.partition("@")[0])
        file = self._folder / f"{stamp}-{name}.eml"
        half = file.with_suffix(".half")
        half.touch(mode=0o600)
        half.write_bytes(mail.message().as_bytes())
        half.replace(file)


class SmtpMailSender:
    """Production's way: one connection for each mail to the configured server.

    Args:
        url: ``smtp://``, ``smtp+starttls://`` or ``smtps://``, with user and password if needed
        context: how certificates are checked; the machine's authorities unless given

    Raises:
        ValueError: the address is none of these
    """

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("an SMTP address begins with smtp://, smtp+starttls:// or smtps://")
        self._security, port = SCHEMES[parts.scheme]
        self._host, self._port = parts.hostname, parts.port or port
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._context = context or ssl.create_default_context()

    async def send(self, mail: OutgoingMail) -> None:
        try:
            await asyncio.to_thread(self._hand_over, mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _refusal(code, words) from error
        except smtplib.SMTPAuthenticationError as error:
            # Ours to repair, and the mail is as good as before.
            raise MailUnavailable(reason="the server refuses our sign-in") from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(reason=type(error).__name__) from error

    def _hand_over(self, mail: OutgoingMail) -> None:
        with self._connected() as server:
            if self._security == "starttls":
                server.starttls(context=self._context)
            if self._user:
                server.login(self._user, self._password)
            server.send_message(mail.message(), mail.sender, [mail.to])

    def _connected(self) -> smtplib.SMTP:
        if self._security == "tls":
            return smtplib.SMTP_SSL(
                self._host, self._port, timeout=SEND_LIMIT_S, context=self._context
            )
        return smtplib.SMTP(self._host, self._port, timeout=SEND_LIMIT_S)


def _refusal(code: int, words: bytes | str) -> MailRefused | MailUnavailable:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    reason = f"{code} {' '.join(text.split())[:80]}"
    return MailRefused(reason=reason) if code >= 500 else MailUnavailable(reason=reason)
