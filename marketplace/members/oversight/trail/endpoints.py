"""The operator's API of the audit trail."""

from datetime import date
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.idempotency import repeatable
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    Cursor,
    Limit,
    cursors_of,
    number_of,
)
from marketplace.members.oversight.policies import ADMINISTRATORS, ADMINISTRATORS_FRESH
from marketplace.members.oversight.schemas import EventOut, EventsOut
from marketplace.members.oversight.trail import export, queries
from marketplace.members.oversight.trail.queries import TrailFilter
from marketplace.members.oversight.trail.schemas import TrailExportIn, TrailFilterIn, filter_of
from marketplace.settings import Settings

LIST_NAME = "operator_trail"


def provide_filter(
    action: FromQuery[str] = "",
    person_id: FromQuery[UUID | None] = None,
    organization_id: FromQuery[UUID | None] = None,
    from_on: FromQuery[date | None] = None,
    to_on: FromQuery[date | None] = None,
) -> TrailFilter:
    """Read the conditions of the trail from the address; days are days in Seoul, both included."""
    given = TrailFilterIn(action[:80], person_id, organization_id, from_on, to_on)
    return filter_of(given)


@get(
    "/",
    opt=allow(ADMINISTRATORS),
    dependencies={"wanted": Provide(provide_filter, sync_to_thread=False)},
)
async def list_events(
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    wanted: NamedDependency[TrailFilter],
    limit: Limit = DEFAULT_ROWS,
    cursor: Cursor = "",
) -> EventsOut:
    """List events of the audit trail, the newest first."""
    cursors = cursors_of(settings, LIST_NAME)
    before_id = number_of(cursors, cursor)
    rows = await queries.list_events(session, wanted, before_id=before_id, rows_max=limit + 1)
    more = cursors.seal(rows[limit - 1].id) if len(rows) > limit else None
    shown = {"items": rows[:limit], "next_cursor": more}
    return msgspec.convert(shown, EventsOut, from_attributes=True)


@get("/{event_id:int}", opt=allow(ADMINISTRATORS))
async def show_event(session: NamedDependency[AsyncSession], event_id: FromPath[int]) -> EventOut:
    """Show one event with all its facts."""
    row = await queries.get_event(session, event_id)
    return msgspec.convert(row, EventOut, from_attributes=True)


@post(
    "/exports",
    opt=allow(ADMINISTRATORS_FRESH) | repeatable("each export is an act of its own and a file"),
    status_code=200,
)
async def export_trail(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    data: JSONBody[TrailExportIn],
) -> Response[bytes]:
    """Export events as JSON Lines, the oldest first; the reason is kept in the trail itself."""
    content = await export.export_trail(session, principal, filter_of(data), reason=data.reason)
    headers = {"content-disposition": 'attachment; filename="audit.jsonl"'}
    return Response(content, media_type="application/jsonl", headers=headers)


ROUTES = (
    Router(
        "/api/v1/operator/audit",
        route_handlers=[list_events, show_event, export_trail],
        tags=["operator: audit trail"],
    ),
)
