"""SIGKILL at every step of a version's way: it becomes ready all the same, once, and nothing is left.

The tables say what a page shows after each kill; docs/uploading.md has them for people. Several
versions share a test, because the processes and the examinations take the time and can overlap.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import psycopg
import pytest

from marketplace.catalog.datasets.jobs import shelves_of
from marketplace.catalog.datasets.processing import Shelves
from marketplace.db import Database
from marketplace.members.accounts.models import User
from marketplace.members.organizations.models import Organization
from marketplace.settings import Settings
from marketplace.stores import make_buckets
from storage.s3 import COPY_PART_BYTES
from tests.factories import new_session, signed_headers
from tests.marketplace.catalog import clamd
from tests.marketplace.catalog.conftest import ClientOf
from tests.marketplace.catalog.doomed import (
    DoomedWeb,
    DoomedWorker,
    HealthyWorker,
    Started,
    children,
)
from tests.marketplace.catalog.listing import Parts
from tests.marketplace.catalog.pipeline import LONG_S, Way, a_table, closed, nothing_is_left
from tests.marketplace.catalog.sending import API, add, close, opened, send, shown, uploaded
from tests.marketplace.organizations.steps import rows
from tests.waiting import until

# Real workers and web processes that send to and read from a real store, and real children.
pytestmark = pytest.mark.slow

Owner = tuple[User, Organization]
AProcess = TypeVar("AProcess", bound=Started)
AT_ONCE: Final = 6
TASKS: Final = ("gate", "profile")
# The file, then hash, malware, examine and store, as a page shows them once the worker is dead.
WORKER_POINTS: Final = {
    "the job is taken": "uploaded",
    "commit file processing": "uploaded",
    "commit hash running": "processing: waiting waiting waiting waiting",
    "hash: a piece was read": "processing: running waiting waiting waiting",
    "commit hash done": "processing: running waiting waiting waiting",
    "commit malware running": "processing: done waiting waiting waiting",
    "commit malware done": "processing: done running waiting waiting",
    "commit examine running": "processing: done done waiting waiting",
    "examine: the gate child runs": "processing: done done running waiting",
    "examine: the profile child runs": "processing: done done running waiting",
    "commit examine done": "processing: done done running waiting",
    "commit store running": "processing: done done done waiting",
    "store: before the copy": "processing: done done done running",
    "store: after the copy": "processing: done done done running",
    "store: a piece was read": "processing: done done done running",
    "commit store done": "processing: done done done running",
    "commit file ready": "processing: done done done done",
    "the job's end is written": "ready: done done done done",
}
# The steps of the first attempt were not written yet, or the second one finds nothing to do.
STEPS_BEGUN_ONCE: Final = ("the job is taken", "commit file processing", "the job's end is written")
MALWARE_POINTS: Final = {
    "commit malware blocked": "processing: done done waiting waiting",
    "commit file blocked": "processing: done blocked waiting waiting",
}
# With the size of the file [bytes].
FINISH_POINTS: Final = {
    "finish: before joining": 1_000,
    "finish: after joining": 17 * 1024**2,  # two parts
    "finish: before the commit": 1_000,
}
ADD_POINTS: Final = ("add: before the upload is begun", "add: after the upload was begun")
REMOVE_POINT: Final = "remove: before the bytes go"


class Processes:
    """Starts processes that end with the test."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._folder = settings, folder
        self._started: list[Started] = []

    def healthy(self) -> HealthyWorker:
        return self._kept(HealthyWorker(self._settings, self._log()))

    def worker(self, point: str) -> DoomedWorker:
        return self._kept(DoomedWorker(self._settings, self._log(), point))

    def web(self, point: str) -> DoomedWeb:
        return self._kept(DoomedWeb(self._settings, self._log(), point))

    def _log(self) -> Path:
        return self._folder / f"{len(self._started)}.log"

    def _kept(self, one: AProcess) -> AProcess:
        self._started.append(one)
        return one

    def end(self) -> None:
        for one in self._started:
            one.end()


