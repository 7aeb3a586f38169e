"""The guard ends what a killed supervisor left, and nothing else."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from marketplace.embedded.machine import ended, started_at_ticks
from marketplace.supervisor.guard import Guard
from tests.marketplace.supervisor.running import children_of

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
WITH_CHILD = "import subprocess; subprocess.run(['sleep', '60'])"


@contextmanager
def program(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a leader of its own group of processes, as every child of a run is."""
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def guarding(*lines: str) -> float:
    """Let a guard hear the lines and its supervisor vanish; return how long it then worked [s]."""
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "marketplace.supervisor.guard"],
        input="".join(f"{line}\n" for line in lines),
        text=True,
        check=True,
        timeout=10,
    )
    return time.monotonic() - begun


def known(process: subprocess.Popen[bytes], name: str = "web") -> str:
    return f"+ {process.pid} {started_at_ticks(process.pid)} {name}"


def test_a_child_is_ended_politely() -> None:
    with program("sleep", "60") as child:
        guarding(known(child))

        assert child.wait(5) == -signal.SIGTERM


@pytest.mark.slow  # waits out the polite limit
def test_a_stubborn_child_is_ended_for_good_within_five_seconds() -> None:
    with program(sys.executable, "-c", STUBBORN) as child:
        assert child.stdout is not None
        child.stdout.readline()

        assert guarding(known(child)) < 5
        assert child.wait(5) == -signal.SIGKILL


def test_what_a_child_started_is_ended_with_it() -> None:
    with program(sys.executable, "-c", WITH_CHILD) as child:
        deadline = time.monotonic() + 5
        grandchildren: list[int] = []
        while not grandchildren:
            assert time.monotonic() < deadline
            found = subprocess.run(
                ["/usr/bin/pgrep", "-P", str(child.pid)], check=False, capture_output=True
            )
            grandchildren = [int(pid) for pid in found.stdout.split()]

        guarding(known(child))

        child.wait(5)
        assert all(ended(pid) for pid in grandchildren)


def test_a_removed_child_is_left_alone() -> None:
    with program("sleep", "60") as child:
        guarding(known(child), f"- {child.pid}")

        assert child.poll() is None


def test_a_number_that_another_process_has_by_now_is_left_alone() -> None:
    with program("sleep", "60") as stranger:
        guarding(f"+ {stranger.pid} 1 web", f"+ {stranger.pid} None web")

        assert stranger.poll() is None


def test_unreadable_lines_do_not_keep_it_from_its_work() -> None:
    with program("sleep", "60") as child:
        guarding("", "?", "+ 1", known(child), "+ x y z")

        assert child.wait(5) == -signal.SIGTERM


def test_a_replaced_guard_knows_the_children() -> None:
    guard = Guard()
    before = children_of({os.getpid()})
    guard.watch()
    (pid,) = children_of({os.getpid()}).keys() - before
    os.kill(pid, signal.SIGKILL)
    with program("sleep", "60") as child:
        guard.add(child.pid, "web")
        deadline = time.monotonic() + 5
        while guard.running:
            assert time.monotonic() < deadline
        guard.watch()
        guard.close()

        assert child.wait(5) == -signal.SIGTERM
