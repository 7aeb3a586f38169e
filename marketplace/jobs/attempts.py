"""One attempt of a job: run it within its limit, and decide what its end means."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.errors import MarketplaceError, Refusal, Unavailable
from marketplace.jobs import queue
from marketplace.jobs.contexts import JobContext
from marketplace.jobs.declaring import Job
from marketplace.jobs.enqueueing import enqueue_after_parking
from marketplace.jobs.errors import AttemptSuperseded
from marketplace.jobs.models import ParkedReason
from marketplace.jobs.queue import Taken, Trouble
from storage.errors import StorageError

logger = logging.getLogger(__name__)

# Writes the end of an attempt; False when the attempt was no longer the newest.
Settle = Callable[[AsyncSession], Awaitable[bool]]

TIME_LIMIT = (
    "job_time_limit",
    "제한 시간 {limit_s}초를 넘어 중단했습니다.",
    "It was stopped after its time limit of {limit_s} seconds.",
)
BUG = (
    "job_failed",
    "프로그램 오류로 실패했습니다({kind}). 작업 처리기의 로그에 자세한 내용이 있습니다.",
    "It failed by an error in the program ({kind}). The worker's log has the details.",
)
STORE = (
    "파일 저장소가 답하지 않거나 거절했습니다({code}). 다시 시도합니다.",
    "The file store did not answer or refused ({code}). It is tried again.",
)


class Ending(Enum):
    """Why the worker itself ends an attempt."""

    stopping = "stopping"
    superseded = "superseded"
    cancelled = "cancelled"


@dataclass
class Running:
    """Something that this worker runs now.

    Args:
        ending: set before the task is cancelled, so that it knows why
        settling: the work is over and its end is being written
    """

    token: UUID
    name: str
    periodic: bool = False
    task: asyncio.Task[None] | None = None
    ending: Ending | None = None
    settling: bool = False

    def end(self, why: Ending) -> None:
        """Stop it, unless it is over already."""
        if self.ending is None and not self.settling and self.task is not None:
            self.ending = why
            self.task.cancel(why.value)


async def attempt(
    declared: Job, taken: Taken, context: JobContext[Any], running: Running
) -> Settle | None:
    """Run one attempt and return how its end is to be written; None when it is not ours any more."""
    limit = asyncio.timeout(declared.limit_s)
    try:
        async with limit:
            await declared.function(context, **taken.arguments)
    except AttemptSuperseded:
        return None
    except asyncio.CancelledError:
        if running.ending is None:
            raise
        return _interrupted(taken, running.ending)
    except Exception as error:  # noqa: BLE001 - the one place that takes every error of a job
        if running.ending is not None:  # what the interruption broke is no failure of the job
            return _interrupted(taken, running.ending)
        return _after_error(declared, taken, error, timed_out=limit.expired())
    return lambda session: queue.succeed(session, taken.token)


def _interrupted(taken: Taken, ending: Ending) -> Settle | None:
    if ending is Ending.superseded:
        return None
    if ending is Ending.cancelled:
        return lambda session: queue.cancel(session, taken.token)
    return lambda session: queue.give_back(session, taken.token, wait_s=0, counted=False)


def _after_error(declared: Job, taken: Taken, error: Exception, *, timed_out: bool) -> Settle:
    where = (taken.name, taken.run_id, taken.attempt, taken.attempts_most)
    if timed_out:
        logger.error("job %s %s, attempt %d of %d: exceeded %d s", *where, declared.limit_s)
        return _failed(declared, taken, ParkedReason.failed, _timed_out(declared.limit_s))
    if isinstance(error, Unavailable):
        logger.warning("job %s %s, attempt %d of %d: %s", *where, error)
        return _failed(declared, taken, ParkedReason.unavailable, _words_of(error))
    if isinstance(error, Refusal):
        logger.warning("job %s %s, attempt %d of %d was refused: %s", *where, error)
        return _parked(taken, ParkedReason.refused, _words_of(error))
    if isinstance(error, StorageError):  # outside of us: a line, no traceback
        logger.warning("job %s %s, attempt %d of %d: %s", *where, error)
        return _failed(declared, taken, ParkedReason.unavailable, _words_of_store(error))
    logger.error("job %s %s, attempt %d of %d failed", *where, exc_info=error)
    kind = type(error).__name__
    code, ko, en = BUG
    trouble = Trouble(code, ko.format(kind=kind), en.format(kind=kind))
    return _failed(declared, taken, ParkedReason.failed, trouble)


def _failed(declared: Job, taken: Taken, reason: ParkedReason, trouble: Trouble) -> Settle:
    if taken.attempt >= taken.attempts_most:
        return _parked(taken, reason, trouble)
    wait_s = declared.wait_after_s(taken.attempt)
    return lambda session: queue.give_back(session, taken.token, wait_s=wait_s, trouble=trouble)


def _parked(taken: Taken, reason: ParkedReason, trouble: Trouble) -> Settle:
    async def settle(session: AsyncSession) -> bool:
        ours = await queue.park(session, taken.token, reason, trouble)
        if ours:
            await enqueue_after_parking(session, taken.name, taken.arguments)
        return ours

    return settle


def _words_of(error: MarketplaceError) -> Trouble:
    return Trouble(error.code, error.text("ko"), error.text("en"))


def _words_of_store(error: StorageError) -> Trouble:
    ko, en = STORE
    return Trouble(error.code, ko.format(code=error.code), en.format(code=error.code))


def _timed_out(limit_s: int) -> Trouble:
    code, ko, en = TIME_LIMIT
    return Trouble(code, ko.format(limit_s=limit_s), en.format(limit_s=limit_s))
