"""The database is killed under a running worker: it listens again and picks jobs up as before."""

import os
import shutil
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from marketplace.db import Database, Scope
from marketplace.embedded.accounts import claim
from marketplace.embedded.postgres import EmbeddedPostgres
from marketplace.jobs import enqueue
from marketplace.schema import migrate
from marketplace.settings import Settings
from tests.marketplace.jobs.processes import ForkedWorker
from tests.servers import PASSWORDS
from tests.waiting import until

# A server and a worker of its own, killed and started again.
pytestmark = pytest.mark.slow

JOBS_AFTER = 20
# Half of them: a poller that nobody wakes would take a second and more for each.
PICKED_UP_S = 0.9
LISTENING_S = 10.0


@pytest.fixture
def own_database() -> Iterator[EmbeddedPostgres]:
    """A server of this test alone, migrated."""
    folder = Path(tempfile.mkdtemp(prefix="marketplace-restart-"))
    folder.chmod(0o711)
    place = claim(folder / "data")
    # As in production: what was acknowledged just before the kill must be there afterwards.
    server = EmbeddedPostgres(place.servers / "postgres", account=place.account)
    server.start()
    server.wait_ready()
    server.prepare(PASSWORDS)
    migrate(address(server, "owner"))
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def address(server: EmbeddedPostgres, role: str) -> str:
    return (
        f"postgresql+psycopg://marketplace_{role}:{PASSWORDS[role]}"
        f"@127.0.0.1:{server.port}/marketplace"
    )


def ask(server: EmbeddedPostgres, question: str) -> list[Any]:
    with psycopg.connect(server.dsn("marketplace"), autocommit=True) as connection:
        return connection.execute(question).fetchall()


LISTENERS = "select pid from pg_stat_activity where application_name like 'marketplace-listener%'"
RUN = "select state from job_run"
ATTEMPTS = "select attempt from job_run where name = 'sample.note'"


async def picked_up_after_s(server: EmbeddedPostgres, database: Database) -> float:
    async with database.transaction(Scope.anonymous()) as session:
        run_id = await enqueue(session, "sample.note")
    begun_at = time.monotonic()
    await until(lambda: ask(server, f"{RUN} where id = '{run_id}'") == [("succeeded",)])
    return time.monotonic() - begun_at


async def kill_and_start(server: EmbeddedPostgres) -> None:
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    await until(lambda: server.pid is None)
    server.start()
    server.wait_ready()


async def test_listening_and_quick_pick_up_come_back_after_the_database_was_killed(
    own_database: EmbeddedPostgres, settings: Settings, tmp_path: Path
) -> None:
    server, url = own_database, address(own_database, "app")
    given = settings.model_copy(update={"database_url": SecretStr(url)})
    worker = ForkedWorker(given, tmp_path / "worker.log")
    database = Database(url, pool_size=2)
    try:
        before = await until(lambda: ask(server, LISTENERS))
        await picked_up_after_s(server, database)
        async with database.transaction(Scope.anonymous()) as session:
            interrupted = await enqueue(session, "sample.long", seconds=1)
        await until(lambda: ask(server, f"{RUN} where id = '{interrupted}'") != [("waiting",)])
        await kill_and_start(server)
        recovered_at = time.monotonic()
        await database.dispose()
        after = await until(lambda: ask(server, LISTENERS))
        listening_after_s = time.monotonic() - recovered_at
        waits_s = [await picked_up_after_s(server, database) for _ in range(JOBS_AFTER)]
        attempts = {count for (count,) in ask(server, ATTEMPTS)}
        await until(lambda: ask(server, f"{RUN} where id = '{interrupted}'") == [("succeeded",)])
    finally:
        worker.end()
        await database.dispose()

    assert after != before
    assert listening_after_s < LISTENING_S, "a worker comes back without being restarted"
    assert statistics.median(waits_s) < PICKED_UP_S, "new jobs wake the worker again"
    assert attempts == {1}, "no job fails because of a connection that died with the database"
