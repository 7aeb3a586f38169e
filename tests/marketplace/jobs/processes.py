"""Real worker processes: the command line's ``worker``, which knows the sample jobs as well."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from marketplace.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
# The same as `python -m marketplace worker`, after the sample jobs have been declared.
PROGRAM = (
    "import sys; import tests.marketplace.jobs.samples; from marketplace.cli import main;"
    " sys.argv = ['marketplace', 'worker']; main()"
)


class WorkerProcess:
    """One worker process.

    Args:
        log: file that gets what it writes
        given: settings that differ from ``settings``
    """

    def __init__(self, settings: Settings, log: Path, **given: object) -> None:
        self.log = log
        self._file = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env=os.environ | environment(settings, given),
            stdout=self._file,
            stderr=subprocess.STDOUT,
        )

    @property
    def pid(self) -> int:
        """The process."""
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def end(self) -> None:
        """Kill it if it lives, and collect it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        self._file.close()


def environment(settings: Settings, given: Mapping[str, object]) -> dict[str, str]:
    """Return the settings of a process as its environment; heartbeats are quick unless given."""
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
    values |= {"worker_heartbeat_s": 0.3, "worker_lease_s": 1.5, **given}
    return {
        f"MARKETPLACE_{name.upper()}": (
            value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        )
        for name, value in values.items()
    }
