"""Workers that die, freeze or are told to end: no job is lost, none is written twice."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from marketplace.db import Database
from marketplace.settings import Settings
from tests.marketplace.jobs.processes import WorkerProcess
from tests.marketplace.jobs.test_running import ended, put, run_of, traces
from tests.waiting import until

# Every test starts worker processes, which import for two seconds each.
pytestmark = pytest.mark.slow

Start = Callable[..., WorkerProcess]


@pytest.fixture
def start(settings: Settings, tmp_path: Path, clean: None) -> Iterator[Start]:
    """Start worker processes that end with the test."""
    started: list[WorkerProcess] = []

    def one(**given: Any) -> WorkerProcess:
        started.append(WorkerProcess(settings, tmp_path / f"{len(started)}.log", **given))
        return started[-1]

    yield one
    for process in started:
        process.end()


def pids(admin: psycopg.Connection, action: str) -> list[int]:
    rows = admin.execute(
        "select (facts->>'process_id')::int from audit_event where action = %s order by id",
        (action,),
    )
    return [pid for (pid,) in rows]


async def test_a_killed_workers_job_runs_again_elsewhere(
    database: Database, admin: psycopg.Connection, start: Start
) -> None:
    run_id = await put(database, "sample.long", seconds=3)
    first = start()
    await until(lambda: pids(admin, "begun") == [first.pid])
    second = start()
    first.signal(signal.SIGKILL)
    killed_at = time.monotonic()
    run = await until(lambda: ended(admin, run_id))

    assert (run["state"], run["attempt"]) == ("succeeded", 2)
    assert pids(admin, "begun") == [first.pid, second.pid]
    assert pids(admin, "ended") == [second.pid]
    assert time.monotonic() - killed_at < 15


async def test_a_job_that_kills_its_worker_is_parked_after_three_attempts_while_others_flow(
    database: Database, admin: psycopg.Connection, start: Start
) -> None:
    deadly = await put(database, "sample.killer")
    harmless = [await put(database, "sample.note") for _ in range(5)]
    worker = start()

    def look() -> Any:
        nonlocal worker
        if worker.process.poll() is not None:
            worker = start()  # as the supervisor does
        return ended(admin, deadly)

    begun_at = time.monotonic()
    run = await until(look, limit_s=60)
    await until(lambda: all(ended(admin, run_id) for run_id in harmless))

    assert (run["state"], run["parked_reason"]) == ("parked", "failed_infrastructure")
    assert (run["attempt"], run["error_code"]) == (3, "job_worker_lost")
    assert len(pids(admin, "begun")) == 3
    assert len(set(pids(admin, "noted"))) >= 1
    assert time.monotonic() - begun_at < 60


async def test_a_frozen_workers_late_write_is_refused(
    database: Database, admin: psycopg.Connection, start: Start, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    run_id = await put(database, "sample.zombie", file=str(gate))
    first = start()
    await until(lambda: pids(admin, "begun") == [first.pid])
    first.signal(signal.SIGSTOP)
    second = start()
    await until(lambda: pids(admin, "begun") == [first.pid, second.pid])
    gate.touch()
    await until(lambda: ended(admin, run_id))
    first.signal(signal.SIGCONT)
    await until(lambda: "was taken over" in first.log.read_text())

    assert pids(admin, "written") == [second.pid]
    assert (run_of(admin, run_id)["state"], run_of(admin, run_id)["attempt"]) == ("succeeded", 2)


async def test_a_worker_told_to_end_does_so_in_five_seconds_and_loses_nothing(
    database: Database, admin: psycopg.Connection, start: Start
) -> None:
    run_id = await put(database, "sample.long", seconds=60)
    first = start()
    await until(lambda: "begun" in traces(admin))
    first.signal(signal.SIGTERM)
    begun_at = time.monotonic()
    code = first.process.wait(10)

    assert time.monotonic() - begun_at < 5
    assert code == 0
    run = run_of(admin, run_id)
    assert (run["state"], run["attempt"]) == ("waiting", 0)
    assert admin.execute("select 1 from job_worker").fetchall() == []
