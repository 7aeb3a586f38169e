"""A daemon that speaks ClamAV's protocol and knows one signature, for tests."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

# The test file that every scanner takes for malware (EICAR), apart so that this file is not one.
EICAR = b"".join(
    (rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!$H+H*")
)
STREAM_MAX_BYTES = 3_000_000
VERSION = b"ClamAV 1.4.3/27500/Fri Nov 27 08:00:00 2026"


class Conversation(socketserver.BaseRequestHandler):
    """One command on one connection, as the daemon's manual tells."""

    server: "Daemon"

    @override
    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.request.recv(1)
        if command == b"zVERSION\0":
            self.request.sendall(VERSION + b"\0")
        elif command == b"zINSTREAM\0":
            self.request.sendall(self._stream() + b"\0")
        else:
            self.request.sendall(b"UNKNOWN COMMAND\0")

    def _stream(self) -> bytes:
        content = b""
        while length := struct.unpack("!I", self._exactly(4))[0]:
            if len(content) + length > self.server.stream_max_bytes:
                return b"INSTREAM size limit exceeded. ERROR"
            content += self._exactly(length)
        if self.server.verdict:
            return self.server.verdict
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"

    def _exactly(self, length: int) -> bytes:
        found = b""
        while len(found) < length:
            more = self.request.recv(length - len(found))
            if not more:
                raise ConnectionResetError
            found += more
        return found


class Daemon(socketserver.ThreadingTCPServer):
    """The daemon; ``verdict`` is what it says of every stream instead of looking."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.stream_max_bytes = STREAM_MAX_BYTES
        self.verdict = b""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up."""


@contextmanager
def daemon() -> Iterator[Daemon]:
    """Run a daemon on loopback."""
    with Daemon() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def nobody() -> str:
    """Return an address of loopback where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"
