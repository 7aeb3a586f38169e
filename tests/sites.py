"""Real web servers on loopback, for browsers and programs, each with a pool and a loop of its own."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from pydantic import SecretStr

from marketplace.app import Parts, create_app
from marketplace.db import Database
from marketplace.members.accounts.authentication import SessionAuthenticator
from marketplace.orders.payments.choosing import gateways_of
from marketplace.settings import Settings
from tests import servers

T = TypeVar("T")
START_S = 10


class Site:
    """The running exchange as a browser sees it.

    Args:
        settings: of the application under test; the public address becomes this server's
        make_parts: makes the parts of the application from its settings
    """

    def __init__(self, settings: Settings, make_parts: Any) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.settings = settings.model_copy(update={"public_url": self.origin})
        self._make_parts = make_parts
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.parts: Parts
        self._loop: asyncio.AbstractEventLoop
        self._server: uvicorn.Server

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.parts = self._make_parts(self.settings)
        app = create_app(self.settings, self.parts)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on")
        self._server = uvicorn.Server(config)
        serving = asyncio.create_task(self._server.serve(sockets=[self.socket]))
        while not self._server.started and not serving.done():  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)
        self._ready.set()
        await serving

    @property
    def database(self) -> Database:
        """The server's pool; use it inside ``run`` alone."""
        return self.parts.database

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the server's loop, where its pool lives, and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=180)

    @contextlib.contextmanager
    def serving(self) -> Iterator["Site"]:
        """Serve while the block runs."""
        self._thread.start()
        assert self._ready.wait(START_S), "the server did not start"
        try:
            yield self
        finally:
            self._server.should_exit = True
            self._thread.join(START_S)
            self.socket.close()


@contextlib.contextmanager
def serving(
    settings: Settings, parts: Parts, database_name: str, *, data_dir: Path | None = None
) -> Iterator[Site]:
    """Serve the exchange over a database of this run while the block runs.

    Args:
        settings: of the run
        parts: of the run; the pool is replaced by the server's own
        data_dir: where the server keeps its files; the run's unless given
    """
    addresses = {
        "database_url": SecretStr(servers.url(database_name, "app")),
        "database_owner_url": SecretStr(servers.url(database_name, "owner")),
        "data_dir": data_dir or settings.data_dir,
    }

    def made(own: Settings) -> Parts:
        database = Database(own.database_url.get_secret_value(), pool_size=4)
        return replace(
            parts,
            database=database,
            authenticate=SessionAuthenticator(database, own),
            gateways=gateways_of(own, database),
        )

    with Site(settings.model_copy(update=addresses), made).serving() as running:
        yield running
