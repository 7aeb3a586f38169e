"""A command of ours as a part of the run: started, its lines passed on, ended with its children."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Final

from marketplace.supervisor.console import Console

LINE_LIMIT_BYTES: Final = 65_536
STOP_LIMIT_S: Final = 3.0
"""With what the servers then get, an end takes less than 10 s at worst."""


class Command:
    """One process of ``python -m marketplace``.

    Args:
        name: what stands before its lines
        arguments: of the command line
        environment: its settings, beside the environment of this process
        console: where its lines go
        answers: whether it is ready now; without it a living process counts as ready
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        console: Console,
        answers: Callable[[], bool] = lambda: True,
    ) -> None:
        self.name = name
        self._arguments = arguments
        self._environment = environment
        self._console = console
        self._answers = answers
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The running process, None when it ended or was never started."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start the process; returns before it is ready."""
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "marketplace", *self._arguments],
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self._environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends it in order
        )
        assert self._process.stdout is not None, "it was asked for"
        pump = threading.Thread(target=self._pass_on, args=(self._process.stdout,), daemon=True)
        pump.start()

    def ready(self) -> bool:
        """Whether it can do its work now."""
        return self.pid is not None and self._answers()

    def stop(self) -> None:
        """End the process, after the limit for good, and whatever it had started."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_LIMIT_S)
        self.kill()
        self._process.wait()

    def kill(self) -> None:
        """End the whole group of processes at once."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _pass_on(self, lines: IO[bytes]) -> None:
        with lines:
            while line := lines.readline(LINE_LIMIT_BYTES):
                self._console.say(self.name, line.decode(errors="replace"))
