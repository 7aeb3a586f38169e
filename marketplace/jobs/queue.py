"""The queue as the worker sees it: take, keep alive, finish, give back, park.

Every change of a job writes procrastinate's row and ours in one transaction, and every change by an
attempt names its fencing token, so that a late attempt changes nothing.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.jobs.declaring import Periodic
from marketplace.jobs.models import ParkedReason

# How long after its own limit an attempt is taken away from a worker that lives but does not end it.
OVERTIME_S = 15

_FETCH = text(
    "select id, args from procrastinate_fetch_job_v2(cast(:queues as varchar[]), null)"
    " where id is not null"
)
_BEGIN = text(
    "update job_run set state = 'running', attempt = attempt + 1, fencing_token = :token,"
    " worker_id = :worker_id, started_at = app_now(), updated_at = app_now(), next_at = null,"
    " progress_done = null, progress_total = null, progress_ko = null, progress_en = null,"
    " heartbeat_at = clock_timestamp(),"
    " deadline_at = clock_timestamp() + make_interval(secs => limit_s + :overtime_s)"
    " where queue_id = :queue_id returning id, name, attempt, attempts_most"
)
_END = text(
    "update job_run set state = :state, fencing_token = null, ended_at = app_now(),"
    " updated_at = app_now(), parked_reason = :reason, error_code = :code, error_ko = :ko,"
    " error_en = :en, heartbeat_at = null, deadline_at = null"
    " where fencing_token = :token returning queue_id"
)
_GIVE_BACK = text(
    "update job_run set state = 'waiting', fencing_token = null, updated_at = app_now(),"
    " next_at = app_now() + make_interval(secs => :wait_s), attempt = attempt - :uncounted,"
    " error_code = coalesce(:code, error_code), error_ko = coalesce(:ko, error_ko),"
    " error_en = coalesce(:en, error_en), heartbeat_at = null, deadline_at = null"
    " where fencing_token = :token returning queue_id"
)
_QUEUE_END = text("select procrastinate_finish_job_v1(:queue_id, :status, :forget)")
_REQUEUE = text("select requeue_job(:queue_id, :wait_s)")
_KEEP_ALIVE = text(
    "update job_run set heartbeat_at = clock_timestamp() where fencing_token = any(:tokens)"
    " returning fencing_token, cancel_requested_at is not null as cancelled"
)
_KEEP_PERIODIC_ALIVE = text(
    "update periodic_run set heartbeat_at = clock_timestamp()"
    " where fencing_token = any(:tokens) returning fencing_token, false as cancelled"
)
_KNOW_PERIODICS = text(
    "insert into periodic_run (name, next_at)"
    " select name, clock_timestamp() from unnest(cast(:names as varchar[])) as name"
    " on conflict (name) do nothing"
)
_DUE_PERIODIC = text(
    "select name from periodic_run where name = any(:names) and next_at <= clock_timestamp()"
    " and (fencing_token is null or deadline_at < clock_timestamp()"
    "      or greatest(heartbeat_at, pg_postmaster_start_time())"
    "         < clock_timestamp() - make_interval(secs => :lease_s))"
    " order by next_at limit 1 for update skip locked"
)
_BEGIN_ROUND = text(
    "update periodic_run set fencing_token = :token, worker_id = :worker_id,"
    " begun_at = clock_timestamp(), heartbeat_at = clock_timestamp(),"
    " next_at = clock_timestamp() + make_interval(secs => :every_s),"
    " deadline_at = clock_timestamp() + make_interval(secs => :limit_s + :overtime_s)"
    " where name = :name"
)
_END_ROUND = text(
    "update periodic_run set fencing_token = null, heartbeat_at = null, deadline_at = null,"
    " next_at = case when :again then clock_timestamp() else next_at end,"
    " succeeded_at = case when cast(:error as text) is null and not :again"
    "   then clock_timestamp() else succeeded_at end,"
    " failed_at = case when :error is null then failed_at else clock_timestamp() end,"
    " error_en = :error where fencing_token = :token returning name"
)
_WORKER_ALIVE = text(
    "insert into job_worker (id, host, process_id, heartbeat_at, listening, running_count)"
    " values (:id, :host, :process_id, clock_timestamp(), :listening, :running_count)"
    " on conflict (id) do update set heartbeat_at = excluded.heartbeat_at,"
    " listening = excluded.listening, running_count = excluded.running_count"
)


@dataclass(frozen=True)
class Taken:
    """A job that this worker has just taken, with the token of the attempt."""

    run_id: UUID
    name: str
    attempt: int
    attempts_most: int
    token: UUID
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Trouble:
    """Why an attempt ended badly, for a program and for people in two languages."""

    code: str
    ko: str
    en: str


async def take(session: AsyncSession, worker_id: UUID, names: Sequence[str]) -> Taken | None:
    """Take the next job that is due, or none; the attempt is counted before it runs.

    Args:
        names: the declared jobs; others wait for a worker that knows them

    Raises:
        IntegrityError: another worker has just taken a job with the same lock; ask again
    """
    fetched = (await session.execute(_FETCH, {"queues": list(names)})).one_or_none()
    if fetched is None:
        return None
    token = uuid4()
    values = {"token": token, "worker_id": worker_id, "queue_id": fetched.id}
    begun = (await session.execute(_BEGIN, {**values, "overtime_s": OVERTIME_S})).one()
    arguments = fetched.args if isinstance(fetched.args, dict) else json.loads(fetched.args)
    return Taken(begun.id, begun.name, begun.attempt, begun.attempts_most, token, arguments)


async def succeed(session: AsyncSession, token: UUID) -> bool:
    """Write that the attempt succeeded; False when it is no longer the newest."""
    return await _end(session, token, "succeeded")


async def cancel(session: AsyncSession, token: UUID) -> bool:
    """Write that the attempt was stopped on request; False when it is no longer the newest."""
    return await _end(session, token, "cancelled")


async def park(session: AsyncSession, token: UUID, reason: ParkedReason, trouble: Trouble) -> bool:
    """Put the job aside with its reason; False when the attempt is no longer the newest."""
    return await _end(session, token, "parked", reason=reason, trouble=trouble)


async def _end(
    session: AsyncSession,
    token: UUID,
    state: str,
    *,
    reason: ParkedReason | None = None,
    trouble: Trouble | None = None,
) -> bool:
    values = {"token": token, "state": state, "reason": reason, **_words(trouble)}
    queue_id = await session.scalar(_END, values)
    if queue_id is None:
        return False
    # A parked job keeps its place and arguments in the queue, so that it can be started again.
    parked = state == "parked"
    status = "failed" if parked else "succeeded"
    await session.execute(
        _QUEUE_END, {"queue_id": queue_id, "status": status, "forget": not parked}
    )
    return True


async def give_back(
    session: AsyncSession,
    token: UUID,
    *,
    wait_s: float,
    counted: bool = True,
    trouble: Trouble | None = None,
) -> bool:
    """Let the job be tried again after a wait; False when the attempt is no longer the newest.

    Args:
        wait_s: not before so many seconds from now
        counted: False for an attempt that only a stopping worker ended
    """
    values = {"token": token, "wait_s": wait_s, "uncounted": 0 if counted else 1}
    queue_id = await session.scalar(_GIVE_BACK, {**values, **_words(trouble)})
    if queue_id is None:
        return False
    await session.execute(_REQUEUE, {"queue_id": queue_id, "wait_s": wait_s})
    return True


def _words(trouble: Trouble | None) -> dict[str, str | None]:
    if trouble is None:
        return {"code": None, "ko": None, "en": None}
    return {"code": trouble.code[:80], "ko": trouble.ko[:500], "en": trouble.en[:500]}


async def know_periodics(session: AsyncSession, names: Sequence[str]) -> None:
    """Make the rows of periodic work that has never run."""
    await session.execute(_KNOW_PERIODICS, {"names": list(names)})


async def take_round(
    session: AsyncSession, worker_id: UUID, work: Mapping[str, Periodic], lease_s: float
) -> tuple[Periodic, UUID] | None:
    """Take a round that is due and that no living worker runs, with its token, or none."""
    name = await session.scalar(_DUE_PERIODIC, {"names": list(work), "lease_s": lease_s})
    if name is None:
        return None
    due, token = work[name], uuid4()
    await session.execute(
        _BEGIN_ROUND,
        {
            "name": name,
            "token": token,
            "worker_id": worker_id,
            "every_s": due.every_s,
            "limit_s": due.limit_s,
            "overtime_s": OVERTIME_S,
        },
    )
    return due, token


async def end_round(
    session: AsyncSession, token: UUID, *, error: str | None = None, again: bool = False
) -> bool:
    """Write how a round ended; False when it is no longer the newest.

    Args:
        error: what went wrong, in English
        again: it was only interrupted, the next one is due now
    """
    values = {"token": token, "error": error[:500] if error else None, "again": again}
    return await session.scalar(_END_ROUND, values) is not None


async def keep_alive(session: AsyncSession, tokens: Collection[UUID]) -> dict[UUID, bool]:
    """Renew the heartbeat of running attempts and rounds.

    Returns:
        Whether each is to be cancelled; a token that is missing has been superseded.
    """
    alive: dict[UUID, bool] = {}
    for statement in (_KEEP_ALIVE, _KEEP_PERIODIC_ALIVE):
        found = await session.execute(statement, {"tokens": list(tokens)})
        alive |= {row.fencing_token: row.cancelled for row in found}
    return alive


async def worker_alive(session: AsyncSession, facts: Mapping[str, Any]) -> None:
    """Write that this worker lives: id, host, process_id, listening, running_count."""
    await session.execute(_WORKER_ALIVE, facts)


async def worker_gone(session: AsyncSession, worker_id: UUID) -> None:
    """Forget a worker that ends in order."""
    await session.execute(text("delete from job_worker where id = :id"), {"id": worker_id})
