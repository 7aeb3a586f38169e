"""Real processes that kill themselves with SIGKILL at one named point of a version's way.

Nothing of this is in the product: the store is a part that is passed in, and SQLAlchemy tells listeners
before it commits. Both are used by the processes that begin here, and by no other.
"""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import uvicorn
from msgspec import Struct
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from typing_extensions import override

from marketplace.app import create_app
from marketplace.app import parts_of as web_parts_of
from marketplace.catalog.datasets.models import DataFile, FileStep
from marketplace.logs import configure
from marketplace.settings import Settings
from marketplace.stores import store_connection
from marketplace.tables import import_models
from marketplace.worker import database_of, parts_of, run_worker, work
from quality.children import Children
from quality.orders import Bounds
from quality.sandbox import Answer, Child, never
from quality.sources import OpenFile
from storage.objects import Bucket, Connection, ObjectFacts, ObjectKey, Part, Upload
from storage.s3 import S3Store
from tests.marketplace.jobs.processes import FORKING
from tests.web_process import free_port

FORKING.set_forkserver_preload(
    ["marketplace.worker", "tests.marketplace.jobs.samples", "tests.marketplace.catalog.doomed"]
)
# Nothing that lives may be taken for dead, on the busiest machine; the tests age what is dead.
PATIENT: Final = {"worker_heartbeat_s": 0.3, "worker_lease_s": 600.0}
# Of the loop around the job: how the statement begins before which it dies.
STATEMENTS: Final = {
    "the job is taken": "update job_run set state = 'running'",
    "the job's end is written": "update job_run set state = %",
}
# What a child has open without a file.
STREAMS: Final = 3
CHILDREN: Final = {
    "examine: the gate child runs": "gate",
    "examine: the profile child runs": "profile",
}


class DoomedStore(S3Store):
    """The real store, in a process that dies when it comes to a point."""

    def __init__(self, connection: Connection, point: str) -> None:
        super().__init__(connection)
        self._point = point
        self.completed = False

    @override
    def read(
        self,
        bucket: Bucket,
        key: ObjectKey,
        *,
        first_byte: int = 0,
        length_bytes: int | None = None,
    ) -> Iterator[bytes]:
        of = "hash" if key.value.startswith("uploads/") else "store"
        for chunk in super().read(bucket, key, first_byte=first_byte, length_bytes=length_bytes):
            yield chunk
            self._at(f"{of}: a piece was read")

    @override
    def copy(self, *given: Any, **more: Any) -> ObjectFacts:
        self._at("store: before the copy")
        facts = super().copy(*given, **more)
        self._at("store: after the copy")
        return facts

    @override
    def begin(self, *given: Any, **more: Any) -> Upload:
        self._at("add: before the upload is begun")
        upload = super().begin(*given, **more)
        self._at("add: after the upload was begun")
        return upload

    @override
    def complete(
        self, upload: Upload, parts: Sequence[Part], *, only_new: bool = False
    ) -> ObjectFacts:
        copying = upload.key.value.startswith("sha256/")
        self._at("store: copied in parts, not joined" if copying else "finish: before joining")
        facts = super().complete(upload, parts, only_new=only_new)
        self.completed = True
        self._at("finish: after joining")
        return facts

    @override
    def delete(self, *given: Any, **more: Any) -> None:
        self._at("remove: before the bytes go")
        super().delete(*given, **more)

    def _at(self, point: str) -> None:
        if point == self._point:
            die()


class DoomedChildren(Children):
    """The real children, in a process that dies as soon as one of a task has its file."""

    def __init__(self, task: str | None) -> None:
        super().__init__()
        self._task = task

    @override
    def run(
        self,
        task: str,
        request: Struct,
        file: OpenFile,
        bounds: Bounds,
        *,
        stopped: Callable[[], bool] = never,
    ) -> Answer:
        if task != self._task:
            return super().run(task, request, file, bounds, stopped=stopped)
        with Child(task) as child:
            while child.waits and child.pid is None:
                time.sleep(0.01)
            threading.Thread(target=child.serve, args=(request, file, bounds)).start()
            while not has_a_file(child.pid):
                time.sleep(0.001)
            die()
        raise AssertionError("it is dead")


def has_a_file(process: int | None) -> bool:
    """Whether a child was given a file, or is over already."""
    try:
        count = len(list(Path(f"/proc/{process}/fd").iterdir()))
    except OSError:
        count = 0
    return count == 0 or count > STREAMS


def die() -> None:
    """Kill this process so that nothing of it runs any more."""
    os.kill(os.getpid(), signal.SIGKILL)


