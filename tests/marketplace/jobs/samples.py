"""Jobs that exist for tests alone; each leaves an audit row as the trace of what it did."""

import asyncio
import os
import signal
from pathlib import Path

from sqlalchemy import text

from marketplace.audit import Thing, record
from marketplace.errors import Conflict, Unavailable
from marketplace.jobs import JobContext, PeriodicContext, job, periodic
from storage.errors import StoreUnavailable


class Refused(Conflict):
    code = "sample_refused"


async def trace(context: JobContext, what: str, **facts: object) -> None:
    """Write one fenced row that says what happened in which attempt, by which process."""
    async with context.phases() as session:
        facts = {**facts, "attempt": context.attempt, "process_id": os.getpid()}
        await record(session, what, Thing("sample", str(context.run_id)), facts=facts)


@job("sample.note")
async def note(context: JobContext, *, word: str = "") -> None:
    await trace(context, "noted", word=word)


@job("sample.unavailable", attempts=2, backoff_s=0.01)
async def unavailable(context: JobContext) -> None:
    await trace(context, "tried")
    raise Unavailable


@job("sample.store", attempts=2, backoff_s=0.01)
async def store(context: JobContext) -> None:
    await trace(context, "tried")
    raise StoreUnavailable("bucket/key", "no answer")


@job("sample.locked", attempts=1)
async def locked(context: JobContext) -> None:
    async with context.phases() as session:
        await session.execute(text("set local lock_timeout = 50"))
        await session.execute(text("update sandbox_clock set shift = shift"))


@job("sample.refused")
async def refused(context: JobContext) -> None:
    await trace(context, "tried")
    raise Refused


@job("sample.followed", attempts=2, backoff_s=0.01, parked="sample.note")
async def followed(context: JobContext, *, word: str) -> None:
    """Fail as the word says; when it is parked, a note of the word follows."""
    await trace(context, "tried")
    raise {"refused": Refused, "unavailable": Unavailable, "bug": ZeroDivisionError}[word]


@job("sample.bug", attempts=2, backoff_s=0.01)
async def bug(context: JobContext) -> None:
    async with context.phases() as session:
        await record(session, "rolled_back", Thing("sample", "1"))
        raise ZeroDivisionError("secret 1234567890")


@job("sample.slow", limit_s=1, attempts=1)
async def slow(context: JobContext) -> None:
    await asyncio.sleep(30)


@job("sample.long", limit_s=120)
async def long(context: JobContext, *, seconds: int = 30) -> None:
    await trace(context, "begun")
    await asyncio.sleep(seconds)
    await trace(context, "ended")


@job("sample.counting")
async def counting(context: JobContext) -> None:
    await context.progress(1, 4, "세는 중", "counting")
    await context.progress(2, 4, "너무 이른 둘째", "too soon to be written")
    await trace(context, "counted")


@job("sample.killer", limit_s=60)
async def killer(context: JobContext) -> None:
    await trace(context, "begun")
    os.kill(os.getpid(), signal.SIGKILL)


@job("sample.zombie", limit_s=120)
async def zombie(context: JobContext, *, file: str) -> None:
    """Wait for the file, then write; the first attempt is stopped by a signal while it waits."""
    await trace(context, "begun")
    while True:
        if await asyncio.to_thread(Path(file).exists):
            break
        await asyncio.sleep(0.05)
    await trace(context, "written")


@periodic("sample.tick", every_s=0.3)
async def tick(context: PeriodicContext) -> None:
    async with context.phases() as session:
        await record(session, "ticked", Thing("sample", "1"), facts={"process_id": os.getpid()})
