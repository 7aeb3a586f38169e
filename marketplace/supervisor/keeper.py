"""Keeps one part of the run alive: passes its log on and starts it again when it died."""

import re
import threading
import time
from pathlib import Path
from typing import Final, Protocol

from marketplace.errors import MarketplaceError
from marketplace.supervisor.console import Console
from marketplace.supervisor.guard import Guard

LOOK_S: Final = 0.1
DELAYS_S: Final = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Before the first, second ... restart in a row; the last one is repeated."""
STEADY_S: Final = 60.0
"""A part that lived this long begins again with the first delay."""


WORTH_SAYING: Final = {
    "postgres": re.compile(
        r"(?:WARNING|ERROR|FATAL|PANIC):(?!  the database system is (?:starting|shutting|not yet))"
        r"|LOG:.*(?:interrupted|properly|redo |terminated by|process exited)"
    ),
    "s3": re.compile(r"[EF]\d{4} "),
}
"""Of the servers' own logs only this; all of it stands in their files."""


class Part(Protocol):
    """What can be kept alive: a server or a command of ours."""

    @property
    def pid(self) -> int | None:
        """The running process, None when it ended."""

    def start(self) -> None:
        """Start it, also again; returns before it is ready."""

    def ready(self) -> bool:
        """Whether it can do its work now."""

    def stop(self) -> None:
        """End it; what does not run counts as ended."""


class Keeper:
    """One part, its log and its restarts, in a thread of its own.

    Args:
        name: what stands before its lines
        part: the part, not started yet
        console: where it speaks
        guard: hears of each of its processes
        log: file that the part writes anew at each start; None where it passes lines on itself
    """

    def __init__(
        self, name: str, part: Part, console: Console, guard: Guard, log: Path | None = None
    ) -> None:
        self.name = name
        self.part = part
        self.deaths = 0
        self._console = console
        self._guard = guard
        self._log = log
        self._read_bytes = 0
        self._started_at_s = 0.0
        self._known_pid: int | None = None
        self._kept = False
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name=f"keep {name}", daemon=True)

    def start(self) -> None:
        """Start the part and pass its log on.

        Raises:
            MarketplaceError: it cannot be started
        """
        self._launch()
        self._thread.start()

    def keep(self) -> None:
        """From now on start it again when it dies."""
        self._kept = True

    def let_go(self) -> None:
        """Stop looking after it; it goes on running."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def stop(self) -> None:
        """End the part and say its last lines."""
        self.let_go()
        self.part.stop()
        self._forget()
        self._pass_log_on()

    def _launch(self) -> None:
        self.part.start()
        self._read_bytes = 0
        self._started_at_s = time.monotonic()
        self._known_pid = self.part.pid
        if self._known_pid is not None:
            self._guard.add(self._known_pid, self.name)

    def _look_after(self) -> None:
        while not self._ending.wait(LOOK_S):
            self._pass_log_on()
            if self._kept and self.part.pid is None:
                self._revive()

    def _revive(self) -> None:
        lived_s = time.monotonic() - self._started_at_s
        self._forget()
        if lived_s > STEADY_S:
            self.deaths = 0
        delay_s = DELAYS_S[min(self.deaths, len(DELAYS_S) - 1)]
        self.deaths += 1
        self._console.say(
            "run",
            f"{self.name}이(가) 끝나 {delay_s:g}초 뒤 다시 시작합니다."
            f" {self.name} ended after {lived_s:.0f} s and starts again in {delay_s:g} s.",
        )
        if self._ending.wait(delay_s):
            return
        try:
            self._launch()
        except (MarketplaceError, OSError) as error:
            self._started_at_s = time.monotonic()
            self._console.say("run", f"{self.name}: {error}")
            return
        self._await_ready()

    def _await_ready(self) -> None:
        while not self._ending.wait(LOOK_S) and self.part.pid is not None:
            self._pass_log_on()
            if self.part.ready():
                took_s = time.monotonic() - self._started_at_s
                self._console.say(
                    "run",
                    f"{self.name}이(가) 다시 답합니다. {self.name} answers again after {took_s:.1f} s.",
                )
                return

    def _forget(self) -> None:
        if self._known_pid is not None:
            self._guard.remove(self._known_pid)
            self._known_pid = None

    def _pass_log_on(self) -> None:
        """Say the lines that the log has grown by; an unfinished one waits."""
        if self._log is None:
            return
        try:
            with self._log.open("rb") as file:
                file.seek(self._read_bytes)
                grown = file.read()
        except OSError:
            return
        whole = grown[: grown.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        worth_saying = WORTH_SAYING[self.name]
        for line in filter(worth_saying.match, whole.decode(errors="replace").splitlines()):
            self._console.say(self.name, line)
