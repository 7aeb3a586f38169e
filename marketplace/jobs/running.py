"""The worker's loops: take and run jobs, keep them alive, reap, run periodic work, stop in time."""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from marketplace.db import Database, Scope
from marketplace.errors import Unavailable
from marketplace.jobs import queue
from marketplace.jobs.attempts import Ending, Running, Settle, attempt
from marketplace.jobs.contexts import Fence, JobContext, PeriodicContext
from marketplace.jobs.declaring import Job, Periodic
from marketplace.jobs.errors import AttemptSuperseded
from marketplace.jobs.listening import Listener
from marketplace.jobs.queue import Taken
from marketplace.jobs.reaping import reap
from marketplace.logs import bound
from storage.errors import StorageError

logger = logging.getLogger(__name__)

POLL_S = 1.0
STOP_GRACE_S = 1.5
STOP_CANCEL_S = 0.5
# Connections of the loops themselves, apart from the jobs', so that busy jobs never stop a heartbeat.
CONTROL_POOL_SIZE = 4


@dataclass(frozen=True)
class Timing:
    """How quickly dead work is found.

    Args:
        heartbeat_s: how often a worker says that it lives, and looks for dead work [s]
        lease_s: without a heartbeat for so long, work is dead [s]
    """

    heartbeat_s: float = 2.0
    lease_s: float = 10.0


