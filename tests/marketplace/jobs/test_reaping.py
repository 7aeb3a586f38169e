"""What the reaper finds, what it leaves alone, and what a superseded attempt can still do: nothing."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text

from marketplace.audit import Thing, record
from marketplace.db import Database, Scope
from marketplace.jobs import AttemptSuperseded, JobContext, queue
from marketplace.jobs.contexts import Fence
from marketplace.jobs.queue import Taken
from marketplace.jobs.reaping import REAPER_LOCK, reap
from tests.marketplace.jobs.test_running import put, run_of, traces
from tests.marketplace.organizations.steps import rows

LEASE_S = 5.0
WORKER = UUID("00000000-0000-4000-8000-000000000001")


async def take(database: Database, name: str = "sample.note") -> Taken:
    async with database.transaction(Scope.system()) as session:
        taken = await queue.take(session, WORKER, [name])
    assert taken is not None
    return taken


async def reaped(database: Database) -> int:
    async with database.transaction(Scope.system()) as session:
        return await reap(session, LEASE_S)


def fence_of(database: Database, taken: Taken) -> Fence:
    return Fence(database, taken.token, f"job-{taken.run_id}")


def grow_old(admin: psycopg.Connection, column: str = "heartbeat_at") -> None:
    admin.execute(f"update job_run set {column} = clock_timestamp() - interval '1 minute'")


def states(admin: psycopg.Connection, run_id: UUID) -> tuple[Any, ...]:
    row = admin.execute(
        "select state, attempt, status::text from job_run run"
        " join procrastinate_jobs queued on queued.id = run.queue_id where run.id = %s",
        (run_id,),
    ).fetchone()
    assert row is not None
    return row


async def test_a_job_that_its_living_worker_lost_is_found(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    run_id = await put(database, "sample.note")
    await take(database)  # and the answer never arrived, so nobody runs it
    facts = {"id": WORKER, "host": "x", "process_id": 1, "listening": True, "running_count": 0}
    grow_old(admin)
    async with database.transaction(Scope.system()) as session:
        await queue.worker_alive(session, facts)
        await queue.keep_alive(session, [])

    assert await reaped(database) == 1
    assert states(admin, run_id) == ("waiting", 1, "todo")
    assert run_of(admin, run_id)["error_code"] == "job_worker_lost"


async def test_a_job_with_a_heartbeat_is_left_alone_until_far_beyond_its_limit(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    run_id = await put(database, "sample.note")
    taken = await take(database)
    grow_old(admin)
    async with database.transaction(Scope.system()) as session:
        assert await queue.keep_alive(session, [taken.token]) == {taken.token: False}
    assert await reaped(database) == 0

    grow_old(admin, "deadline_at")
    assert await reaped(database) == 1
    assert states(admin, run_id) == ("waiting", 1, "todo")


async def test_a_superseded_attempt_can_write_nothing_at_all(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    run_id = await put(database, "sample.note")
    late = await take(database)
    grow_old(admin)
    await reaped(database)
    newest = await take(database)

    fence = fence_of(database, late)
    context = JobContext(run_id, 1, 3, None, fence)
    with pytest.raises(AttemptSuperseded):
        async with context.phases() as session:
            await record(session, "late", Thing("sample", "1"))
    with pytest.raises(AttemptSuperseded):
        await context.progress(1, 1, "늦음", "late")
    async with database.transaction(Scope.system()) as session:
        assert not await queue.succeed(session, late.token)
        assert not await queue.give_back(session, late.token, wait_s=0)
        assert await queue.keep_alive(session, [late.token]) == {}

    assert traces(admin) == []
    assert states(admin, run_id) == ("running", 2, "doing")
    assert run_of(admin, run_id)["fencing_token"] == newest.token
    assert run_of(admin, run_id)["progress_done"] is None


async def test_an_attempt_inside_a_transaction_is_not_taken_over_and_progress_goes_on(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    await put(database, "sample.note")
    taken = await take(database)
    fence = fence_of(database, taken)
    context = JobContext(taken.run_id, 1, 3, None, fence)
    async with context.phases() as session:
        await record(session, "in time", Thing("sample", "1"))
        await context.progress(1, 1, "진행", "going on")
        grow_old(admin)
        assert await reaped(database) == 0, "its commit must not come after the takeover"

    assert traces(admin) == ["in time"]
    assert await reaped(database) == 1


async def test_a_second_reaper_does_nothing_meanwhile(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    await put(database, "sample.note")
    await take(database)
    grow_old(admin)
    async with database.transaction(Scope.system()) as session:
        await session.execute(text(f"select pg_advisory_xact_lock({REAPER_LOCK})"))
        assert await reaped(database) == 0

    assert await reaped(database) == 1


async def test_the_last_attempt_is_parked_with_its_reason(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    run_id = await put(database, "sample.note")
    for _ in range(3):
        await take(database)
        grow_old(admin)
        assert await reaped(database) == 1

    assert states(admin, run_id) == ("parked", 3, "failed")
    run = run_of(admin, run_id)
    assert run["parked_reason"] == "failed_infrastructure"
    assert "3번째" in run["error_ko"]
    assert "attempt 3" in run["error_en"]


async def test_what_is_declared_to_follow_a_parking_follows_the_last_attempt_alone(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    await put(database, "sample.followed", word="last")
    waiting = []
    for _ in range(2):
        await take(database, "sample.followed")
        grow_old(admin)
        await reaped(database)
        waiting.append(rows(admin, "select name from job_run where state = 'waiting'"))

    assert waiting == [[("sample.followed",)], [("sample.note",)]]
    assert (await take(database)).arguments == {"word": "last"}


async def test_a_job_that_the_reaper_does_not_know_is_parked_all_the_same(
    database: Database, admin: psycopg.Connection, clean: None, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = await put(database, "sample.followed", word="last")
    await take(database, "sample.followed")
    grow_old(admin)
    admin.execute("update job_run set name = 'sample.of_tomorrow', attempts_most = 1")

    assert await reaped(database) == 1
    assert states(admin, run_id) == ("parked", 1, "failed")
    assert "does not know it" in caplog.text
    assert rows(admin, "select count(*) from job_run") == [(1,)]


async def test_a_job_given_back_joins_the_same_job_that_waits_meanwhile(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    first = await put(database, "sample.note", queueing_lock="same")
    await take(database)
    second = await put(database, "sample.note", queueing_lock="same")
    assert second != first
    grow_old(admin)
    assert await reaped(database) == 1

    assert (run_of(admin, first)["state"], run_of(admin, first)["error_code"]) == (
        "cancelled",
        "job_merged",
    )
    assert states(admin, second) == ("waiting", 0, "todo")


async def test_nobody_holds_an_attempt_that_never_was(database: Database, clean: None) -> None:
    fence = Fence(database, uuid4(), "job-none")
    with pytest.raises(AttemptSuperseded):
        async with fence.transaction():
            pass
    with pytest.raises(AttemptSuperseded):
        async with fence.transaction(Scope.anonymous()):
            pass
