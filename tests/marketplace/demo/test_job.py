"""The demonstration as a job: a worker loads it, the command line follows."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from marketplace.db import Database
from marketplace.demo.cast import PEOPLE
from marketplace.demo.following import load_and_follow
from marketplace.jobs.declaring import declared_jobs
from marketplace.jobs.running import JobWorker, Timing
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from marketplace.worker import parts_of

QUICK = Timing(heartbeat_s=0.1, lease_s=0.6)


@pytest.mark.slow  # a worker begins, thirteen passwords are hashed, seven files are stored
async def test_a_worker_loads_it_and_the_command_follows_its_progress(
    settings: Settings,
    tmp_path: Path,
    database: Database,
    clean: None,
    admin: psycopg.Connection,
) -> None:
    sandbox = settings.model_copy(update={"data_dir": tmp_path})
    make_buckets(sandbox)
    worker = JobWorker(
        database=database,
        control=database,
        parts=parts_of(sandbox, database),
        jobs=declared_jobs(),
        periodics=[],
        concurrency=2,
        timing=QUICK,
    )
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    lines: list[str] = []
    try:
        await _until_alive(admin)
        loaded = await load_and_follow(sandbox, lines.append)
        again = await load_and_follow(sandbox, lines.append)
    finally:
        stop.set()
        await running

    assert (loaded, again) == (True, True)
    assert "[28/28] 시연 자료를 모두 넣었습니다." in lines
    assert admin.execute("select count(*) from user_account").fetchone() == (len(PEOPLE),)
    assert admin.execute(
        "select name, state, attempt from job_run where name = 'demo.load'"
    ).fetchall() == [
        ("demo.load", "succeeded", 1),
        ("demo.load", "succeeded", 1),
    ]


async def _until_alive(admin: psycopg.Connection) -> None:
    for _ in range(200):
        if admin.execute("select 1 from job_worker").fetchone() is not None:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("no worker came alive")
