"""The operator's page of jobs: what waits, runs and is parked, workers, mail that was given up."""

from typing import Any
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases
from marketplace.http.dependencies import provide_phases
from marketplace.jobs import queries as jobs
from marketplace.jobs import service
from marketplace.jobs.models import JobState
from marketplace.members.oversight.listing import DEFAULT_ROWS, cursors_of
from marketplace.members.oversight.policies import ADMINISTRATORS
from marketplace.members.oversight.work import queries
from marketplace.members.oversight.work.endpoints import LIST_NAME, page_of_jobs
from marketplace.settings import Settings
from marketplace.web.filters import address, read_filter
from marketplace.web.forms import EMPTY, Form
from marketplace.web.operator_acts import ReasonAct, desk_of, handler_of
from marketplace.web.pages import AnyRequest, Page, render

BASE = "/operator/jobs"
MAILS_SHOWN = 20


class JobsFilterIn(Struct, forbid_unknown_fields=True):
    """Conditions of the list."""

    state: JobState | None = None


async def _page(
    request: AnyRequest, phases: Phases, given: JobsFilterIn, form: Form[Any] = EMPTY
) -> Page:
    settings: Settings = request.app.state["settings"]
    cursor = request.query_params.get("cursor", "")
    cursors = cursors_of(settings, LIST_NAME)
    async with phases() as session:
        rows, more = await page_of_jobs(
            session, cursors, given.state, limit=DEFAULT_ROWS, cursor=cursor
        )
        return render(
            request,
            "operator/jobs.html",
            status=form.status,
            rows=rows,
            counts=await jobs.count_by_state(session),
            health=await jobs.queue_health(session),
            workers=await jobs.list_workers(session),
            periodics=await jobs.list_periodics(session),
            mails=await queries.list_given_up(session, rows_max=MAILS_SHOWN),
            mails_waiting=await queries.count_waiting_mail(session),
            given=given,
            form=form,
            next_href=address(BASE, given, cursor=more) if more else "",
            **desk_of(request, session),
        )


@get(BASE, opt=allow(ADMINISTRATORS), include_in_schema=False)
async def show(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the jobs that fit, the workers and the mail."""
    return await _page(request, phases, read_filter(request, JobsFilterIn))


async def _again(request: AnyRequest, _id: UUID, _failed: str, form: Form[Any]) -> Page:
    return await _page(request, provide_phases(request), JobsFilterIn(), form)


async def _retry(session: AsyncSession, _actor: Principal, run_id: UUID, **_given: str) -> object:
    return await service.retry_parked(session, run_id)


async def _cancel(session: AsyncSession, _actor: Principal, run_id: UUID, **_given: str) -> object:
    return await service.cancel(session, run_id)


ROUTES = (
    show,
    handler_of(ReasonAct("retry", _retry, ADMINISTRATORS, "job-retried"), BASE, _again, BASE),
    handler_of(
        ReasonAct("cancellation", _cancel, ADMINISTRATORS, "job-cancelled"), BASE, _again, BASE
    ),
)
