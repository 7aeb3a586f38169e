"""What happens to a job: it runs if its transaction commits, is tried again, parked, cancelled."""

import asyncio
import inspect
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.auth import Role
from marketplace.db import Database, DatabaseRole, Scope
from marketplace.jobs import UnknownJob, enqueue
from marketplace.jobs.declaring import declared_jobs, job_named
from marketplace.jobs.errors import JobEnded, JobNotFound, JobNotParked
from marketplace.jobs.models import JobState
from marketplace.jobs.queries import count_by_state, get_run, list_runs, queue_health
from marketplace.jobs.service import cancel, retry_parked
from tests.factories import a_member
from tests.marketplace.conftest import Worker
from tests.waiting import until


async def put(database: Database, name: str, *, scope: Scope | None = None, **given: Any) -> UUID:
    async with database.transaction(scope or Scope.anonymous()) as session:
        return await enqueue(session, name, **given)


def run_of(admin: psycopg.Connection, run_id: UUID) -> dict[str, Any]:
    with admin.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        row = cursor.execute("select * from job_run where id = %s", (run_id,)).fetchone()
    assert row is not None
    return row


def traces(admin: psycopg.Connection) -> list[str]:
    return [name for (name,) in admin.execute("select action from audit_event order by id")]


def waiting(admin: psycopg.Connection) -> int:
    row = admin.execute("select count(*) from procrastinate_jobs where status = 'todo'").fetchone()
    assert row is not None
    return int(row[0])


def ended(admin: psycopg.Connection, run_id: UUID) -> dict[str, Any] | None:
    run = run_of(admin, run_id)
    return run if run["state"] not in {"waiting", "running"} else None


@pytest.mark.parametrize("role", ["tenant", "staff", "system"])
async def test_a_committed_job_runs_once_and_leaves_the_queue(
    database: Database, admin: psycopg.Connection, worker: Worker, role: DatabaseRole
) -> None:
    async with worker():
        run_id = await put(database, "sample.note", scope=Scope(role), word="한글")
        run = await until(lambda: ended(admin, run_id))

    assert (run["state"], run["attempt"], run["fencing_token"]) == ("succeeded", 1, None)
    assert traces(admin) == ["noted"]
    assert admin.execute("select facts->>'word' from audit_event").fetchone() == ("한글",)
    assert admin.execute("select 1 from procrastinate_jobs").fetchall() == []


