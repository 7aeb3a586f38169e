"""The pages with which owners let people in: invitations, and answers to requests to join."""

from typing import Any, Literal
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, Role, allow
from marketplace.db import Phases
from marketplace.errors import FieldError, Invalid
from marketplace.idempotency import Once
from marketplace.members.organizations import inviting, joining, queries
from marketplace.members.organizations.policies import (
    MANAGE,
    MANAGE_FRESH,
    own_organization_id,
    own_url,
)
from marketplace.members.organizations.schemas import InvitationIn, Message
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.members import MEMBERS, roles_of
from marketplace.web.pages import AnyRequest, Page, render

INVITE = f"{MEMBERS}/invite"
INVITATION = "/organization/invitations/{invitation_id:uuid}"
REQUEST = "/organization/join-requests/{request_id:uuid}"


class AnswerForm(Struct):
    """An answer to a request to join: roles with the yes, a reason with the no."""

    answer: Literal["accept", "refuse"]
    roles: list[Role] = []
    reason: Message = ""


def _invite_page(request: AnyRequest, principal: Principal, form: Form[InvitationIn]) -> Page:
    roles = roles_of(principal)
    return render(request, "invite.html", status=form.status, form=form, roles=roles)


@get(INVITE, opt=allow(MANAGE_FRESH), include_in_schema=False, sync_to_thread=False)
def show_invite(request: AnyRequest, principal: NamedDependency[Principal]) -> Page:
    """Show the form of an invitation."""
    return _invite_page(request, principal, EMPTY)


@post(INVITE, opt=allow(MANAGE_FRESH), include_in_schema=False)
async def submit_invite(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Invite somebody by mail."""
    form = await read_form(request, InvitationIn)
    own, actor, url = own_organization_id(principal), principal.user_id, own_url(settings)

    async def act(content: InvitationIn) -> Page:
        await inviting.count_invitation(phases, own)

        async def invite(session: AsyncSession) -> object:
            return await inviting.invite(session, own, content, actor_id=actor, public_url=url)

        return await once.redirect(form.key, invite, MEMBERS, "invited")

    async def again(wrong: Form[InvitationIn]) -> Page:
        return _invite_page(request, principal, wrong)

    return await submitted(form, act, again)


async def _invitation_page(
    request: AnyRequest, phases: Phases, template: str, invitation_id: UUID, form: Form[Any]
) -> Page:
    principal: Principal = request.scope["state"]["principal"]
    async with phases() as session:
        own = own_organization_id(principal)
        found = await queries.invitation_for_update(session, own, invitation_id)
    return render(request, template, status=form.status, form=form, invitation=found)


@get(f"{INVITATION}/send-again", opt=allow(MANAGE), include_in_schema=False)
async def confirm_sending(
    request: AnyRequest, invitation_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Ask whether a new link is sent."""
    return await _invitation_page(request, phases, "invitation_send.html", invitation_id, EMPTY)


@post(f"{INVITATION}/send-again", opt=allow(MANAGE), include_in_schema=False)
async def send_again(
    request: AnyRequest,
    invitation_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Page:
    """Send an invitation again."""
    form = await read_form(request, Nothing)
    own, actor, url = own_organization_id(principal), principal.user_id, own_url(settings)
    page, one = "invitation_send.html", invitation_id

    async def act(_content: Nothing) -> Page:
        await inviting.count_invitation(phases, own)

        async def send(session: AsyncSession) -> object:
            return await inviting.send_again(session, own, one, actor_id=actor, public_url=url)

        return await once.redirect(form.key, send, MEMBERS, "invited")

    return await submitted(
        form, act, lambda wrong: _invitation_page(request, phases, page, invitation_id, wrong)
    )


@get(f"{INVITATION}/withdraw", opt=allow(MANAGE), include_in_schema=False)
async def confirm_withdrawal(
    request: AnyRequest, invitation_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Ask whether an invitation is really withdrawn."""
    page = "invitation_withdraw.html"
    return await _invitation_page(request, phases, page, invitation_id, EMPTY)


@post(f"{INVITATION}/withdraw", opt=allow(MANAGE), include_in_schema=False)
async def withdraw_invitation(
    request: AnyRequest,
    invitation_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Withdraw an invitation."""
    form = await read_form(request, Nothing)
    own, page = own_organization_id(principal), "invitation_withdraw.html"

    async def act(_content: Nothing) -> Page:
        async def withdraw(session: AsyncSession) -> None:
            await inviting.withdraw(session, own, invitation_id, actor_id=principal.user_id)

        return await once.redirect(form.key, withdraw, MEMBERS, "withdrawn")

    return await submitted(
        form, act, lambda wrong: _invitation_page(request, phases, page, invitation_id, wrong)
    )


async def _request_page(
    request: AnyRequest, phases: Phases, request_id: UUID, form: Form[AnswerForm]
) -> Page:
    principal: Principal = request.scope["state"]["principal"]
    async with phases() as session:
        own = own_organization_id(principal)
        asked, person = await queries.join_request_for_update(session, own, request_id)
    roles, status = roles_of(principal), form.status
    return render(
        request, "join_request.html", status=status, form=form, asked=asked, person=person,
        roles=roles,
    )  # fmt: skip


@get(REQUEST, opt=allow(MANAGE_FRESH), include_in_schema=False)
async def show_join_request(
    request: AnyRequest, request_id: FromPath[UUID], phases: NamedDependency[Phases]
) -> Page:
    """Show a request to join and how to answer it."""
    return await _request_page(request, phases, request_id, EMPTY)


@post(REQUEST, opt=allow(MANAGE_FRESH), include_in_schema=False)
async def answer_join_request(
    request: AnyRequest,
    request_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Accept a request with roles, or refuse it with a reason."""
    form = await read_form(request, AnswerForm)
    own, actor = own_organization_id(principal), principal.user_id

    async def act(content: AnswerForm) -> Page:
        async def answer(session: AsyncSession) -> object:
            return await _answer(session, (own, request_id), content, actor)

        return await once.redirect(form.key, answer, MEMBERS, "answered")

    return await submitted(
        form, act, lambda wrong: _request_page(request, phases, request_id, wrong)
    )


async def _answer(
    session: AsyncSession, request_of: tuple[UUID, UUID], content: AnswerForm, actor_id: UUID
) -> object:
    own, request_id = request_of
    if content.answer == "accept":
        return await joining.accept(
            session, own, request_id, roles=content.roles, actor_id=actor_id
        )
    if not content.reason:
        raise Invalid([FieldError("reason", "required", "사유를 적으십시오.", "Enter the reason.")])
    return await joining.refuse(
        session, own, request_id, reason=content.reason[:200], actor_id=actor_id
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_invite,
    submit_invite,
    confirm_sending,
    send_again,
    confirm_withdrawal,
    withdraw_invitation,
    show_join_request,
    answer_join_request,
)
