"""The pages of an organization's people: members and roles, leaving, hand-over."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import MANAGERS, ROLES_OF, SIGNED_IN, Function, Principal, allow
from marketplace.db import Phases, now
from marketplace.idempotency import Once
from marketplace.members.organizations import membership, queries
from marketplace.members.organizations.policies import MANAGE_FRESH, READ, own_organization_id
from marketplace.members.organizations.schemas import HandOverIn, ReasonIn, RolesIn
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render

MEMBERS = "/organization/members"


def roles_of(principal: Principal) -> list[str]:
    """Return the roles that the person's organization can give."""
    return [role.value for role in ROLES_OF[principal.function or Function.business]]


@get(MEMBERS, opt=allow(READ), include_in_schema=False)
async def show_members(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Show members, invitations and requests to join."""
    own, manages = own_organization_id(principal), principal.has(*MANAGERS)
    return render(
        request,
        "members.html",
        members=await queries.list_members(session, own),
        invitations=await queries.list_open_invitations(session, own) if manages else [],
        requests=await queries.list_join_requests(session, own) if manages else [],
        manages=manages,
        at=now(session),
    )


async def member_page(
    request: AnyRequest, phases: Phases, template: str, user_id: UUID, form: Form[Any]
) -> Page:
    """Show a page about one member of the caller's organization."""
    principal: Principal = request.scope["state"]["principal"]
    async with phases() as session:
        member = await queries.get_member(session, own_organization_id(principal), user_id)
    roles = roles_of(principal)
    return render(request, template, status=form.status, form=form, member=member, roles=roles)


@get(f"{MEMBERS}/{{user_id:uuid}}/roles", opt=allow(MANAGE_FRESH), include_in_schema=False)
async def show_roles(
    request: AnyRequest, user_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Show the roles of a member."""
    return await member_page(request, phases, "member_roles.html", user_id, EMPTY)


@post(f"{MEMBERS}/{{user_id:uuid}}/roles", opt=allow(MANAGE_FRESH), include_in_schema=False)
async def submit_roles(
    request: AnyRequest,
    user_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Replace the roles of a member."""
    form = await read_form(request, RolesIn)
    own, actor = own_organization_id(principal), principal.user_id

    async def act(content: RolesIn) -> Page:
        async def change(session: AsyncSession) -> object:
            return await membership.change_roles(
                session, own, user_id, roles=content.roles, actor_id=actor, reason=content.reason
            )

        return await once.redirect(form.key, change, MEMBERS, "roles-changed")

    async def again(wrong: Form[RolesIn]) -> Page:
        return await member_page(request, phases, "member_roles.html", user_id, wrong)

    return await submitted(form, act, again)


@get(f"{MEMBERS}/{{user_id:uuid}}/remove", opt=allow(MANAGE_FRESH), include_in_schema=False)
async def confirm_removal(
    request: AnyRequest, user_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Ask for the reason of a removal."""
    return await member_page(request, phases, "member_remove.html", user_id, EMPTY)


@post(f"{MEMBERS}/{{user_id:uuid}}/remove", opt=allow(MANAGE_FRESH), include_in_schema=False)
async def remove_member(
    request: AnyRequest,
    user_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Remove a member."""
    form = await read_form(request, ReasonIn)
    own, actor = own_organization_id(principal), principal.user_id

    async def act(content: ReasonIn) -> Page:
        async def remove(session: AsyncSession) -> None:
            await membership.remove(session, own, user_id, reason=content.reason, actor_id=actor)

        return await once.redirect(form.key, remove, MEMBERS, "member-removed")

    async def again(wrong: Form[ReasonIn]) -> Page:
        return await member_page(request, phases, "member_remove.html", user_id, wrong)

    return await submitted(form, act, again)


async def _hand_over_page(
    request: AnyRequest, phases: Phases, principal: Principal, form: Form[HandOverIn]
) -> Page:
    async with phases() as session:
        members = await queries.list_members(session, own_organization_id(principal))
    heirs = [member for member in members if member.user_id != principal.user_id]
    return render(request, "hand_over.html", status=form.status, form=form, heirs=heirs)


@get("/organization/hand-over", opt=allow(MANAGE_FRESH), include_in_schema=False)
async def show_hand_over(
    request: AnyRequest, principal: NamedDependency[Principal], phases: NamedDependency[Phases]
) -> Page:
    """Ask who becomes owner."""
    return await _hand_over_page(request, phases, principal, EMPTY)


@post("/organization/hand-over", opt=allow(MANAGE_FRESH), include_in_schema=False)
async def submit_hand_over(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Hand ownership over."""
    form = await read_form(request, HandOverIn)
    own, actor = own_organization_id(principal), principal.user_id

    async def act(content: HandOverIn) -> Page:
        async def hand_over(session: AsyncSession) -> object:
            heir = content.user_id
            return await membership.hand_over(session, own, to_user_id=heir, actor_id=actor)

        return await once.redirect(form.key, hand_over, MEMBERS, "handed-over")

    async def again(wrong: Form[HandOverIn]) -> Page:
        return await _hand_over_page(request, phases, principal, wrong)

    return await submitted(form, act, again)


@get("/organization/leave", opt=allow(SIGNED_IN), include_in_schema=False, sync_to_thread=False)
def confirm_leaving(request: AnyRequest) -> Page:
    """Ask whether the person really leaves the organization."""
    return render(request, "leave.html", form=EMPTY)


@post("/organization/leave", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_leaving(
    request: AnyRequest, principal: NamedDependency[Principal], once: NamedDependency[Once]
) -> Page:
    """Leave the organization."""
    form = await read_form(request, Nothing)

    async def act(_content: Nothing) -> Page:
        async def leave(session: AsyncSession) -> None:
            own = own_organization_id(principal)
            await membership.leave(session, own, user_id=principal.user_id)

        return await once.redirect(form.key, leave, "/organization", "left")

    async def again(wrong: Form[Nothing]) -> Page:
        return render(request, "leave.html", status=wrong.status, form=wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_members,
    show_roles,
    submit_roles,
    confirm_removal,
    remove_member,
    show_hand_over,
    submit_hand_over,
    confirm_leaving,
    submit_leaving,
)
