"""Bad days: the database killed under requests, locks that nobody gives back, slow statements."""

import asyncio
import os
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from litestar import Litestar, get
from litestar.di import NamedDependency
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.app import Parts, create_app
from marketplace.auth import EVERYONE, Role, allow
from marketplace.db import Database, Scope
from marketplace.embedded.accounts import claim
from marketplace.embedded.postgres import EmbeddedPostgres
from marketplace.errors import DatabaseBusy
from marketplace.routes import ROUTES
from marketplace.schema import migrate
from marketplace.settings import Settings
from tests.factories import a_member, parallel_client
from tests.servers import PASSWORDS
from tests.waiting import until
from tests.web_process import WebProcess, web_process

SYSTEM = Scope.system()
RECOVERED_S = 10
WRITERS = 4


@get("/api/v1/slow", opt=allow(EVERYONE))
async def be_slow(session: NamedDependency[AsyncSession]) -> None:
    await session.execute(text("select pg_sleep(30)"))


@pytest.mark.slow  # waits for the statement timeout of five seconds
async def test_a_statement_that_takes_too_long_is_503_and_safe_to_repeat(
    settings: Settings, parts: Parts, clean: None
) -> None:
    app: Litestar = create_app(settings, parts, (*ROUTES, be_slow))
    async with parallel_client(app) as client:
        response = await client.get("/api/v1/slow")
    assert (response.status_code, response.json()["code"]) == (503, "database_busy")
    assert int(response.headers["retry-after"]) >= 1


@pytest.mark.slow  # waits for the lock timeout of two seconds
async def test_a_lock_that_is_not_given_back_is_busy(database: Database, clean: None) -> None:
    user, _ = await a_member(database, Role.buyer)
    rename = text("update user_account set name = name || '!' where id = :id")
    async with database.transaction(SYSTEM) as holder:
        await holder.execute(rename, {"id": user.id})
        with pytest.raises(DatabaseBusy):
            async with database.transaction(SYSTEM) as other:
                await other.execute(rename, {"id": user.id})
    async with database.transaction(SYSTEM) as session:
        name = await session.scalar(text("select name from user_account"))
    assert name == f"{user.name}!"


@pytest.mark.slow  # waits until the database finds the deadlock, a second
async def test_of_two_transactions_that_wait_for_each_other_one_is_busy(
    database: Database, clean: None
) -> None:
    users = [(await a_member(database, Role.buyer))[0] for _ in range(2)]
    rename = text("update user_account set name = name || '!' where id = :id")
    both_hold = asyncio.Barrier(2)

    async def both(first: int, second: int) -> str:
        try:
            async with database.transaction(SYSTEM) as session:
                await session.execute(rename, {"id": users[first].id})
                await both_hold.wait()
                await session.execute(rename, {"id": users[second].id})
        except DatabaseBusy:
            return "busy"
        return "done"

    assert sorted(await asyncio.gather(both(0, 1), both(1, 0))) == ["busy", "done"]


@pytest.fixture
def own_database() -> Iterator[EmbeddedPostgres]:
    """A server of this test alone, migrated, that keeps what it acknowledged."""
    folder = Path(tempfile.mkdtemp(prefix="marketplace-outage-"))
    folder.chmod(0o711)
    place = claim(folder / "data")
    server = EmbeddedPostgres(place.servers / "postgres", account=place.account)
    server.start()
    server.wait_ready()
    server.prepare(PASSWORDS)
    migrate(address(server, "owner"))
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def address(server: EmbeddedPostgres, role: str) -> str:
    place = f"127.0.0.1:{server.port}/marketplace"
    return f"postgresql+psycopg://marketplace_{role}:{PASSWORDS[role]}@{place}"


@pytest.fixture
async def web(
    own_database: EmbeddedPostgres, settings: Settings, tmp_path: Path
) -> AsyncIterator[WebProcess]:
    """A real server on that database."""
    given = settings.model_copy(update={"database_url": SecretStr(address(own_database, "app"))})
    with web_process(given, tmp_path, factory="tests.marketplace.things:web_app") as process:
        yield process


@dataclass
class Writer:
    """Writes one thing after the other and repeats each, with its key, until it is acknowledged."""

    origin: str
    stop: threading.Event
    acknowledged: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered_count: int = 0
    lacking_retry_after: int = 0

    def run(self) -> None:
        with httpx.Client(base_url=self.origin, timeout=30) as client:
            while not self.stop.is_set():
                name = uuid4().hex
                while not self._acknowledged(client, name):
                    time.sleep(0.05)
                self.acknowledged.append(name)

    def _acknowledged(self, client: httpx.Client, name: str) -> bool:
        try:
            response = client.post(
                "/api/v1/arrivals", json={"name": name}, headers={"Idempotency-Key": name}
            )
        except httpx.TransportError:
            self.unanswered_count += 1
            return False
        self.statuses[response.status_code] += 1
        if response.status_code == 503 and "retry-after" not in response.headers:
            self.lacking_retry_after += 1
        return response.status_code == 201


@pytest.mark.slow  # a database and a server of its own, killed and started under requests
async def test_the_database_killed_under_requests_loses_nothing_acknowledged(
    own_database: EmbeddedPostgres, web: WebProcess
) -> None:
    stop = threading.Event()
    writers = [Writer(web.origin, stop) for _ in range(WRITERS)]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    back_after_s = []
    try:
        for _ in range(2):
            await until(lambda: all(len(w.acknowledged) > 5 for w in writers), 120)
            assert own_database.pid is not None
            os.kill(own_database.pid, signal.SIGKILL)
            await until(lambda: own_database.pid is None)
            await until(lambda: sum(w.statuses[503] for w in writers) > WRITERS, 60)
            async with httpx.AsyncClient(base_url=web.origin, timeout=30) as probe:
                assert (await probe.get("/health/live")).status_code == 200
                assert (await probe.get("/health/ready")).status_code == 503
            own_database.start()
            own_database.wait_ready()
            back_after_s.append(await answering_again_after_s(writers))
    finally:
        stop.set()
        for thread in threads:
            await asyncio.to_thread(thread.join)

    with psycopg.connect(own_database.dsn("marketplace")) as connection:
        rows = connection.execute("select object_id from audit_event").fetchall()
    names = [name for writer in writers for name in writer.acknowledged]
    assert Counter(name for (name,) in rows) == Counter(names)  # each one, and each once
    assert set().union(*(w.statuses for w in writers)) <= {201, 503, 409}
    assert sum(w.lacking_retry_after for w in writers) == 0
    assert sum(w.unanswered_count for w in writers) == 0, "every request got an answer"
    assert max(back_after_s) <= RECOVERED_S


async def answering_again_after_s(writers: list[Writer]) -> float:
    """Return how long after the database is back every writer has something acknowledged."""
    begun_at = time.monotonic()
    before = [len(writer.acknowledged) for writer in writers]
    await until(
        lambda: all(len(w.acknowledged) > n for w, n in zip(writers, before, strict=True)), 60
    )
    return time.monotonic() - begun_at
