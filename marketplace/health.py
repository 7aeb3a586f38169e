"""What machines ask about this process: does it live, can it work, how does it fare.

``/health/live`` touches nothing. ``/health/ready`` asks the database and the store, at most once
in ``KEPT_S``, so nobody can load them through it; its details need the monitoring token.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.auth import EVERYONE, MONITOR, allow
from marketplace.db import Database, Scope
from marketplace.errors import Unavailable
from marketplace.http.gate import shows_token, without_cookies
from marketplace.metrics import exposition, read_figures
from marketplace.revision import newest_revision
from marketplace.settings import Settings
from storage.errors import StorageError
from storage.objects import Bucket
from storage.ports import ObjectStore

STORE_LIMIT_S = 2.0
KEPT_S = 1.0
RETRY_S = 5
METRICS_TYPE = "text/plain; version=0.0.4"
_PROBES = without_cookies("probes of machines carry none and change nothing")


class Check(msgspec.Struct, frozen=True):
    """How one part stands."""

    name: str
    ok: bool
    detail: str
    took_ms: float


class Health(msgspec.Struct, frozen=True):
    """Whether this process can work; the checks are for the monitoring system alone."""

    status: str
    checks: list[Check] | None = None


@dataclass
class Readiness:
    """Asks the parts, and remembers the answer for a moment; one for each application."""

    database: Database
    store: ObjectStore
    bucket: Bucket
    needed_revision: str

    def __post_init__(self) -> None:
        self._asked_at_s = -KEPT_S
        self._found: list[Check] = []
        self._lock = asyncio.Lock()

    async def checks(self) -> list[Check]:
        """Return how the parts stand, at most ``KEPT_S`` old."""
        async with self._lock:
            if time.monotonic() - self._asked_at_s >= KEPT_S:
                self._found = list(
                    await asyncio.gather(_timed("database", self._database()), self._stored())
                )
                self._asked_at_s = time.monotonic()
            return self._found

    async def _database(self) -> str:
        try:
            async with self.database.transaction(Scope.system()) as session:
                found = await session.scalar(text("select version_num from alembic_version"))
        except DBAPIError as error:
            raise _NotReady("the schema cannot be read") from error
        if found != self.needed_revision:
            raise _NotReady(f"schema at {found}, needs {self.needed_revision}")
        return f"schema at {found}"

    async def _stored(self) -> Check:
        async def ask() -> str:
            await asyncio.wait_for(
                asyncio.to_thread(self.store.list_objects, self.bucket, limit_count=1),
                STORE_LIMIT_S,
            )
            return "answers"

        return await _timed("store", ask())


class _NotReady(Exception):
    """A part answers, but not as it should."""


async def _timed(name: str, asking: Any) -> Check:
    started_s = time.perf_counter()
    try:
        detail, ok = await asking, True
    except _NotReady as error:
        detail, ok = str(error), False
    except (Unavailable, StorageError, TimeoutError) as error:
        detail, ok = f"does not answer ({type(error).__name__})", False
    return Check(name, ok, detail, round(1e3 * (time.perf_counter() - started_s), 1))


def readiness_of(database: Database, store: ObjectStore, settings: Settings) -> Readiness:
    """Return what ``/health/ready`` asks."""
    return Readiness(database, store, Bucket(settings.bucket("private")), newest_revision())


@get("/health/live", opt=allow(EVERYONE) | _PROBES, sync_to_thread=False)
def show_live() -> Health:
    """Say that the process answers; asks neither database nor store."""
    return Health("live")


@get("/health/ready", opt=allow(EVERYONE) | _PROBES)
async def show_ready(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings]
) -> Response[Health]:
    """Say whether database and store answer: 200, or 503 with Retry-After."""
    readiness: Readiness = request.app.state["readiness"]
    checks = await readiness.checks()
    ready = all(check.ok for check in checks)
    return Response(
        Health(
            "ready" if ready else "not ready", checks if shows_token(request, settings) else None
        ),
        status_code=200 if ready else 503,
        headers={} if ready else {"Retry-After": str(RETRY_S)},
    )


@get("/metrics", opt=allow(MONITOR), media_type=METRICS_TYPE)
async def show_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Give the figures in Prometheus' format; for everybody without the token it does not exist."""
    database: Database = request.app.state["database"]
    try:
        async with database.transaction(Scope.system()) as session:
            figures = await read_figures(session)
    except Unavailable:
        figures = []  # what the process counted is worth most just now
    return Response(exposition(figures), media_type=METRICS_TYPE)


HEALTH_ROUTES = (show_live, show_ready, show_metrics)
