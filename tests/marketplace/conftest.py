"""A worker inside the test's process, ended with the test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from marketplace.db import Database
from marketplace.jobs.declaring import declared_jobs
from marketplace.jobs.running import JobWorker, Timing
from tests.marketplace.jobs import samples  # noqa: F401 - declares the jobs

# A long lease: on a busy machine nothing that lives may be taken for dead.
QUICK = Timing(heartbeat_s=0.3, lease_s=30.0)

Worker = Callable[..., Any]


@pytest.fixture
def worker(database: Database, clean: None) -> Worker:
    """Start a worker for the length of a block: ``async with worker(): ...``."""

    @asynccontextmanager
    async def started(**given: Any) -> AsyncIterator[JobWorker]:
        facts: dict[str, Any] = {
            "database": database,
            "control": database,
            "parts": None,
            "jobs": declared_jobs(),
            "periodics": [],
            "concurrency": 3,
            "timing": QUICK,
        }
        one = JobWorker(**{**facts, **given})
        stop = asyncio.Event()
        task = asyncio.create_task(one.run(stop))
        try:
            yield one
        finally:
            stop.set()
            await task

    return started
