"""A small SMTP server on loopback that keeps what it accepts and refuses on request."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class SmtpServer:
    """What came in, and what to answer.

    Args:
        answer_to_recipient: the reply to RCPT, for example ``550 no such user``
        context: for STARTTLS, or for TLS from the first byte
    """

    context: ssl.SSLContext | None = None
    answer_to_recipient: str = "250 ok"
    answer_to_sign_in: str = "235 ok"
    port: int = 0
    accepted: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak with one client until it leaves."""
        try:
            await self._say(writer, "220 test")
            while line := await reader.readline():
                word = line.decode().strip()
                if word.upper() == "STARTTLS" and self.context is not None:
                    await self._say(writer, "220 go on")
                    await writer.start_tls(self.context)
                else:
                    await self._answer(word, reader, writer)
                if word.upper() == "QUIT":
                    break
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, word: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        command = word.upper()
        if command.startswith("EHLO"):
            await self._say(writer, "250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN")
        elif command.startswith("AUTH"):
            await self._say(writer, self.answer_to_sign_in)
        elif command.startswith("RCPT"):
            self.recipients.append(word.partition(":")[2].strip("<>"))
            await self._say(writer, self.answer_to_recipient)
        elif command == "DATA":
            await self._say(writer, "354 go on")
            raw = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
            self.accepted.append(message_from_bytes(raw, policy=default))
            self.encrypted.append(writer.get_extra_info("ssl_object") is not None)
            await self._say(writer, "250 ok")
        else:
            await self._say(writer, "221 bye" if command == "QUIT" else "250 ok")

    @staticmethod
    async def _say(writer: asyncio.StreamWriter, words: str) -> None:
        writer.write(words.encode() + b"\r\n")
        await writer.drain()


@asynccontextmanager
async def running(server: SmtpServer, *, tls: bool = False) -> AsyncIterator[SmtpServer]:
    """Listen on a free port of loopback for the length of the block."""
    listening = await asyncio.start_server(
        server.serve, "127.0.0.1", 0, ssl=server.context if tls else None
    )
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