async def test_a_rolled_back_transaction_leaves_no_job(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    async def enqueue_and_fail() -> None:
        async with database.transaction(Scope.anonymous()) as session:
            await enqueue(session, "sample.note")
            raise LookupError

    with pytest.raises(LookupError):
        await enqueue_and_fail()

    assert admin.execute("select 1 from procrastinate_jobs").fetchall() == []
    assert admin.execute("select 1 from job_run").fetchall() == []


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("sample.nobody", {}, UnknownJob),
        ("sample.note", {"other": "x"}, TypeError),
        ("sample.note", {"word": uuid4()}, TypeError),
        ("sample.note", {"word": "x" * 2_001}, ValueError),
    ],
)
async def test_a_wrong_job_is_refused_where_it_is_enqueued(
    database: Database,
    admin: psycopg.Connection,
    clean: None,
    name: str,
    arguments: dict[str, Any],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        await put(database, name, **arguments)

    assert waiting(admin) == 0


async def test_an_unavailable_service_is_tried_again_and_then_parked(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    async with worker():
        run_id = await put(database, "sample.unavailable")
        run = await until(lambda: ended(admin, run_id))

    assert (run["state"], run["parked_reason"], run["attempt"]) == ("parked", "unavailable", 2)
    assert run["error_code"] == "unavailable"
    assert run["error_ko"].startswith("지금은")
    assert run["error_en"].startswith("This cannot")
    assert traces(admin) == ["tried", "tried"]


@pytest.mark.parametrize("word", ["refused", "unavailable", "bug"])
async def test_whatever_a_job_is_parked_for_what_is_declared_to_follow_follows(
    database: Database, admin: psycopg.Connection, worker: Worker, word: str
) -> None:
    async with worker():
        run_id = await put(database, "sample.followed", word=word)
        await until(lambda: "noted" in traces(admin))

    assert run_of(admin, run_id)["state"] == "parked"
    assert traces(admin) == ["tried"] * (1 if word == "refused" else 2) + ["noted"]


def test_what_follows_a_parking_is_a_job_of_the_same_arguments() -> None:
    following = {one.name: one.parked for one in declared_jobs() if one.parked}
    arguments = {
        name: list(inspect.signature(job_named(name).function).parameters)
        for name in (*following, *following.values())
    }

    assert following["catalog.process_file"] == "catalog.give_up_file"
    assert all(arguments[name] == arguments[next_] for name, next_ in following.items())


async def test_a_store_that_does_not_answer_is_a_line_and_no_bug(
    database: Database, admin: psycopg.Connection, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    async with worker():
        run_id = await put(database, "sample.store")
        run = await until(lambda: ended(admin, run_id))

    assert (run["state"], run["parked_reason"], run["attempt"]) == ("parked", "unavailable", 2)
    assert run["error_code"] == "store_unavailable"
    assert traces(admin) == ["tried", "tried"]
    lines = [line.getMessage() for line in caplog.records if "sample.store" in line.getMessage()]
    assert [line.partition("attempt ")[2] for line in lines] == [
        f"{number} of 2: bucket/key: The store does not answer or is overloaded; a repeat is safe"
        " (no answer)"
        for number in (1, 2)
    ]
    assert "Traceback" not in caplog.text


async def test_a_lock_that_is_not_given_is_no_bug(
    database: Database, admin: psycopg.Connection, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    async with worker():
        with admin.transaction():
            admin.execute("update sandbox_clock set shift = shift")
            run_id = await put(database, "sample.locked")
            run = await until(lambda: ended(admin, run_id))

    assert (run["parked_reason"], run["error_code"]) == ("unavailable", "database_busy")
    assert "Traceback" not in caplog.text


async def test_a_refusal_parks_at_once(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    async with worker():
        run_id = await put(database, "sample.refused")
        run = await until(lambda: ended(admin, run_id))

    assert (run["parked_reason"], run["attempt"]) == ("refused", 1)
    assert run["error_code"] == "sample_refused"


async def test_a_bug_is_logged_rolled_back_and_parked_without_its_message(
    database: Database,
    admin: psycopg.Connection,
    worker: Worker,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with worker():
        run_id = await put(database, "sample.bug")
        run = await until(lambda: ended(admin, run_id))

    assert (run["parked_reason"], run["attempt"], run["error_code"]) == ("failed", 2, "job_failed")
    assert "ZeroDivisionError" in run["error_en"]
    assert "1234567890" not in run["error_en"] + run["error_ko"]
    assert traces(admin) == []
    assert "Traceback" in caplog.text


@pytest.mark.slow  # the shortest limit is a second
async def test_an_attempt_ends_at_its_time_limit(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    async with worker():
        run_id = await put(database, "sample.slow")
        run = await until(lambda: ended(admin, run_id))

    assert (run["parked_reason"], run["error_code"]) == ("failed", "job_time_limit")
    assert "1초" in run["error_ko"]


async def test_progress_is_shown_and_not_written_too_often(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    async with worker():
        run_id = await put(database, "sample.counting")
        await until(lambda: ended(admin, run_id))

    run = run_of(admin, run_id)
    assert (run["progress_done"], run["progress_total"]) == (1, 4)
    assert (run["progress_ko"], run["progress_en"]) == ("세는 중", "counting")


async def test_a_parked_job_starts_again_and_leaves_an_audit_row(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    async with worker():
        run_id = await put(database, "sample.refused")
        await until(lambda: ended(admin, run_id))
        async with database.transaction(Scope("staff")) as session:
            run = await retry_parked(session, run_id)
            assert run.state is JobState.waiting
        await until(lambda: traces(admin).count("tried") == 2 and ended(admin, run_id))

    assert traces(admin).count("job.retried") == 1
    assert run_of(admin, run_id)["attempt"] == 1


async def test_only_a_parked_job_starts_again_and_only_a_living_one_is_cancelled(
    database: Database, admin: psycopg.Connection, clean: None
) -> None:
    run_id = await put(database, "sample.note")
    for act, error in ((retry_parked, JobNotParked), (cancel, None), (cancel, JobEnded)):
        async with database.transaction(Scope("staff")) as session:
            if error is None:
                assert (await act(session, run_id)).state is JobState.cancelled
            else:
                with pytest.raises(error):
                    await act(session, run_id)
    with pytest.raises(JobNotFound):
        async with database.transaction(Scope("staff")) as session:
            await cancel(session, uuid4())

    assert waiting(admin) == 0
    assert traces(admin) == ["job.cancelled"]


async def test_a_running_job_is_cancelled_within_a_heartbeat(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    async with worker():
        run_id = await put(database, "sample.long")
        await until(lambda: "begun" in traces(admin))
        async with database.transaction(Scope("staff")) as session:
            await cancel(session, run_id)
        run = await until(lambda: ended(admin, run_id), limit_s=2)

    assert run["state"] == "cancelled"
    assert traces(admin) == ["begun", "job.cancelled"]


async def test_a_stopping_worker_gives_its_job_back_uncounted(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    async with worker():
        run_id = await put(database, "sample.long")
        await until(lambda: "begun" in traces(admin))

    run = run_of(admin, run_id)
    assert (run["state"], run["attempt"]) == ("waiting", 0)
    assert waiting(admin) == 1


async def test_a_queueing_lock_keeps_one_waiting_and_hides_it_until_the_commit(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    first = await put(database, "sample.note", word="1", queueing_lock="one")
    async with database.transaction(Scope.anonymous()) as session:
        assert await enqueue(session, "sample.note", word="2", queueing_lock="one") == first
        async with worker():
            await asyncio.sleep(0.3)
            assert traces(admin) == [], "it would not see what this transaction writes"
    async with worker():
        await until(lambda: ended(admin, first))

    assert traces(admin) == ["noted"]


async def test_jobs_with_one_lock_run_one_after_the_other(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    async with worker(), worker():
        runs = [await put(database, "sample.note", lock="one", word=str(n)) for n in range(6)]
        await until(lambda: all(ended(admin, run_id) for run_id in runs))

    words = admin.execute("select facts->>'word' from audit_event order by id").fetchall()
    assert [word for (word,) in words] == ["0", "1", "2", "3", "4", "5"]


async def test_two_workers_never_run_one_job_twice(
    database: Database, admin: psycopg.Connection, worker: Worker
) -> None:
    async with worker(), worker():
        for _ in range(40):
            await put(database, "sample.note")
        await until(lambda: len(traces(admin)) >= 40)
        await until(lambda: waiting(admin) == 0)

    assert len(traces(admin)) == 40


@pytest.mark.parametrize("role", ["tenant", "staff"])
@pytest.mark.parametrize(
    "statement",
    [
        "select args from procrastinate_jobs",
        "update procrastinate_jobs set args = '{}'",
        "insert into procrastinate_jobs (queue_name, task_name) values ('x', 'x')",
        "select procrastinate_cancel_job_v1(1, true, true)",
        "update job_run set state = 'waiting'",
        "delete from job_run",
        "select requeue_job(1, 0)",
        "delete from job_worker",
    ],
)
async def test_only_the_exchange_itself_touches_the_queue(
    database: Database, clean: None, role: DatabaseRole, statement: str
) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction(Scope(role)) as session:
            await session.execute(text(statement))


@pytest.mark.parametrize("statement", ["select retry_parked_job(:id)", "select cancel_job(:id)"])
async def test_a_tenant_neither_retries_nor_cancels(
    database: Database, clean: None, statement: str
) -> None:
    run_id = await put(database, "sample.note")
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction(Scope.anonymous()) as session:
            await session.execute(text(statement), {"id": run_id})


async def test_members_see_the_jobs_of_their_organization_only(
    database: Database, clean: None
) -> None:
    person, place = await a_member(database, Role.owner)
    other, elsewhere = await a_member(database, Role.owner)
    own = await put(database, "sample.note", scope=Scope("tenant", person.id, place.id))

    async with database.transaction(Scope("tenant", person.id, place.id)) as session:
        assert [run.id for run in await list_runs(session)] == [own]
    async with database.transaction(Scope("tenant", other.id, elsewhere.id)) as session:
        assert await list_runs(session) == []
        with pytest.raises(JobNotFound):
            await get_run(session, own)
    async with database.transaction(Scope("staff")) as session:
        assert (await count_by_state(session))[JobState.waiting] == 1
        assert (await queue_health(session)).waiting_count == 1


async def test_pages_of_jobs_follow_one_another(database: Database, clean: None) -> None:
    runs = [await put(database, "sample.note") for _ in range(5)]
    async with database.transaction(Scope("staff")) as session:
        first = await list_runs(session, limit=3, states=[JobState.waiting], name="sample.note")
        second = await list_runs(session, limit=3, before=first[-1])

    assert [run.id for run in (*first, *second)] == list(reversed(runs))
