r"""A malware scanner: ClamAV's daemon, asked over its own protocol.

Source: clamd(8), commands VERSION and INSTREAM. Each connection takes one command, sent as ``z...\\0``. A file
goes in chunks, each after its length in four bytes, big end first; a chunk of no length ends it. The daemon
hangs up as soon as a stream is longer than its ``StreamMaxLength``, so an answer is read after a failed
send too. A file longer than its ``MaxFileSize`` is *not scanned* and called clean, unless ``AlertExceedsMax`` makes it
a finding (measured with 1.4.6); so we send nothing above a limit of our own and read that finding as "too large". The Python clients that exist are under the GPL or LGPL, or unattended for years.
"""

import contextlib
import re
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from marketplace.catalog.datasets.errors import ScannerUnavailable

CHUNK_BYTES: Final = 1_048_576
CONNECT_LIMIT_S: Final = 10.0
# Unpacking a large archive may take the daemon minutes; its own MaxScanTime is 2 by default.
ANSWER_LIMIT_S: Final = 600.0
ANSWER_LIMIT_BYTES: Final = 4_096
_FOUND: Final = re.compile(r"^stream: (?P<name>.+) FOUND$")
_TOO_LONG: Final = "INSTREAM size limit exceeded. ERROR"
_LIMITS: Final = "Heuristics.Limits.Exceeded"
RETRY_AFTER_S: Final = 60


@dataclass(frozen=True)
class Scan:
    """What a scanner says of a file.

    Args:
        by: the scanner with the version and date of its signatures
        found: the name of the malware, or None
        too_large: the scanner does not take files of this size, so nothing was scanned
    """

    by: str
    found: str | None = None
    too_large: bool = False


@dataclass(frozen=True)
class ClamAv:
    """The daemon at an address, ``host:port`` or the path of its socket.

    Args:
        file_limit_bytes: longest file that it scans, the smaller of StreamMaxLength and MaxFileSize [bytes]
        answer_limit_s: how long an answer may take [s]
    """

    address: str
    file_limit_bytes: int
    answer_limit_s: float = ANSWER_LIMIT_S

    def version(self) -> str:
        """Return engine, version of the signatures and their date; blocks.

        Raises:
            ScannerUnavailable: no answer
        """
        return self._asked(b"zVERSION\0", None)

    def scan(self, path: Path) -> Scan:
        """Have a file scanned; blocks.

        Raises:
            ScannerUnavailable: no answer, or one that says neither clean nor infected
        """
        by = self.version()
        if path.stat().st_size > self.file_limit_bytes:
            return Scan(by, too_large=True)
        answer = self._asked(b"zINSTREAM\0", path)
        if answer == _TOO_LONG:
            return Scan(by, too_large=True)
        if answer == "stream: OK":
            return Scan(by)
        found = _FOUND.fullmatch(answer)
        if found is None:
            raise ScannerUnavailable(answer=answer[:200], retry_after_s=RETRY_AFTER_S)
        if found["name"].startswith(_LIMITS):
            return Scan(by, too_large=True)
        return Scan(by, found=found["name"])

    def _asked(self, command: bytes, path: Path | None) -> str:
        try:
            with self._connected() as connection:
                # The daemon may hang up in the middle: what it said before is still there to be read.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    connection.sendall(command)
                    if path is not None:
                        _send(connection, path)
                return _answer(connection)
        except OSError as error:
            raise ScannerUnavailable(answer=str(error), retry_after_s=RETRY_AFTER_S) from error

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(CONNECT_LIMIT_S)
        else:
            host, port = self.address.rsplit(":", 1)
            connection = socket.create_connection((host, int(port)), timeout=CONNECT_LIMIT_S)
        with connection:
            if self.address.startswith("/"):
                connection.connect(self.address)
            connection.settimeout(self.answer_limit_s)
            yield connection


def _send(connection: socket.socket, path: Path) -> None:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
    connection.sendall(struct.pack("!I", 0))


def _answer(connection: socket.socket) -> str:
    """Read up to the closing NUL; a connection cut behind a refused stream has said its word before."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_LIMIT_BYTES:
        try:
            more = connection.recv(ANSWER_LIMIT_BYTES)
        except ConnectionResetError:
            if answer:
                break
            raise
        if not more:
            break
        answer += more
    if not answer:
        raise ConnectionResetError("the daemon hung up without an answer")
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
