"""Real worker processes that know the sample jobs: by the command line, or forked for speed.

A worker imports for two seconds of processor time; the forked ones come from one server process that
has done so once.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from marketplace.settings import Settings
from marketplace.worker import run_worker

ROOT = Path(__file__).resolve().parents[3]
# The same as `python -m marketplace worker`, after the sample jobs have been declared.
PROGRAM = (
    "import sys; import tests.marketplace.jobs.samples; from marketplace.cli import main;"
    " sys.argv = ['marketplace', 'worker']; main()"
)
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["marketplace.worker", "tests.marketplace.jobs.samples"])
QUICK = {"worker_heartbeat_s": 0.3, "worker_lease_s": 1.5}


class CommandLineWorker:
    """A worker as an operator starts it.

    Args:
        log: file that gets what it writes
    """

    def __init__(self, settings: Settings, log: Path) -> None:
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM],
                cwd=ROOT,
                env=os.environ | environment(settings, QUICK),
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def end(self) -> None:
        """Kill it if it lives, and collect it."""
        self.process.kill()
        self.process.wait()


class ForkedWorker:
    """The same as a process of its own, forked from one that has imported everything."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.log = log
        given = settings.model_copy(update=QUICK)
        self.process = FORKING.Process(target=_work, args=(given, log))
        self.process.start()

    @property
    def pid(self) -> int:
        """The process."""
        assert self.process.pid is not None
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def end(self) -> None:
        """Kill it if it lives, and collect it."""
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.process.close()


def _work(settings: Settings, log: Path) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.exit(run_worker(settings))


def environment(settings: Settings, given: Mapping[str, object]) -> dict[str, str]:
    """Return the settings of a process as its environment."""
    values: dict[str, object] = {
        name: getattr(settings, name)
        for name in (
            "public_url",
            "database_url",
            "s3_endpoint",
            "s3_access_key",
            "s3_secret_key",
            "session_key",
            "encryption_keys",
        )
    }
    return {
        f"MARKETPLACE_{name.upper()}": (
            value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        )
        for name, value in (values | dict(given)).items()
    }
