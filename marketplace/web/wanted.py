"""The pages of wanted data: the list, asking, changing, the organization's own, the operator's list."""

from datetime import timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, Principal, allow
from marketplace.catalog.products.industries import SECTIONS
from marketplace.catalog.products.models import DataKind
from marketplace.catalog.wanted import queries, service
from marketplace.catalog.wanted.endpoints import LIST_NAME, desk_lines, limits_of, out_of
from marketplace.catalog.wanted.errors import WantedClosed, WantedHidden
from marketplace.catalog.wanted.models import WantedState
from marketplace.catalog.wanted.policies import ASK, TAKE_PART
from marketplace.catalog.wanted.queries import WantedFilter
from marketplace.catalog.wanted.schemas import WantedIn, WantedOut
from marketplace.clock import seoul_date
from marketplace.db import Phases, now
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.listing import cursors_of, next_cursor, position_of
from marketplace.members.oversight.policies import REVIEWERS
from marketplace.settings import Settings
from marketplace.web.filters import address, read_filter
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.market_search import DIVISIONS
from marketplace.web.pages import AnyRequest, Page, language_of, render

LIST: Final = "/wanted"
NEW: Final = LIST + "/new"
OWN: Final = "/organization/wanted"
EDIT: Final = LIST + "/{request_id:uuid}/edit"
DESK: Final = "/operator/wanted"
ROWS: Final = 20
# Most requests come from manufacturing, so its industries stand first.
FIRST_SECTION: Final = "C"
ORDERED: Final = [
    code
    for letter in sorted(SECTIONS, key=lambda one: (one != FIRST_SECTION, one))
    for code in SECTIONS[letter].divisions
]


class ListFilter(Struct):
    """The conditions of the list."""

    industry: Annotated[str, Meta(max_length=2)] = ""
    state: Literal["open", "found", "not_needed", "expired", "all"] = "open"


class DeskFilter(Struct):
    """Whether the operator looks at what was hidden."""

    hidden: Literal["", "1"] = ""


class Prefilled(Struct):
    """What a search that found nothing hands on to the form."""

    title: Annotated[str, Meta(max_length=100)] = ""
    industry_division: Annotated[str, Meta(max_length=2)] = ""
    process: Annotated[str, Meta(max_length=60)] = ""
    equipment: Annotated[str, Meta(max_length=60)] = ""
    data_kind: Annotated[str, Meta(max_length=20)] = ""


def industry_names(request: AnyRequest) -> dict[str, str]:
    """Return the industries by code in the reader's language, manufacturing first."""
    english = language_of(request) == "en"
    return {code: DIVISIONS[code][int(english)] for code in ORDERED}


@get(LIST, opt=allow(EVERYONE), include_in_schema=False)
async def show_list(
    request: AnyRequest, session: NamedDependency[AsyncSession], settings: NamedDependency[Settings]
) -> Page:
    """List requests for data, the newest first, by industry and state."""
    given = read_filter(request, ListFilter)
    state = None if given.state == "all" else WantedState(given.state)
    cursors = cursors_of(settings, LIST_NAME)
    after = position_of(cursors, request.query_params.get("cursor", ""))
    asked = WantedFilter(given.industry, state)
    rows = await queries.list_public(session, asked, after=after, rows_max=ROWS + 1)
    more = next_cursor(cursors, rows, ROWS)
    used = set(await queries.industries(session)) | {given.industry}
    return render(
        request,
        "wanted.html",
        plain=True,
        given=given,
        rows=[out_of(session, one) for one in rows[:ROWS]],
        industries=industry_names(request),
        used=[code for code in ORDERED if code in used],
        states=list(WantedState),
        next_href=address(LIST, given, cursor=more) if more else "",
    )