@pytest.fixture
def own_settings(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Settings of the processes: a folder of their own, and a scanner."""
    make_buckets(settings)
    with clamd.daemon() as scanner:
        given = {"data_dir": tmp_path / "data", "clamav_address": scanner.address}
        yield settings.model_copy(update=given)


@pytest.fixture
def shelves(own_settings: Settings) -> Shelves:
    return shelves_of(Parts(own_settings, own_settings.data_dir))


@pytest.fixture
def start(own_settings: Settings, tmp_path: Path, clean: None) -> Iterator[Processes]:
    processes = Processes(own_settings, tmp_path)
    yield processes
    processes.end()


async def killed(one: Started) -> None:
    with one.telling():
        await until(lambda: one.process.exitcode is not None, LONG_S)
        assert one.process.exitcode == -signal.SIGKILL


def age(admin: psycopg.Connection) -> None:
    """Let the leases of the dead be over."""
    admin.execute("update job_run set heartbeat_at = heartbeat_at - interval '1 hour'")
    admin.execute("update periodic_run set heartbeat_at = heartbeat_at - interval '1 hour'")


def jobs(admin: psycopg.Connection) -> dict[str, tuple[str, str, int]]:
    """Return file, state and attempts of each examination, by the job's id."""
    found = rows(
        admin,
        "select run.id::text, object_id, state, attempt from job_run run join audit_event"
        " on object_id in (select args ->> 'file_id' from procrastinate_jobs where id = queue_id)"
        " where action = 'dataset.file_uploaded' and name = 'catalog.process_file'",
    )
    return {run_id: (file_id, state, attempt) for run_id, file_id, state, attempt in found}


async def all_over(admin: psycopg.Connection) -> list[tuple[Any, ...]]:
    """Wait until no examination is left to do, and return how they ended."""
    of_files = "from job_run where name = 'catalog.process_file'"
    await until(
        lambda: not rows(admin, f"select 1 {of_files} and state in ('waiting', 'running')"), LONG_S
    )
    return rows(admin, f"select distinct state {of_files}")


async def test_versions_whose_worker_was_killed_become_ready(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner,
    own_settings: Settings, shelves: Shelves, start: Processes,
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    ways = [await closed(client, a_table()) for _ in WORKER_POINTS]
    by_file = {(await way.shown())[1]["id"]: way for way in ways}
    by_point: dict[str, Way] = {}
    points = list(WORKER_POINTS)
    for first in range(0, len(points), AT_ONCE):
        batch = {point: start.worker(point) for point in points[first : first + AT_ONCE]}
        for point, worker in batch.items():
            await killed(worker)
            run_id = worker.run_id()
            if run_id is not None:
                by_point[point] = by_file.pop(jobs(admin)[run_id][0])
    (by_point["the job is taken"],) = by_file.values()
    left = {point: await by_point[point].steps() for point in points}
    await until(lambda: not any(children(task, shelves.folder) for task in TASKS), LONG_S)
    age(admin)
    start.healthy()

    assert left == WORKER_POINTS
    for point, way in by_point.items():
        await way.check(admin, shelves, attempt=1 if point in STEPS_BEGUN_ONCE else 2)
    assert await all_over(admin) == [("succeeded",)]
    once = "select count(*) from job_run where name = 'catalog.process_file' and attempt < 2"
    assert rows(admin, once) <= [(1,)], "all but the one that was not taken were taken again"
    assert await nothing_is_left(database, admin, own_settings, shelves, ways) == 0


async def test_a_file_with_malware_is_blocked_once_whenever_its_worker_was_killed(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner,
    own_settings: Settings, shelves: Shelves, start: Processes,
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    ways = [await closed(client, a_table() + clamd.EICAR) for _ in MALWARE_POINTS]
    for worker in [start.worker(point) for point in MALWARE_POINTS]:
        await killed(worker)
    left = sorted([await way.steps() for way in ways])
    age(admin)
    start.healthy()

    assert left == sorted(MALWARE_POINTS.values())
    assert await all_over(admin) == [("succeeded",)]
    for way in ways:
        assert await way.steps() == "blocked: done blocked waiting waiting"
        assert (await way.shown())[0]["state"] == "blocked"
        assert shelves.store.list_objects(shelves.published, prefix=way.key.value) == []
    for counted in (
        "audit_event where action = 'dataset.malware_found'",
        "notice where kind = 'dataset.blocked'",
    ):
        assert rows(admin, f"select count(*) from {counted}") == [(len(ways),)], counted
    assert await nothing_is_left(database, admin, own_settings, shelves, ways) == 0


async def test_a_version_whose_worker_was_killed_in_a_long_copy_and_then_its_children_becomes_ready(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner,
    own_settings: Settings, shelves: Shelves, start: Processes,
) -> None:  # fmt: skip
    way = await closed(await client_of(owner[0]), a_table(COPY_PART_BYTES + 1))
    await killed(start.worker("store: copied in parts, not joined"))
    left = await way.steps()
    age(admin)
    start.healthy()
    for task in TASKS:
        await kill_child(way, task, shelves.folder)

    assert left == "processing: done skipped done running"
    await way.check(admin, shelves, attempt=2)
    assert await all_over(admin) == [("succeeded",)]
    # The parts of the first copy, which nobody would have joined.
    assert await nothing_is_left(database, admin, own_settings, shelves, [way]) == 1


async def kill_child(way: Way, task: str, folder: Path) -> None:
    """Kill the child of a task, unless it was over before it was seen."""

    async def seen() -> Any:
        return children(task, folder) or (await way.shown())[1]["state"] != "processing"

    await until(seen, LONG_S)
    for child in children(task, folder):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


class Page:
    """A seller's client of a web process that dies at a point."""

    def __init__(self, web: DoomedWeb, cookie: str) -> None:
        self._web = web
        headers = signed_headers(cookie)
        self._client = httpx.AsyncClient(base_url=web.origin, headers=headers, timeout=LONG_S)

    async def dies_at(self, path: str, body: dict[str, Any] | None = None) -> None:
        async with self._client:
            await until(self._lives, LONG_S)
            with pytest.raises(httpx.TransportError):
                await self._client.post(f"{API}{path}", json=body or {})
        await killed(self._web)

    async def _lives(self) -> bool:
        assert self._web.process.is_alive(), self._web.logged()
        try:
            return (await self._client.get("/health/live")).is_success
        except httpx.TransportError:
            return False


@pytest.fixture
def page(start: Processes, database: Database, owner: Owner) -> Any:
    """Start a web process that dies at a point, and sign a seller in."""

    async def opened_at(point: str) -> Page:
        return Page(start.web(point), await new_session(database, owner[0].id))

    return opened_at


async def test_what_a_killed_web_process_left_is_gone_on_with(
    database: Database, admin: psycopg.Connection, client_of: ClientOf, owner: Owner,
    own_settings: Settings, shelves: Shelves, start: Processes, page: Any,
) -> None:  # fmt: skip
    client = await client_of(owner[0])
    pages = {point: await page(point) for point in (*FINISH_POINTS, *ADD_POINTS, REMOVE_POINT)}
    ways = [await finished(client, pages[point], size) for point, size in FINISH_POINTS.items()]
    ways += [await added(client, pages[point]) for point in ADD_POINTS]
    await removed(client, pages[REMOVE_POINT], shelves)
    start.healthy()

    for way in ways:
        await way.check(admin, shelves, attempt=1)
    # The upload that was begun and written down nowhere.
    assert await nothing_is_left(database, admin, own_settings, shelves, ways) == 1


async def finished(client: httpx.AsyncClient, page: Page, size_bytes: int) -> Way:
    """Finish a file twice, the first time in a process that dies; then close its version."""
    version, content = await opened(client), a_table(size_bytes)
    file = (await add(client, version, "a.csv", len(content))).json()
    await send(client, file, content)
    await page.dies_at(f"/files/{file['id']}/finish")
    # The page that comes back asks what is missing, sends that, and finishes.
    seen = (await client.get(f"{API}/files/{file['id']}")).json()
    assert seen["state"] == "uploading"
    assert seen["received_parts"] == list(range(1, file["part_count"] + 1))
    done = await client.post(f"{API}/files/{file['id']}/finish")
    assert done.json()["state"] == "uploaded"
    await close(client, version)
    return Way(client, version, content)


async def added(client: httpx.AsyncClient, page: Page) -> Way:
    """Name a file in a process that dies, take the half out and name it again."""
    version, content = await opened(client), a_table()
    given = {"path": "a.csv", "size_bytes": len(content)}
    await page.dies_at(f"/versions/{version['id']}/files", given)
    (half,) = (await shown(client, version))["files"]
    assert half["state"] == "waiting"
    assert (await add(client, version, "a.csv", len(content))).json()["code"] == "data_file_exists"
    assert (await client.post(f"{API}/files/{half['id']}/remove")).status_code == 200
    await uploaded(client, version, "a.csv", content)
    await close(client, version)
    return Way(client, version, content)


async def removed(client: httpx.AsyncClient, page: Page, shelves: Shelves) -> None:
    """Take a file out in a process that dies: it is out, and its bytes are left to the sweeper."""
    version = await opened(client)
    file = await uploaded(client, version, "a.csv", a_table())
    await page.dies_at(f"/files/{file['id']}/remove")
    assert (await client.get(f"{API}/files/{file['id']}")).status_code == 404
    assert len(shelves.store.list_objects(shelves.quarantine, prefix=f"uploads/{file['id']}")) == 1
