"""Loading the demonstration from the command line: as a job, with its progress on the screen."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.clock import seoul_date
from marketplace.db import Database, Scope
from marketplace.demo.credentials import require_sandbox
from marketplace.demo.jobs import JOB
from marketplace.demo.loading import DemoParts, load
from marketplace.encryption import Keyring
from marketplace.jobs import enqueue
from marketplace.jobs.models import JobRun, JobState
from marketplace.jobs.queries import get_run, queue_health
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.registry.sandbox import SandboxRegistry
from marketplace.settings import Settings
from marketplace.stores import store_connection
from storage.s3 import S3Store

LOOK_EVERY_S: Final = 0.3
ENDED: Final = frozenset({JobState.succeeded, JobState.parked, JobState.cancelled})
Say = Callable[[str], None]


async def enqueue_demonstration(session: AsyncSession) -> UUID:
    """Have a worker load the demonstration; while one load waits or runs there is no second."""
    return await enqueue(session, JOB, queueing_lock=JOB, lock=JOB)


async def load_and_follow(settings: Settings, say: Say) -> bool:
    """Load the demonstration and say how far it is; without a worker it is done here.

    Args:
        say: gets one line for each step

    Returns:
        Whether everything is loaded.

    Raises:
        DemonstrationRefused: the settings are those of production
        DatabaseUnavailable: the database does not answer
    """
    require_sandbox(settings)
    database = Database(settings.database_url.get_secret_value(), pool_size=3)
    try:
        async with database.transaction(Scope.system()) as session:
            worker_count = (await queue_health(session)).worker_count
            run_id = await enqueue_demonstration(session) if worker_count else None
        if run_id is not None:
            return await _follow(database, run_id, say)
        await _load_here(database, settings, say)
        return True
    finally:
        await database.dispose()


async def _follow(database: Database, run_id: UUID, say: Say) -> bool:
    said = ""
    while True:
        async with database.transaction(Scope.system()) as session:
            run = await get_run(session, run_id)
        line = _line(run)
        if line != said:
            say(line)
            said = line
        if run.state in ENDED:
            return run.state is JobState.succeeded
        await asyncio.sleep(LOOK_EVERY_S)


def _line(run: JobRun) -> str:
    if run.state in {JobState.parked, JobState.cancelled}:
        return f"{run.state.value}: {run.error_ko or ''} {run.error_en or ''}".strip()
    done, total = run.progress_done or 0, run.progress_total or 0
    text = run.progress_ko or "작업 처리기를 기다립니다. Waiting for the worker."
    return f"[{done}/{total}] {text}" if total else text


async def _load_here(database: Database, settings: Settings, say: Say) -> None:
    passwords = PasswordHashing()
    parts = DemoParts(
        settings=settings,
        store=S3Store(store_connection(settings)),
        keyring=Keyring.parse(settings.encryption_keys.get_secret_value()),
        passwords=passwords,
        registry=SandboxRegistry(lambda: seoul_date(datetime.now(UTC))),
    )

    async def report(done: int, total: int, text_ko: str, text_en: str) -> None:
        say(f"[{done}/{total}] {text_ko} ({text_en})")

    try:
        await load(database, parts, report)
    finally:
        passwords.close()