@get(OWN, opt=allow(TAKE_PART), include_in_schema=False)
async def show_own(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Show what the organization has asked for, and what it has answered."""
    own = own_organization_id(principal)
    asked = await queries.list_own(session, own)
    answered = await queries.list_answered(session, own)
    return render(
        request,
        "wanted_own.html",
        asked=[out_of(session, one) for one in asked],
        answered=[out_of(session, one) for one in answered],
        industries=industry_names(request),
        may_ask=principal.has(*ASK.roles),
    )


@get(NEW, opt=allow(ASK), include_in_schema=False)
async def show_new(
    request: AnyRequest, phases: NamedDependency[Phases], settings: NamedDependency[Settings]
) -> Page:
    """Show the form; a search that found nothing has filled some of it in."""
    return await _form_page(request, phases, settings, EMPTY)


async def _form_page(
    request: AnyRequest,
    phases: Phases,
    settings: Settings,
    form: Form[WantedIn],
    wanted: WantedOut | None = None,
) -> Page:
    async with phases() as session:
        today = seoul_date(now(session))
    return render(
        request,
        "wanted_form.html",
        status=form.status,
        form=form,
        wanted=wanted,
        given=wanted or read_filter(request, Prefilled),
        industries=industry_names(request),
        kinds=list(DataKind),
        first=today + timedelta(days=1),
        last=today + timedelta(days=settings.wanted_days_most),
        most=settings.wanted_open_most,
    )


@post(NEW, opt=allow(ASK), include_in_schema=False)
async def submit_new(
    request: AnyRequest,
    *,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Ask for data."""
    form = await read_form(request, WantedIn)
    own, limits = own_organization_id(principal), limits_of(settings)

    async def act(content: WantedIn) -> Page:
        async def ask(session: AsyncSession) -> Any:
            return await service.ask(
                session, own, content, actor_id=principal.user_id, limits=limits
            )

        return await once.redirect(form.key, ask, lambda one: f"{LIST}/{one.id}", "wanted-asked")

    async def again(wrong: Form[WantedIn]) -> Page:
        return await _form_page(request, phases, settings, wrong)

    return await submitted(form, act, again)


@get(EDIT, opt=allow(ASK), include_in_schema=False)
async def show_edit(
    request: AnyRequest,
    request_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """Show the form of an own request that is open."""
    wanted = await _own(phases, principal, request_id)
    if wanted.state is not WantedState.open:
        raise WantedClosed
    return await _form_page(request, phases, settings, EMPTY, wanted)


async def _own(phases: Phases, principal: Principal, request_id: UUID) -> WantedOut:
    async with phases() as session:
        found = await queries.get_own(session, own_organization_id(principal), request_id)
        if found.hidden_at is not None:
            raise WantedHidden
        return out_of(session, found)


@post(EDIT, opt=allow(ASK), include_in_schema=False)
async def submit_edit(
    request: AnyRequest,
    *,
    request_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Change an own request."""
    form = await read_form(request, WantedIn)
    own, limits = own_organization_id(principal), limits_of(settings)

    async def act(content: WantedIn) -> Page:
        async def edit(session: AsyncSession) -> object:
            return await service.edit(session, own, request_id, content, limits=limits)

        return await once.redirect(form.key, edit, f"{LIST}/{request_id}", "saved")

    async def again(wrong: Form[WantedIn]) -> Page:
        wanted = await _own(phases, principal, request_id)
        return await _form_page(request, phases, settings, wrong, wanted)

    return await submitted(form, act, again)


@get(DESK, opt=allow(REVIEWERS), include_in_schema=False)
async def show_desk(
    request: AnyRequest, session: NamedDependency[AsyncSession], settings: NamedDependency[Settings]
) -> Page:
    """Show requests to the operator, or those that were hidden."""
    given = read_filter(request, DeskFilter)
    cursors = cursors_of(settings, LIST_NAME)
    after = position_of(cursors, request.query_params.get("cursor", ""))
    asked = WantedFilter(hidden=given.hidden == "1")
    rows = await queries.list_public(session, asked, after=after, rows_max=ROWS + 1)
    more = next_cursor(cursors, rows, ROWS)
    return render(
        request,
        "operator/wanted.html",
        hidden=asked.hidden,
        lines=await desk_lines(session, rows[:ROWS]),
        industries=industry_names(request),
        next_href=address(DESK, given, cursor=more) if more else "",
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_list,
    show_own,
    show_new,
    submit_new,
    show_edit,
    submit_edit,
    show_desk,
)