class Started:
    """A process forked from one that has imported everything.

    Args:
        log: gets what the process writes
    """

    def __init__(self, target: Callable[..., None], log: Path, *given: Any) -> None:
        self._log = log
        self.process: BaseProcess = FORKING.Process(target=_begin, args=(target, log, *given))
        self.process.start()

    def logged(self) -> str:
        """Return what the process has written so far."""
        return self._log.read_text(encoding="utf-8")

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Show what the process has written when the block fails."""
        try:
            yield
        except (AssertionError, TimeoutError) as error:
            raise AssertionError(self.logged()) from error

    def end(self) -> None:
        """Kill it if it lives, and collect it."""
        if self.process.is_alive():
            self.process.kill()
        self.process.join()


def _begin(target: Callable[..., None], log: Path, *given: Any) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    target(*given)


class HealthyWorker(Started):
    """A worker that lives on."""

    def __init__(self, settings: Settings, log: Path) -> None:
        given = settings.model_copy(update={**PATIENT, "worker_concurrency": 2})
        super().__init__(_work, log, given)


def _work(settings: Settings) -> None:
    sys.exit(run_worker(settings))


class DoomedWorker(Started):
    """A worker that takes one job and dies at a point of it.

    The point "commit hash done" is just before that state of the step is committed, "commit file ready" before
    the file's last one.
    """

    def __init__(self, settings: Settings, log: Path, point: str) -> None:
        self._run = log.with_suffix(".run")
        # One job after the other, so that the first one is the file's.
        given = settings.model_copy(update={**PATIENT, "worker_concurrency": 1})
        super().__init__(_work_until, log, given, point, self._run)

    def run_id(self) -> str | None:
        """Return which job it had, if it came so far as to begin it."""
        return self._run.read_text() if self._run.exists() else None


def _work_until(settings: Settings, point: str, run: Path) -> None:
    configure("text", process="worker")
    import_models()
    event.listen(Session, "after_flush", _after_flush)
    event.listen(Session, "before_commit", partial(_before_commit, point, run))
    if point in STATEMENTS:
        event.listen(Engine, "before_cursor_execute", _before_statement(STATEMENTS[point]))
    store = DoomedStore(store_connection(settings), point)
    database = database_of(settings)
    parts = replace(
        parts_of(settings, database), store=store, children=DoomedChildren(CHILDREN.get(point))
    )

    async def main() -> None:
        await work(settings, database, parts, asyncio.Event())

    asyncio.run(main())


def _after_flush(session: Session, _context: Any) -> None:
    """Note what the transaction is about."""
    for one in session.dirty:
        if isinstance(one, FileStep):
            session.info["about"] = f"{one.name} {one.state}"
        elif isinstance(one, DataFile):
            session.info["about"] = f"file {one.state}"


def _before_commit(point: str, run: Path, session: Session) -> None:
    about, request = session.info.get("about"), session.info.get("request")
    if about is not None and request is not None and request.request_id.startswith("job-"):
        run.write_text(request.request_id.removeprefix("job-"))
        if point == f"commit {about}":
            die()


def _before_statement(begins: str) -> Callable[..., None]:
    def listen(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(begins):
            die()

    return listen


def children(task: str, folder: Path) -> set[int]:
    """Return the sandboxed children that do a task on a file of a folder.

    Args:
        task: ``gate`` or ``profile``
    """
    found = set()
    for place in Path("/proc").iterdir():
        with suppress(OSError):
            line = (place / "cmdline").read_bytes() if place.name.isdecimal() else b""
            if line.endswith(f"\0{task}\0".encode()) and _reads_in(place, folder):
                found.add(int(place.name))
    return found


def _reads_in(process: Path, folder: Path) -> bool:
    links = [str(link.readlink()) for link in (process / "fd").iterdir()]
    return any(link.startswith(f"{folder}/") for link in links)


class DoomedWeb(Started):
    """A web process that dies at a point."""

    def __init__(self, settings: Settings, log: Path, point: str) -> None:
        port = free_port()
        self.origin = f"http://127.0.0.1:{port}"
        given = settings.model_copy(update={"port": port, "public_url": self.origin})
        super().__init__(_serve_until, log, given, point)


def _serve_until(settings: Settings, point: str) -> None:
    configure("text", process="web")
    store = DoomedStore(store_connection(settings), point)

    def before_commit(_connection: Any) -> None:
        if point == "finish: before the commit" and store.completed:
            die()

    event.listen(Engine, "commit", before_commit)
    app = create_app(settings, replace(web_parts_of(settings), store=store))
    uvicorn.run(app, host="127.0.0.1", port=settings.port, log_config=None)
