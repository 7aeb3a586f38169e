"""A real ``marketplace run`` in a process of its own, and what a person at its terminal sees."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import urllib3

from marketplace.embedded.machine import ended

START_LIMIT_S = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Run:
    """One run on a data folder; every line it printed is kept."""

    def __init__(self, data_dir: Path, port: int, *before: str, **settings: str) -> None:
        self.port = port
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MARKETPLACE_")}
        own = {"DATA_DIR": str(data_dir), "PORT": str(port), **settings}
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", "marketplace", "run"],
            cwd=data_dir.parent,
            env=environment
            | {f"MARKETPLACE_{name}": value for name, value in own.items()}
            | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def await_line(self, pattern: str, *, after: int = 0, limit_s: float = START_LIMIT_S) -> int:
        """Wait for a line from a position on; return the position behind it."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            for number in range(after, len(self.lines)):
                if re.search(pattern, self.lines[number]):
                    return number + 1
            if self.process.poll() is not None and not self._reader.is_alive():
                break
            time.sleep(0.02)
        raise AssertionError(f"no line {pattern!r} in:\n{self.text}")

    def await_ready(self) -> "Run":
        self.await_line("Press Ctrl-C to end")
        return self

    def status(self, path: str = "/") -> int:
        url = f"http://127.0.0.1:{self.port}{path}"
        return int(urllib3.request("GET", url, retries=False, timeout=5).status)

    def family(self) -> dict[int, str]:
        """Every living process of the run but itself, with its command line."""
        found: dict[int, str] = {}
        parents = {self.process.pid}
        while parents:
            children = {pid: name for pid, name in children_of(parents).items() if pid not in found}
            found |= children
            parents = set(children)
        return found

    def child(self, words: str) -> int:
        """The number of the first process whose command line holds the words."""
        return min(pid for pid, command in self.family().items() if words in command)

    def interrupt(self) -> float:
        """Press Ctrl-C and return how long the end took [s]."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        self._reader.join(5)
        return time.monotonic() - begun

    def outcome(self, limit_s: float = START_LIMIT_S) -> tuple[int, str]:
        """Wait for an end that comes by itself."""
        code = self.process.wait(limit_s)
        self._reader.join(5)
        return code, self.text

    def end(self) -> None:
        """Leave nothing behind, however the test went."""
        if self.process.poll() is None:
            self.interrupt()
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()


def children_of(parents: set[int]) -> dict[int, str]:
    """The living children of the processes, with their command lines."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            pid = int(entry.name)
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) in parents and not ended(pid):
                found[pid] = (entry / "cmdline").read_text().replace("\0", " ")
    return found


def await_gone(pids: dict[int, str], limit_s: float) -> float:
    """Wait until all are gone and return how long that took [s]."""
    begun = time.monotonic()
    while left := {pid: name for pid, name in pids.items() if not ended(pid)}:
        assert time.monotonic() - begun < limit_s, f"still there after {limit_s} s: {left}"
        time.sleep(0.02)
    return time.monotonic() - begun
