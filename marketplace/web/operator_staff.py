"""The operator's pages of running bodies, its own people, requests for a second administrator."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import ROLES_OF, Function, Principal, allow
from marketplace.clock import seoul_date
from marketplace.db import Phases, now
from marketplace.http.dependencies import provide_phases
from marketplace.idempotency import Once
from marketplace.members.oversight.bodies import proposals, queries, service, staff
from marketplace.members.oversight.bodies.reading import read_body, read_person
from marketplace.members.oversight.bodies.schemas import BodyIn, PersonIn, RolesIn, StaffIn
from marketplace.members.oversight.organizations.queries import list_members
from marketplace.members.oversight.policies import ADMINISTRATORS, ADMINISTRATORS_FRESH
from marketplace.members.oversight.schemas import OptionalReasonIn
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.operator_acts import desk_of
from marketplace.web.pages import AnyRequest, Page, render

BASE = "/operator/staff"


async def _page(
    request: AnyRequest, phases: Phases, *, failed: str = "", form: Form[Any] = EMPTY
) -> Page:
    async with phases() as session:
        operator = await queries.find_operator(session)
        assert operator is not None, "an administrator belongs to it"
        ever = await queries.administrators_ever(session, operator.id)
        return render(
            request,
            "operator/staff.html",
            status=form.status,
            operator=operator,
            people=await list_members(session, operator.id),
            bodies=await queries.list_bodies(session),
            proposals=await queries.list_proposals(session, rows_max=20),
            at=now(session),
            alone=len(ever) <= 1,
            staff_roles=[role.value for role in ROLES_OF[Function.exchange_operator]],
            failed=failed,
            form=form,
            blank=EMPTY,
            **desk_of(request, session),
        )


async def _again(request: AnyRequest, failed: str, form: Form[Any]) -> Page:
    return await _page(request, provide_phases(request), failed=failed, form=form)


@get(BASE, opt=allow(ADMINISTRATORS), include_in_schema=False)
async def show(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the operator's people, what waits for a second administrator, and the bodies."""
    return await _page(request, phases)


@post(BASE, opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def add_staff(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """Ask for a new person of the operator."""
    form = await read_form(request, StaffIn)

    async def act(session: AsyncSession) -> object:
        given = form.data
        wanted = proposals.StaffRequest(read_person(given), tuple(given.roles), given.reason)
        url = settings.public_url
        return await proposals.propose_staff(session, principal, wanted, public_url=url)

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, BASE, "proposed"),
        lambda refused: _again(request, "add", refused),
    )


@post(f"{BASE}/{{user_id:uuid}}/roles", opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def change_roles(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    user_id: FromPath[UUID],
) -> Page:
    """Ask for other roles of a colleague."""
    form = await read_form(request, RolesIn)

    async def act(session: AsyncSession) -> object:
        return await proposals.propose_roles(
            session, principal, user_id, form.data.roles, reason=form.data.reason
        )

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, BASE, "roles-proposed"),
        lambda refused: _again(request, f"roles-{user_id}", refused),
    )


@post(f"{BASE}/{{user_id:uuid}}/removal", opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def remove_staff(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    user_id: FromPath[UUID],
) -> Page:
    """End a colleague's work for the operator."""
    form = await read_form(request, OptionalReasonIn)

    async def act(session: AsyncSession) -> object:
        operator = await proposals.lock_operator(session, principal)
        return await staff.remove(session, principal, operator, user_id, reason=form.data.reason)

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, BASE, "removed"),
        lambda refused: _again(request, f"removal-{user_id}", refused),
    )


@post(
    f"{BASE}/proposals/{{proposal_id:uuid}}/confirmation",
    opt=allow(ADMINISTRATORS_FRESH),
    include_in_schema=False,
)
async def confirm(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    proposal_id: FromPath[UUID],
) -> Page:
    """Confirm a request as the second administrator."""
    form = await read_form(request, OptionalReasonIn)
    url = settings.public_url

    async def act(session: AsyncSession) -> object:
        return await proposals.confirm_proposal(session, principal, proposal_id, public_url=url)

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, BASE, "proposal-confirmed"),
        lambda refused: _again(request, f"proposal-{proposal_id}", refused),
    )


@post(
    f"{BASE}/proposals/{{proposal_id:uuid}}/refusal",
    opt=allow(ADMINISTRATORS_FRESH),
    include_in_schema=False,
)
async def refuse(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    proposal_id: FromPath[UUID],
) -> Page:
    """Refuse a request, or withdraw the own one."""
    form = await read_form(request, OptionalReasonIn)

    async def act(session: AsyncSession) -> object:
        reason = form.data.reason
        return await proposals.refuse_proposal(session, principal, proposal_id, reason=reason)

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, BASE, "proposal-refused"),
        lambda refused: _again(request, f"proposal-{proposal_id}", refused),
    )


async def _body_page(request: AnyRequest, phases: Phases, form: Form[Any] = EMPTY) -> Page:
    async with phases() as session:
        desk = desk_of(request, session)
    functions = sorted(service.MADE_HERE)
    context = {"form": form, "functions": functions, **desk}
    return render(request, "operator/body_new.html", status=form.status, **context)


@get(f"{BASE}/bodies/new", opt=allow(ADMINISTRATORS), include_in_schema=False)
async def show_new_body(request: AnyRequest, phases: NamedDependency[Phases]) -> Page:
    """Show the form of a new running body."""
    return await _body_page(request, phases)


@post(f"{BASE}/bodies", opt=allow(ADMINISTRATORS_FRESH), include_in_schema=False)
async def make_body(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """Make a running body and invite its first manager."""
    form = await read_form(request, BodyIn)
    phases, url = provide_phases(request), settings.public_url

    async def act(session: AsyncSession) -> object:
        body = read_body(form.data, today=seoul_date(now(session)))
        return await service.make_body(session, principal, body, public_url=url)

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, BASE, "body-made"),
        lambda refused: _body_page(request, phases, refused),
    )


@post(
    f"{BASE}/bodies/{{organization_id:uuid}}/managers",
    opt=allow(ADMINISTRATORS_FRESH),
    include_in_schema=False,
)
async def add_manager(
    request: AnyRequest,
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    organization_id: FromPath[UUID],
) -> Page:
    """Invite another manager of a running body."""
    form = await read_form(request, PersonIn)
    url = settings.public_url

    async def act(session: AsyncSession) -> object:
        person = read_person(form.data)
        return await service.add_manager(
            session, principal, organization_id, person, public_url=url
        )

    return await submitted(
        form,
        lambda _: once.redirect(form.key, act, BASE, "link-sent"),
        lambda refused: _again(request, f"manager-{organization_id}", refused),
    )


ROUTES = (
    show,
    add_staff,
    change_roles,
    remove_staff,
    confirm,
    refuse,
    show_new_body,
    make_body,
    add_manager,
)
