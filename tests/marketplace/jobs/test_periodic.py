"""Periodic work: one worker at a time, at its pace, taken over from the dead, shown when it fails."""

import asyncio
from itertools import pairwise
from typing import Any

import psycopg

from marketplace.db import Database, Scope
from marketplace.jobs import AttemptSuperseded, PeriodicContext
from marketplace.jobs.declaring import Periodic, declared_periodics
from marketplace.jobs.queries import list_periodics
from marketplace.jobs.running import Timing
from tests.marketplace.conftest import Worker
from tests.marketplace.jobs.test_running import traces
from tests.waiting import until

TICK = [one for one in declared_periodics() if one.name == "sample.tick"]


async def test_two_workers_keep_one_pace(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    async with worker(periodics=TICK), worker(periodics=TICK):
        await until(lambda: len(traces(admin)) >= 3)

    rows = admin.execute("select at from audit_event order by at").fetchall()
    apart_s = [(b[0] - a[0]).total_seconds() for a, b in pairwise(rows)]
    assert min(apart_s) > TICK[0].every_s / 2, "whoever runs the rounds, they keep apart"


async def test_a_dead_workers_round_is_taken_over_and_its_late_write_refused(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    begun: list[asyncio.Event] = []
    refused: list[bool] = []

    async def hang(context: PeriodicContext) -> None:
        begun.append(asyncio.Event())
        if len(begun) == 1:
            # As a frozen process looks from outside.
            admin.execute("update periodic_run set next_at = now(), deadline_at = now()")
            await asyncio.wait_for(begun[0].wait(), 10)
            try:
                async with context.phases():
                    pass
            except AttemptSuperseded:
                refused.append(True)
                raise
        else:
            begun[0].set()

    work = [Periodic("sample.hang", hang, every_s=60, limit_s=60)]
    # Without heartbeats, which would tell the first round to end before it writes.
    async with worker(periodics=work, timing=Timing(heartbeat_s=600, lease_s=1800)):
        await until(lambda: refused)

    assert len(begun) == 2


async def test_a_failing_round_is_shown_and_the_next_one_comes(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    rounds: list[int] = []

    async def fail_first(context: PeriodicContext) -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise LookupError("no such thing")

    work = [Periodic("sample.fails", fail_first, every_s=0.1, limit_s=60)]
    async with worker(periodics=work):
        await until(lambda: len(rounds) >= 2)

        async def shown() -> Any:
            async with database.transaction(Scope("staff")) as session:
                (row,) = await list_periodics(session)
            return row.succeeded_at and row

        row = await until(shown)

    assert row.failed_at < row.succeeded_at
    assert row.error_en is None