class JobWorker:
    """Everything that one worker process does.

    Args:
        database: the pool of the jobs' own transactions
        control: the pool of the loops
        parts: handed on to jobs
        jobs: declared jobs this worker runs
        periodics: declared periodic work
        concurrency: jobs at the same time
    """

    def __init__(  # noqa: PLR0913 - a composition of named parts
        self,
        *,
        database: Database,
        control: Database,
        parts: Any,
        jobs: list[Job],
        periodics: list[Periodic],
        concurrency: int,
        timing: Timing,
    ) -> None:
        self.id = uuid4()
        self._database = database
        self._control = control
        self._parts = parts
        self._jobs = {declared.name: declared for declared in jobs}
        self._periodics = {declared.name: declared for declared in periodics}
        self._concurrency = concurrency
        self._timing = timing
        self._running: dict[UUID, Running] = {}
        self._wake = asyncio.Event()
        self._taking = asyncio.Lock()
        self._stopping = False
        self._complaints: dict[str, str] = {}
        self._listener = Listener(control.url, self.id.hex[:8], self._wake.set)

    async def run(self, stop: asyncio.Event) -> bool:
        """Work until ``stop`` is set, then let running jobs end or give them back.

        Returns:
            Whether everything ended; False when something did not let itself be stopped.
        """
        logger.info("worker %s runs %d kinds of jobs", self.id, len(self._jobs))
        loops = [
            asyncio.create_task(self._listener.run()),
            asyncio.create_task(self._repeat("heartbeat", self._beat, self._timing.heartbeat_s)),
            asyncio.create_task(self._repeat("reaper", self._reap, self._timing.heartbeat_s)),
            asyncio.create_task(self._repeat("periodic work", self._take_rounds, POLL_S)),
            asyncio.create_task(self._repeat("jobs", self._take_jobs, POLL_S, wake=self._wake)),
        ]
        await stop.wait()
        self._stopping = True
        with suppress(TimeoutError):  # what is being taken just now is still begun, and then ended
            async with asyncio.timeout(STOP_CANCEL_S), self._taking:
                pass
        ended = await self._stop_running()
        with suppress(Unavailable, TimeoutError):
            async with (
                asyncio.timeout(STOP_CANCEL_S),
                self._control.transaction(Scope.system()) as s,
            ):
                await queue.worker_gone(s, self.id)
        await _cancel(loops)
        return ended

    async def _stop_running(self) -> bool:
        tasks = {one.task for one in self._running.values() if one.task is not None}
        if tasks:
            logger.info("waiting for %d running", len(tasks))
            _, tasks = await asyncio.wait(tasks, timeout=STOP_GRACE_S)
        for one in list(self._running.values()):
            one.end(Ending.stopping)
        if tasks:
            _, tasks = await asyncio.wait(tasks, timeout=STOP_CANCEL_S)
        return not tasks

    async def _repeat(
        self,
        what: str,
        act: Callable[[], Awaitable[None]],
        every_s: float,
        *,
        wake: asyncio.Event | None = None,
    ) -> None:
        """Act for ever, whatever happens; the same complaint is logged once."""
        wake = wake or asyncio.Event()
        while True:
            wake.clear()
            try:
                await act()
            except Unavailable as error:
                if self._new_complaint(what, error.code):
                    logger.warning("%s waits: %s", what, error.code)
            except Exception as error:
                if self._new_complaint(what, repr(error)):
                    logger.exception("%s failed and goes on", what)
            else:
                if self._complaints.pop(what, None):
                    logger.info("%s works again", what)
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), every_s)

    def _new_complaint(self, what: str, reason: str) -> bool:
        known = self._complaints.get(what) == reason
        self._complaints[what] = reason
        return not known

    async def _beat(self) -> None:
        facts = {
            "id": self.id,
            "host": socket.gethostname()[:200],
            "process_id": os.getpid(),
            "listening": self._listener.listening,
            "running_count": len(self._running),
        }
        tokens = set(self._running)
        async with self._control.transaction(Scope.system()) as session:
            await queue.worker_alive(session, facts)
            alive = await queue.keep_alive(session, tokens)
        for token in tokens & set(self._running):
            if token not in alive:
                self._running[token].end(Ending.superseded)
            elif alive[token]:
                self._running[token].end(Ending.cancelled)

    async def _reap(self) -> None:
        async with self._control.transaction(Scope.system()) as session:
            dead_count = await reap(session, self._timing.lease_s)
        if dead_count:
            self._wake.set()

    async def _take_jobs(self) -> None:
        while await self._take_job():
            pass

    async def _take_job(self) -> bool:
        """Take and begin one job; False when none is due or this worker has enough to do."""
        jobs_count = sum(not one.periodic for one in self._running.values())
        async with self._taking:
            if self._stopping or jobs_count >= self._concurrency:
                return False
            try:
                async with self._control.transaction(Scope.system()) as session:
                    taken = await queue.take(session, self.id, list(self._jobs))
            except IntegrityError:
                return True  # another worker has just begun a job with the same lock
            if taken is not None:
                self._start(Running(taken.token, taken.name), partial(self._run_job, taken))
            return taken is not None

    async def _take_rounds(self) -> None:
        while await self._take_round():
            pass

    async def _take_round(self) -> bool:
        async with self._taking:
            if self._stopping or not self._periodics:
                return False
            async with self._control.transaction(Scope.system()) as session:
                await queue.know_periodics(session, list(self._periodics))
                found = await queue.take_round(
                    session, self.id, self._periodics, self._timing.lease_s
                )
            if found is not None:
                due, token = found
                running = Running(token, due.name, periodic=True)
                self._start(running, partial(self._run_round, due))
            return found is not None

    def _start(self, running: Running, work: Callable[[Running], Awaitable[None]]) -> None:
        self._running[running.token] = running

        async def guarded() -> None:
            try:
                await work(running)
            except Exception:
                # Left as it is, without a heartbeat: the reaper decides.
                logger.exception("the end of %s could not be written", running.name)
            finally:
                del self._running[running.token]
                self._wake.set()

        running.task = asyncio.create_task(guarded(), name=running.name)

    async def _run_job(self, taken: Taken, running: Running) -> None:
        fence = Fence(self._database, taken.token, f"job-{taken.run_id}")
        context = JobContext(taken.run_id, taken.attempt, taken.attempts_most, self._parts, fence)
        with bound(job=taken.name, run_id=str(taken.run_id), attempt=taken.attempt):
            settle = await attempt(self._jobs[taken.name], taken, context, running)
        running.settling = True
        if settle is None:
            logger.warning("job %s %s was taken over", taken.name, taken.run_id)
            return
        settled = False
        while not settled:
            settled = await self._settled(settle, taken)

    async def _settled(self, settle: Settle, taken: Taken) -> bool:
        """Write the end of an attempt; False, after a while, when it could not be."""
        try:
            async with self._control.transaction(Scope.system()) as session:
                if not await settle(session):
                    logger.warning("job %s %s was taken over at its end", taken.name, taken.run_id)
        except Unavailable:
            await asyncio.sleep(POLL_S)
            return False
        return True

    async def _run_round(self, due: Periodic, running: Running) -> None:
        fence = Fence(self._database, running.token, f"periodic-{due.name}")
        error_text: str | None = None
        try:
            async with asyncio.timeout(due.limit_s):
                await due.function(PeriodicContext(self._parts, fence))
        except AttemptSuperseded:
            return
        except asyncio.CancelledError:
            if running.ending is not Ending.stopping:
                return  # superseded; or nobody knows, and the lease ends
        except Exception as error:
            error_text = str(error) or type(error).__name__
            if isinstance(error, StorageError):
                logger.warning("periodic work %s: %s", due.name, error)
            elif not isinstance(error, Unavailable):
                logger.exception("periodic work %s failed", due.name)
        running.settling = True
        again = running.ending is Ending.stopping
        async with self._control.transaction(Scope.system()) as session:
            await queue.end_round(session, running.token, error=error_text, again=again)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=STOP_CANCEL_S)
