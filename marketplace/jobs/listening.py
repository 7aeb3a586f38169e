"""The connection that LISTENs for new jobs and renews itself when the database went away.

procrastinate's own listener ends for ever with a restart of the database, and so would a worker
whose listener shares its fate. This one is a loop: whatever ends the connection, it connects again.
The worker polls besides, so that a lost notification costs a second at most.
"""

import asyncio
import logging
from collections.abc import Callable

import psycopg

logger = logging.getLogger(__name__)

CHANNEL = "procrastinate_any_queue_v1"
# What `marketplace doctor` counts among the connections.
APPLICATION_NAME = "marketplace-listener"
CHECK_S = 3.0
RECONNECT_S = 0.5
CONNECT_TIMEOUT_S = 3
ALARM_S = 15.0


class Listener:
    """One listening connection of a worker.

    Args:
        url: SQLAlchemy URL of the application's login
        name: of the worker, shown in the database's list of connections
        wake: called when a job may be due
    """

    def __init__(self, url: str, name: str, wake: Callable[[], None]) -> None:
        self._dsn = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._name = f"{APPLICATION_NAME}-{name}"
        self._wake = wake
        self.listening = False
        self._deaf_since_s: float | None = None
        self._alarmed = False

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as error:
                self._complain(_first_line(error))
            self.listening = False
            await asyncio.sleep(RECONNECT_S)

    def _complain(self, reason: str) -> None:
        """Log a loss once, and once more when it lasts."""
        now_s = asyncio.get_running_loop().time()
        if self.listening or self._deaf_since_s is None:
            self._deaf_since_s, self._alarmed = now_s, False
            logger.warning("lost the listening connection: %s", reason)
        if not self._alarmed and now_s - self._deaf_since_s > ALARM_S:
            self._alarmed = True
            logger.error("not listening for jobs for %g s, only polling: %s", ALARM_S, reason)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._dsn,
            autocommit=True,
            application_name=self._name,
            connect_timeout=CONNECT_TIMEOUT_S,
        )
        async with connection:
            await connection.execute(f"listen {CHANNEL}")
            logger.info("listening for jobs")
            self.listening = True
            self._wake()
            while True:
                async for _ in connection.notifies(timeout=CHECK_S):
                    self._wake()
                # Silence may also be a dead server whose connection nobody closed.
                await asyncio.wait_for(connection.execute("select 1"), CHECK_S)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
