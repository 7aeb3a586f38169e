"""The operator's pages of persons: the list, one person, decisions about the account."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Function, Principal, Role, allow
from marketplace.db import Phases
from marketplace.http.dependencies import provide_phases
from marketplace.idempotency import Once
from marketplace.members.accounts.models import UserState
from marketplace.members.oversight.bodies.proposals import propose_second_factor_reset
from marketplace.members.oversight.bodies.queries import list_proposals
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    cursors_of,
    next_cursor,
    position_of,
)
from marketplace.members.oversight.people import queries, service
from marketplace.members.oversight.people.detail import person_detail
from marketplace.members.oversight.people.endpoints import LIST_NAME
from marketplace.members.oversight.policies import ADMINISTRATORS, ADMINISTRATORS_FRESH
from marketplace.members.oversight.schemas import OptionalReasonIn
from marketplace.members.oversight.trail.queries import list_events, of_person
from marketplace.settings import Settings
from marketplace.web.filters import address, read_filter
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.operator_acts import ReasonAct, desk_of, handler_of
from marketplace.web.pages import AnyRequest, Page, render

BASE = "/operator/people"
TRAIL_ROWS = 20


class PeopleFilterIn(Struct, forbid_unknown_fields=True):
    """Conditions of the list."""

    text: Annotated[str, Meta(max_length=100)] = ""
    state: UserState | None = None
    function: Function | None = None
    role: Role | None = None


@get(BASE, opt=allow(ADMINISTRATORS), include_in_schema=False)
async def list_page(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Page:
    """Show the persons that fit."""
    given = read_filter(request, PeopleFilterIn)
    cursors = cursors_of(settings, LIST_NAME)
    after = position_of(cursors, request.query_params.get("cursor", ""))
    wanted = queries.PersonFilter(given.text, given.state, given.function, given.role)
    rows = await queries.list_people(session, wanted, after=after, rows_max=DEFAULT_ROWS + 1)
    more = next_cursor(cursors, rows, DEFAULT_ROWS)
    return render(
        request,
        "operator/people.html",
        rows=rows[:DEFAULT_ROWS],
        given=given,
        roles=[role.value for role in Role],
        next_href=address(BASE, given, cursor=more) if more else "",
        **desk_of(request, session),
    )


async def _detail_page(
    request: AnyRequest,
    phases: Phases,
    user_id: UUID,
    *,
    failed: str = "",
    form: Form[Any] = EMPTY,
) -> Page:
    async with phases() as session:
        detail = await person_detail(session, user_id)
        return render(
            request,
            "operator/person.html",
            status=form.status,
            detail=detail,
            person=detail.person,
            proposals=await list_proposals(session, user_id=user_id),
            events=await list_events(session, of_person(user_id), rows_max=TRAIL_ROWS),
            failed=failed,
            form=form,
            **desk_of(request, session),
        )


async def _again(request: AnyRequest, thing_id: UUID, failed: str, form: Form[Any]) -> Page:
    phases = provide_phases(request)
    return await _detail_page(request, phases, thing_id, failed=failed, form=form)


@get(f"{BASE}/{{user_id:uuid}}", opt=allow(ADMINISTRATORS), include_in_schema=False)
async def detail_page(
    request: AnyRequest, phases: NamedDependency[Phases], user_id: FromPath[UUID]
) -> Page:
    """Show one person with everything that is decided about the account."""
    return await _detail_page(request, phases, user_id)


@post(f"{BASE}/{{user_id:uuid}}/confirmation", opt=allow(ADMINISTRATORS), include_in_schema=False)
async def resend_confirmation(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    user_id: FromPath[UUID],
) -> Page:
    """Send the link again to somebody whose address is not confirmed."""
    form = await read_form(request, OptionalReasonIn)
    url = settings.public_url

    async def act(session: AsyncSession) -> object:
        return await service.resend_confirmation(session, principal, user_id, public_url=url)

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, f"{BASE}/{user_id}", "link-sent"),
        lambda refused: _again(request, user_id, "confirmation", refused),
    )


ACTS = (
    ReasonAct("sessions", service.end_sessions, ADMINISTRATORS_FRESH, "sessions-ended"),
    ReasonAct("suspension", service.suspend_person, ADMINISTRATORS_FRESH, "suspended"),
    ReasonAct("reinstatement", service.reinstate_person, ADMINISTRATORS_FRESH, "reinstated"),
    ReasonAct("second-factor-reset", propose_second_factor_reset, ADMINISTRATORS_FRESH, "proposed"),
)
ROUTES = (
    list_page,
    detail_page,
    resend_confirmation,
    *(handler_of(act, BASE, _again) for act in ACTS),
)
