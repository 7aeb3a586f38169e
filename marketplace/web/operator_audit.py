"""The operator's pages of the audit trail: the list with its filter, one event, the export."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases
from marketplace.members.oversight.listing import DEFAULT_ROWS, cursors_of, number_of
from marketplace.members.oversight.policies import ADMINISTRATORS, ADMINISTRATORS_FRESH
from marketplace.members.oversight.trail import export, queries
from marketplace.members.oversight.trail.endpoints import LIST_NAME
from marketplace.members.oversight.trail.schemas import TrailExportIn, TrailFilterIn, filter_of
from marketplace.settings import Settings
from marketplace.web.filters import address, read_filter
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, render

BASE = "/operator/audit"


async def _page(
    request: AnyRequest, phases: Phases, given: TrailFilterIn, form: Form[Any] = EMPTY
) -> Page:
    settings: Settings = request.app.state["settings"]
    cursors = cursors_of(settings, LIST_NAME)
    before_id = number_of(cursors, request.query_params.get("cursor", ""))
    async with phases() as session:
        rows = await queries.list_events(
            session, filter_of(given), before_id=before_id, rows_max=DEFAULT_ROWS + 1
        )
        more = cursors.seal(rows[DEFAULT_ROWS - 1].id) if len(rows) > DEFAULT_ROWS else ""
        return render(
            request,
            "operator/audit.html",
            status=form.status,
            rows=rows[:DEFAULT_ROWS],
            actions=await queries.actions_seen(session),
            given=given,
            form=form,
            next_href=address(BASE, given, cursor=more) if more else "",
            **desk_of(request, session),
        )


@get(BASE, opt=allow(ADMINISTRATORS), include_in_schema=False)
async def show(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the events that fit, the newest first."""
    return await _page(request, phases, read_filter(request, TrailFilterIn))


@get(f"{BASE}/{{event_id:int}}", opt=allow(ADMINISTRATORS), include_in_schema=False)
async def show_event(
    request: AnyRequest, session: NamedDependency[AsyncSession], event_id: FromPath[int]
) -> Page:
    """Show one event with all its facts."""
    event = await queries.get_event(session, event_id)
    return render(request, "operator/audit_event.html", event=event, **desk_of(request, session))


@post(f"{BASE}/exports", opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def export_lines(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Send events as a file; the reason goes into the trail itself."""
    form = await read_form(request, TrailExportIn)

    async def act(given: TrailExportIn) -> Page:
        async with phases() as session:
            content = await export.export_trail(
                session, principal, filter_of(given), reason=given.reason
            )
        headers = {"content-disposition": 'attachment; filename="audit.jsonl"'}
        return Response(content, media_type="application/jsonl", headers=headers)

    again = TrailFilterIn()
    return await submitted(form, act, lambda refused: _page(request, phases, again, refused))


ROUTES = (show, show_event, export_lines)
