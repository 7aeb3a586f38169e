"""The operator's API of jobs and of mail that was given up."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import allow
from marketplace.http.cursors import Cursors
from marketplace.idempotency import Once
from marketplace.jobs import queries as jobs
from marketplace.jobs import service
from marketplace.jobs.models import JobRun, JobState
from marketplace.members.oversight.listing import DEFAULT_ROWS, Cursor, Limit, cursors_of, row_of
from marketplace.members.oversight.policies import ADMINISTRATORS
from marketplace.members.oversight.work import queries
from marketplace.members.oversight.work.schemas import JobOut, JobsOut, LostMailsOut, QueueOut
from marketplace.settings import Settings

LIST_NAME = "operator_jobs"
LOST_MAILS_MAX = 100
# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[JobState | None, QueryParameter(name="state")]


async def page_of_jobs(
    session: AsyncSession,
    cursors: Cursors,
    state: JobState | None,
    *,
    limit: int,
    cursor: str,
) -> tuple[list[JobRun], str | None]:
    """Return jobs and the cursor of the following page.

    Raises:
        CursorRefused: not made here
        JobNotFound: the job where the page begins is gone
    """
    last = row_of(cursors, cursor)
    before = None if last is None else await jobs.get_run(session, last)
    states = [] if state is None else [state]
    rows = await jobs.list_runs(session, states=states, before=before, limit=limit)
    more = cursors.seal(str(rows[-1].id)) if len(rows) == limit else None
    return rows, more


@get("/jobs", opt=allow(ADMINISTRATORS))
async def list_jobs(
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    in_state: InState = None,
    limit: Limit = DEFAULT_ROWS,
    cursor: Cursor = "",
) -> JobsOut:
    """List jobs, the last changed first."""
    cursors = cursors_of(settings, LIST_NAME)
    rows, more = await page_of_jobs(session, cursors, in_state, limit=limit, cursor=cursor)
    shown = {"items": rows, "next_cursor": more}
    return msgspec.convert(shown, JobsOut, from_attributes=True)


@get("/jobs/queue", opt=allow(ADMINISTRATORS))
async def show_queue(session: NamedDependency[AsyncSession]) -> QueueOut:
    """Say how the queue does: what waits, runs and is parked, and how many workers listen."""
    health = await jobs.queue_health(session)
    return msgspec.convert(health, QueueOut, from_attributes=True)


@get("/jobs/{run_id:uuid}", opt=allow(ADMINISTRATORS))
async def show_job(session: NamedDependency[AsyncSession], run_id: FromPath[UUID]) -> JobOut:
    """Show one job with its progress."""
    return msgspec.convert(await jobs.get_run(session, run_id), JobOut, from_attributes=True)


@post("/jobs/{run_id:uuid}/retry", opt=allow(ADMINISTRATORS))
async def retry_job(once: NamedDependency[Once], run_id: FromPath[UUID]) -> Response[JobOut]:
    """Start a parked job again with all its attempts."""

    async def act(session: AsyncSession) -> object:
        return await service.retry_parked(session, run_id)

    return await once.answer(act, JobOut)


@post("/jobs/{run_id:uuid}/cancellation", opt=allow(ADMINISTRATORS))
async def cancel_job(once: NamedDependency[Once], run_id: FromPath[UUID]) -> Response[JobOut]:
    """Cancel a job; a running one is stopped by its worker within a few seconds."""

    async def act(session: AsyncSession) -> object:
        return await service.cancel(session, run_id)

    return await once.answer(act, JobOut)


@get("/lost-mails", opt=allow(ADMINISTRATORS))
async def list_lost_mails(session: NamedDependency[AsyncSession]) -> LostMailsOut:
    """List mail that was tried in vain; start its job again to try once more."""
    found = {"items": await queries.list_given_up(session, rows_max=LOST_MAILS_MAX)}
    return msgspec.convert(found, LostMailsOut, from_attributes=True)


ROUTES = (
    Router(
        "/api/v1/operator",
        route_handlers=[list_jobs, show_queue, show_job, retry_job, cancel_job, list_lost_mails],
        tags=["operator: jobs"],
    ),
)
