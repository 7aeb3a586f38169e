"""The process that outlives a killed supervisor and ends what it left.

The supervisor cannot clean up after ``kill -9``, and the kernel's own signal for orphans is lost
when a child changes its user, as PostgreSQL's does here. So this small process hears of each child
over a pipe; when the pipe closes, it ends those that still live: politely, then for good.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import IO, Final

from marketplace.embedded.machine import started_at_ticks

POLITE_LIMIT_S: Final = 2.5
"""After this the children are ended for good; all are gone within 5 s of the supervisor's death."""
LAST_LIMIT_S: Final = 1.0
POSTGRES: Final = "postgres"


class Guard:
    """The supervisor's side: starts the guarding process and tells it about children.

    Threads may share it.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._children: dict[int, str] = {}
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        """Whether the guarding process lives."""
        return self._process is not None and self._process.poll() is None

    def watch(self) -> None:
        """Start the process, again when it was killed."""
        if self.running:
            return
        with self._lock:
            self._close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "marketplace.supervisor.guard"],
                stdin=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is not for it
            )
            for pid, name in self._children.items():
                self._tell(f"+ {pid} {started_at_ticks(pid)} {name}")

    def add(self, pid: int, name: str) -> None:
        """Put a child under guard."""
        with self._lock:
            self._children[pid] = name
            self._tell(f"+ {pid} {started_at_ticks(pid)} {name}")

    def remove(self, pid: int) -> None:
        """Take out a child that ended."""
        with self._lock:
            self._children.pop(pid, None)
            self._tell(f"- {pid}")

    def close(self) -> None:
        """End the process; children that are still under guard are ended by it."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._process is None or self._process.stdin is None:
            return
        with suppress(OSError):  # what was not written yet, to one that was killed
            self._process.stdin.close()
        self._process.wait()
        self._process = None

    def _tell(self, line: str) -> None:
        if self._process is None or self._process.stdin is None:
            return
        with suppress(OSError):  # it was killed; watch() tells the next one everything
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()


def guard(pipe: IO[str]) -> None:
    """Hear of children until the supervisor is gone, then end those that live."""
    children: dict[int, tuple[str, str]] = {}
    for line in pipe:
        match line.split():
            case ["+", pid, ticks, name] if pid.isdecimal():
                children[int(pid)] = (ticks, name)
            case ["-", pid] if pid.isdecimal():
                children.pop(int(pid), None)
    polite = {POSTGRES: signal.SIGINT}  # ends its clients' sessions and writes everything out
    firm = {POSTGRES: signal.SIGQUIT}  # ends at once and recovers at the next start
    _send(children, polite, signal.SIGTERM)
    _wait(children, POLITE_LIMIT_S)
    _send(children, firm, signal.SIGKILL)
    _wait(children, LAST_LIMIT_S)
    _send(children, {}, signal.SIGKILL)


def _living(children: dict[int, tuple[str, str]]) -> dict[int, str]:
    return {
        pid: name
        for pid, (ticks, name) in children.items()
        if str(started_at_ticks(pid)) == ticks != "None"
    }


def _send(
    children: dict[int, tuple[str, str]],
    ways: dict[str, signal.Signals],
    otherwise: signal.Signals,
) -> None:
    """Signal each living child's group: every child was started as the leader of one."""
    for pid, name in _living(children).items():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, ways.get(name, otherwise))


def _wait(children: dict[int, tuple[str, str]], limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while _living(children) and time.monotonic() < deadline:
        time.sleep(0.05)


def main() -> None:
    """Guard the children that standard input names."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    guard(sys.stdin)


if __name__ == "__main__":
    main()
