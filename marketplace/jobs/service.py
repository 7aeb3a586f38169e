"""What the operator does with jobs: start a parked one again, cancel one. Both leave an audit row."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.jobs.errors import JobEnded, JobNotParked
from marketplace.jobs.models import JobRun
from marketplace.jobs.queries import get_run


async def retry_parked(session: AsyncSession, run_id: UUID) -> JobRun:
    """Start a parked job again, with all its attempts; for sessions of staff.

    Raises:
        JobNotFound: there is no such job
        JobNotParked: it is not parked (any more)
    """
    run = await get_run(session, run_id)
    reason = run.parked_reason
    if not await session.scalar(text("select retry_parked_job(:id)"), {"id": run_id}):
        raise JobNotParked
    await _recorded(session, "job.retried", run, was=reason)
    return run


async def cancel(session: AsyncSession, run_id: UUID) -> JobRun:
    """Cancel a job; a running one is stopped by its worker within a few seconds. For staff.

    Raises:
        JobNotFound: there is no such job
        JobEnded: it has ended already
    """
    run = await get_run(session, run_id)
    state = run.state
    if not await session.scalar(text("select cancel_job(:id)"), {"id": run_id}):
        raise JobEnded
    await _recorded(session, "job.cancelled", run, was=state)
    return run


async def _recorded(session: AsyncSession, action: str, run: JobRun, *, was: str | None) -> None:
    await session.refresh(run)
    thing = Thing("job_run", str(run.id), run.organization_id)
    await record(session, action, thing, facts={"name": run.name, "was": was})
