"""The two ways of mail keep one promise; a header cannot be injected; TLS is checked."""

import ssl
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from marketplace.notices.mail import (
    FolderMailSender,
    MailRefused,
    MailSender,
    MailUnavailable,
    OutgoingMail,
    SmtpMailSender,
)
from tests.marketplace.notices.smtp_server import SmtpServer, running

AT = datetime(2026, 11, 26, 3, 4, 5, 678, tzinfo=UTC)


@dataclass
class Way:
    """One way of sending, and how to see what arrived."""

    sender: MailSender
    arrived: Callable[[], list[EmailMessage]]


@asynccontextmanager
async def into_a_folder(folder: Path) -> AsyncIterator[Way]:
    def arrived() -> list[EmailMessage]:
        files = sorted((folder / "mail").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]

    yield Way(FolderMailSender(folder / "mail"), arrived)


@asynccontextmanager
async def by_smtp(_folder: Path) -> AsyncIterator[Way]:
    async with running(SmtpServer()) as server:
        sender = SmtpMailSender(f"smtp://127.0.0.1:{server.port}")
        yield Way(sender, lambda: server.accepted)


Open = Callable[[Path], AbstractAsyncContextManager[Way]]
both_ways = pytest.mark.parametrize("way", [into_a_folder, by_smtp])


def a_mail(**given: Any) -> OutgoingMail:
    facts: dict[str, Any] = {
        "message_id": "<11111111-2222-4333-8444-555555555555@exchange.example.org>",
        "sender_name": "제조데이터 거래소",
        "sender": "exchange@example.org",
        "to": "person@example.com",
        "subject": "초대: 가상정밀에서 함께 일하십시오",
        "text": "안녕하십니까.\n.한 점으로 시작하는 줄\n" + "긴 줄 " * 500,
        "language": "ko",
        "at": AT,
    }
    return OutgoingMail(**{**facts, **given})


@both_ways
async def test_a_korean_mail_arrives_as_it_was_written(way: Open, tmp_path: Path) -> None:
    async with way(tmp_path) as one:
        await one.sender.send(a_mail())
        (message,) = one.arrived()

    assert message["Subject"] == "초대: 가상정밀에서 함께 일하십시오"
    assert message["From"].addresses[0].display_name == "제조데이터 거래소"
    assert message["From"].addresses[0].addr_spec == "exchange@example.org"
    assert message["To"] == "person@example.com"
    assert message["Message-ID"] == a_mail().message_id
    assert message["Date"].datetime == AT.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines() == a_mail().text.splitlines()
    assert message.as_bytes().isascii(), "nothing depends on a server that takes eight bits"


@both_ways
async def test_mails_arrive_in_their_order(way: Open, tmp_path: Path) -> None:
    async with way(tmp_path) as one:
        for n in range(3):
            at = AT + timedelta(milliseconds=n)
            await one.sender.send(a_mail(subject=str(n), at=at, message_id=f"<{n}@x>"))

        assert [message["Subject"] for message in one.arrived()] == ["0", "1", "2"]


async def test_mails_in_the_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    await FolderMailSender(tmp_path / "mail").send(a_mail())

    (file,) = (tmp_path / "mail").iterdir()
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_repeat_into_the_folder_replaces_the_mail(tmp_path: Path) -> None:
    async with into_a_folder(tmp_path) as one:
        await one.sender.send(a_mail())
        await one.sender.send(a_mail())

        assert len(one.arrived()) == 1
        assert [file.suffix for file in (tmp_path / "mail").iterdir()] == [".eml"]


@pytest.mark.parametrize(
    "given",
    [
        {"to": "person@example.com\r\nBcc: other@example.com"},
        {"to": "person@example.com, other@example.com"},
        {"to": "Person <person@example.com>"},
        {"to": "person@example.com\n"},
        {"to": "사람@example.com"},
        {"to": ""},
        {"subject": "초대\r\nBcc: other@example.com"},
        {"subject": "초대\nBcc: other@example.com"},
        {"subject": "x\x00"},
        {"subject": "x\u2028Bcc: other@example.com"},
        {"sender_name": "거래소\r\nBcc: other@example.com"},
        {"message_id": "<1@x>\r\nBcc: other@example.com"},
        {"sender": "a@example.org\r\nBcc: other@example.com"},
    ],
)
def test_what_could_become_another_header_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(MailRefused):
        a_mail(**given)


@pytest.mark.parametrize(
    ("answer", "error"),
    [("550 no such user", MailRefused), ("451 try again later", MailUnavailable)],
)
async def test_the_servers_answer_decides_whether_a_repeat_helps(
    answer: str, error: type[Exception]
) -> None:
    async with running(SmtpServer(answer_to_recipient=answer)) as server:
        with pytest.raises(error, match=answer):
            await SmtpMailSender(f"smtp://127.0.0.1:{server.port}").send(a_mail())

    assert server.accepted == []


async def test_a_server_that_is_away_or_a_full_folder_is_no_refusal(tmp_path: Path) -> None:
    async with running(SmtpServer()) as server:
        port = server.port
    with pytest.raises(MailUnavailable):
        await SmtpMailSender(f"smtp://127.0.0.1:{port}").send(a_mail())
    (tmp_path / "file").touch()
    with pytest.raises(MailUnavailable):
        await FolderMailSender(tmp_path / "file" / "mail").send(a_mail())


async def test_a_refused_sign_in_can_be_repaired_and_is_no_refusal() -> None:
    async with running(SmtpServer(answer_to_sign_in="535 no")) as server:
        sender = SmtpMailSender(f"smtp://us%40er:pass%2Fword@127.0.0.1:{server.port}")
        with pytest.raises(MailUnavailable, match="sign-in"):
            await sender.send(a_mail())


@pytest.mark.parametrize(("scheme", "tls"), [("smtps", True), ("smtp+starttls", False)])
async def test_mail_is_encrypted_and_the_certificate_checked(
    tmp_path: Path, scheme: str, *, tls: bool
) -> None:
    for_server, for_client = certified(tmp_path)
    async with running(SmtpServer(for_server), tls=tls) as server:
        url = f"{scheme}://127.0.0.1:{server.port}"
        with pytest.raises(MailUnavailable):
            await SmtpMailSender(url).send(a_mail())
        await SmtpMailSender(url, context=for_client).send(a_mail())

    assert server.encrypted == [True]


@pytest.mark.parametrize("url", ["http://mail.example.org", "smtp://", "mail.example.org:25"])
def test_another_address_is_refused_when_it_is_set(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://"):
        SmtpMailSender(url)


def certified(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1, and return a context that has it and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "server.pem"
    file.write_bytes(private + pem)
    for_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for_server.load_cert_chain(file)
    return for_server, ssl.create_default_context(cadata=pem.decode())
