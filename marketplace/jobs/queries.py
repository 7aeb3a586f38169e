"""Reads of jobs for pages: an organization's own, and everything for the operator.

Row-level security decides whose jobs a session sees; staff and the exchange itself see all.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.jobs.errors import JobNotFound
from marketplace.jobs.models import JobRun, JobState, JobWorker, PeriodicRun

PAGE_MOST = 100


async def get_run(session: AsyncSession, run_id: UUID) -> JobRun:
    """Return one job, with its progress.

    Raises:
        JobNotFound: there is none that this session may see
    """
    run = await session.get(JobRun, run_id)
    if run is None:
        raise JobNotFound
    return run


async def list_runs(
    session: AsyncSession,
    *,
    states: Collection[JobState] = (),
    name: str | None = None,
    before: JobRun | None = None,
    limit: int = PAGE_MOST,
) -> list[JobRun]:
    """Return jobs, the last changed first.

    Args:
        states: only these; empty means all
        name: only jobs of this name
        before: the last one of the page before
        limit: at most 100
    """
    order = (col(JobRun.updated_at), col(JobRun.id))
    query = select(JobRun).order_by(*(column.desc() for column in order))
    if states:
        query = query.where(col(JobRun.state).in_(states))
    if name is not None:
        query = query.where(col(JobRun.name) == name)
    if before is not None:
        query = query.where(
            text("(job_run.updated_at, job_run.id) < (:before_at, :before_id)").bindparams(
                before_at=before.updated_at, before_id=before.id
            )
        )
    return list((await session.scalars(query.limit(min(limit, PAGE_MOST)))).all())


async def count_by_state(session: AsyncSession) -> dict[JobState, int]:
    """Return how many jobs are in each state; every state is there."""
    counts = dict.fromkeys(JobState, 0)
    query = select(col(JobRun.state), func.count()).group_by(col(JobRun.state))
    for state, count in await session.execute(query):
        counts[state] = count
    return counts


@dataclass(frozen=True)
class QueueHealth:
    """How the queue does, for monitoring: all in one look.

    ``oldest_due_s`` is how long the oldest job that could run has been waiting, 0 without one.
    """

    waiting_count: int
    running_count: int
    parked_count: int
    oldest_due_s: float
    worker_count: int
    listening_count: int


_HEALTH = text(
    "select count(*) filter (where state = 'waiting') as waiting_count,"
    " count(*) filter (where state = 'running') as running_count,"
    " count(*) filter (where state = 'parked') as parked_count,"
    " coalesce(extract(epoch from max(app_now() - next_at)"
    "   filter (where state = 'waiting' and next_at <= app_now())), 0)::float as oldest_due_s,"
    " (select count(*) from job_worker where heartbeat_at > clock_timestamp() - interval '30 s')"
    "   as worker_count,"
    " (select count(*) from job_worker where heartbeat_at > clock_timestamp() - interval '30 s'"
    "   and listening) as listening_count"
    " from job_run where state in ('waiting', 'running', 'parked')"
)


async def queue_health(session: AsyncSession) -> QueueHealth:
    """Return how the queue does; for sessions of staff or the exchange itself."""
    row = (await session.execute(_HEALTH)).one()
    return QueueHealth(**row._asdict())


async def list_workers(session: AsyncSession) -> list[JobWorker]:
    """Return the workers that have shown a sign of life lately, the newest first."""
    query = select(JobWorker).order_by(col(JobWorker.started_at).desc())
    return list((await session.scalars(query)).all())


async def list_periodics(session: AsyncSession) -> list[PeriodicRun]:
    """Return all periodic work with its last success and failure, by name."""
    return list((await session.scalars(select(PeriodicRun).order_by(col(PeriodicRun.name)))).all())
