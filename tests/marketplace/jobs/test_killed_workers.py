"""Workers that die, freeze or are told to end: no job is lost, none is written twice."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from marketplace.db import Database
from marketplace.settings import Settings
from tests.marketplace.jobs.processes import CommandLineWorker, ForkedWorker
from tests.marketplace.jobs.test_running import ended, put, run_of, traces
from tests.waiting import until

# Every test starts worker processes and waits until the lease of a dead one ends.
pytestmark = pytest.mark.slow

# Promised are 60 s with a lease of 10 s; here it is 1.5 s.
AGAIN_S = 15
PARKED_S = 30
ENDED_S = 5

Start = Callable[[], ForkedWorker]


@pytest.fixture
def start(settings: Settings, tmp_path: Path, clean: None) -> Iterator[Start]:
    """Start worker processes that end with the test."""
    started: list[ForkedWorker] = []

    def one() -> ForkedWorker:
        started.append(ForkedWorker(settings, tmp_path / f"{len(started)}.log"))
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


def alive(admin: psycopg.Connection, count: int) -> bool:
    row = admin.execute("select count(*) from job_worker where listening").fetchone()
    assert row is not None
    return bool(row[0] == count)


async def test_a_killed_workers_job_runs_again_elsewhere(
    database: Database, admin: psycopg.Connection, start: Start
) -> None:
    processes = {one.pid: one for one in (start(), start())}
    await until(lambda: alive(admin, 2))
    run_id = await put(database, "sample.long", seconds=1)
    (first,) = await until(lambda: pids(admin, "begun"))
    (second,) = processes.keys() - {first}
    processes[first].signal(signal.SIGKILL)
    killed_at = time.monotonic()
    run = await until(lambda: ended(admin, run_id))

    assert (run["state"], run["attempt"]) == ("succeeded", 2)
    assert pids(admin, "begun") == [first, second]
    assert pids(admin, "ended") == [second]
    assert time.monotonic() - killed_at < AGAIN_S


async def test_a_job_that_kills_its_worker_is_parked_after_three_attempts_while_others_flow(
    database: Database, admin: psycopg.Connection, start: Start
) -> None:
    workers = [start() for _ in range(4)]
    await until(lambda: alive(admin, 4))
    begun_at = time.monotonic()
    deadly = await put(database, "sample.killer")
    harmless = [await put(database, "sample.note") for _ in range(10)]
    run = await until(lambda: ended(admin, deadly))
    harmless += [await put(database, "sample.note")]
    await until(lambda: all(ended(admin, run_id) for run_id in harmless))

    assert (run["state"], run["parked_reason"]) == ("parked", "failed_infrastructure")
    assert (run["attempt"], run["error_code"]) == (3, "job_worker_lost")
    assert len(set(pids(admin, "begun"))) == 3
    assert [one.process.exitcode for one in workers].count(-signal.SIGKILL) == 3
    assert time.monotonic() - begun_at < PARKED_S


async def test_a_frozen_workers_late_write_is_refused(
    database: Database, admin: psycopg.Connection, start: Start, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    processes = {one.pid: one for one in (start(), start())}
    await until(lambda: alive(admin, 2))
    run_id = await put(database, "sample.zombie", file=str(gate))
    (first,) = await until(lambda: pids(admin, "begun"))
    (second,) = processes.keys() - {first}
    processes[first].signal(signal.SIGSTOP)
    await until(lambda: pids(admin, "begun") == [first, second])
    gate.touch()
    await until(lambda: ended(admin, run_id))
    processes[first].signal(signal.SIGCONT)
    await until(lambda: "was taken over" in processes[first].log.read_text())

    assert pids(admin, "written") == [second]
    assert (run_of(admin, run_id)["state"], run_of(admin, run_id)["attempt"]) == ("succeeded", 2)


async def test_a_worker_told_to_end_does_so_in_five_seconds_and_loses_nothing(
    database: Database, admin: psycopg.Connection, settings: Settings, tmp_path: Path, clean: None
) -> None:
    run_id = await put(database, "sample.long", seconds=60)
    worker = CommandLineWorker(settings, tmp_path / "worker.log")
    try:
        await until(lambda: "begun" in traces(admin))
        worker.process.send_signal(signal.SIGTERM)
        begun_at = time.monotonic()
        code = worker.process.wait(30)
        took_s = time.monotonic() - begun_at
    finally:
        worker.end()

    assert took_s < ENDED_S
    assert code == 0
    run = run_of(admin, run_id)
    assert (run["state"], run["attempt"]) == ("waiting", 0)
    assert admin.execute("select 1 from job_worker").fetchall() == []
