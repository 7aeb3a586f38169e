"""The API of an organization's people: members and roles, invitations, requests to join."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, SIGNED_IN, Principal, allow
from marketplace.db import Phases, Scope
from marketplace.errors import Invalid, TooManyRequests
from marketplace.http.facts import facts_of
from marketplace.http.openapi import answers
from marketplace.idempotency import Once, repeatable
from marketplace.members.accounts.errors import LastOwner, PasswordCheckBusy
from marketplace.members.accounts.models import User
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.organizations import inviting, joining, membership, queries
from marketplace.members.organizations.errors import (
    AlreadyMember,
    BelongsElsewhere,
    InvitationForAnother,
    InvitationNeedsSignIn,
    InvitationNotFound,
    InvitationNotUsable,
    InvitationOpen,
    JoinRequestAnswered,
    JoinRequestNotFound,
    MemberNotFound,
    NoLongerOwner,
    NoOrganization,
    NotYourself,
    RolesInvalid,
)
from marketplace.members.organizations.models import Invitation, JoinRequest, Organization
from marketplace.members.organizations.policies import (
    MANAGE,
    MANAGE_FRESH,
    MANAGE_READ,
    READ,
    own_organization_id,
    own_url,
)
from marketplace.members.organizations.schemas import (
    AcceptedOut,
    AcceptInvitationIn,
    HandOverIn,
    InvitationIn,
    InvitationOut,
    InvitationsOut,
    JoinAnswerIn,
    JoinRequestOut,
    JoinRequestsOut,
    MemberOut,
    MembersOut,
    ReasonIn,
    RolesIn,
    TokenIn,
)
from marketplace.settings import Settings


@get("/api/v1/organization/members", opt=allow(READ) | answers(NoOrganization))
async def list_members(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> MembersOut:
    """List the members of your organization, owners first."""
    members = await queries.list_members(session, own_organization_id(principal))
    return MembersOut([convert(member, MemberOut, from_attributes=True) for member in members])


@put(
    "/api/v1/organization/members/{user_id:uuid}/roles",
    opt=allow(MANAGE_FRESH) | answers(RolesInvalid, MemberNotFound, LastOwner, NoLongerOwner),
)
async def change_roles(
    user_id: FromPath[UUID],
    data: JSONBody[RolesIn],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> MemberOut:
    """Replace a member's roles; the person is signed out and told."""
    member = await membership.change_roles(
        session,
        own_organization_id(principal),
        user_id,
        roles=data.roles,
        actor_id=principal.user_id,
        reason=data.reason,
    )
    return convert(member, MemberOut, from_attributes=True)


@post(
    "/api/v1/organization/members/{user_id:uuid}/remove",
    status_code=204,
    opt=allow(MANAGE_FRESH) | answers(MemberNotFound, LastOwner, NotYourself, NoLongerOwner),
)
async def remove_member(
    user_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[None]:
    """Remove a member; sessions and tokens for the organization end, the person reads the reason."""

    async def act(session: AsyncSession) -> None:
        await membership.remove(
            session,
            own_organization_id(principal),
            user_id,
            reason=data.reason,
            actor_id=principal.user_id,
        )

    return await once.answer(act, None)


@post(
    "/api/v1/organization/hand-over",
    status_code=200,
    opt=allow(MANAGE_FRESH) | answers(MemberNotFound, NotYourself, NoLongerOwner),
)
async def hand_over(
    data: JSONBody[HandOverIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[MemberOut]:
    """Hand ownership over to another member."""

    async def act(session: AsyncSession) -> queries.Member:
        return await membership.hand_over(
            session,
            own_organization_id(principal),
            to_user_id=data.user_id,
            actor_id=principal.user_id,
        )

    return await once.answer(act, MemberOut, status=200)


@post(
    "/api/v1/organization/leave",
    status_code=204,
    opt=allow(SIGNED_IN) | answers(NoOrganization, LastOwner),
)
async def leave(
    principal: NamedDependency[Principal], once: NamedDependency[Once]
) -> Response[None]:
    """Leave your organization; the last owner cannot."""

    async def act(session: AsyncSession) -> None:
        await membership.leave(session, own_organization_id(principal), user_id=principal.user_id)

    return await once.answer(act, None)


@get("/api/v1/organization/invitations", opt=allow(MANAGE_READ))
async def list_invitations(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> InvitationsOut:
    """List the open invitations, expired ones too, the newest first."""
    found = await queries.list_open_invitations(session, own_organization_id(principal))
    return InvitationsOut([convert(one, InvitationOut, from_attributes=True) for one in found])


@post(
    "/api/v1/organization/invitations",
    opt=allow(MANAGE_FRESH)
    | answers(Invalid, RolesInvalid, AlreadyMember, InvitationOpen, TooManyRequests, NoLongerOwner),
)
async def invite(
    data: JSONBody[InvitationIn],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[InvitationOut]:
    """Invite somebody by mail with roles; the link is good for seven days."""
    own, actor, url = own_organization_id(principal), principal.user_id, own_url(settings)
    await inviting.count_invitation(phases, own)

    async def act(session: AsyncSession) -> Invitation:
        return await inviting.invite(session, own, data, actor_id=actor, public_url=url)

    return await once.answer(act, InvitationOut)


@post(
    "/api/v1/organization/invitations/{invitation_id:uuid}/send-again",
    status_code=200,
    opt=allow(MANAGE) | answers(InvitationNotFound, TooManyRequests, NoLongerOwner),
)
async def send_invitation_again(
    invitation_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[InvitationOut]:
    """Send a new link; the earlier one ends."""
    own, actor, url = own_organization_id(principal), principal.user_id, own_url(settings)
    await inviting.count_invitation(phases, own)

    async def act(session: AsyncSession) -> Invitation:
        return await inviting.send_again(
            session, own, invitation_id, actor_id=actor, public_url=url
        )

    return await once.answer(act, InvitationOut, status=200)


@delete(
    "/api/v1/organization/invitations/{invitation_id:uuid}",
    opt=allow(MANAGE) | answers(InvitationNotFound, NoLongerOwner),
)
async def withdraw_invitation(
    invitation_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> None:
    """Withdraw an invitation; its link ends."""
    await inviting.withdraw(
        session, own_organization_id(principal), invitation_id, actor_id=principal.user_id
    )


ONE_LINK = "the link can be used once; a repeat answers that it is used"


@post(
    "/api/v1/invitations/accept-as-new",
    status_code=201,
    opt=allow(EVERYONE)
    | repeatable(ONE_LINK)
    | answers(
        Invalid, InvitationNotUsable, InvitationNeedsSignIn, TooManyRequests, PasswordCheckBusy
    ),
)
async def accept_invitation_as_new(
    request: Request[Any, Any, Any],
    data: JSONBody[AcceptInvitationIn],
    phases: NamedDependency[Phases],
    passwords: NamedDependency[PasswordHashing],
) -> AcceptedOut:
    """Accept an invitation as somebody new; then sign in with the password."""
    name = await inviting.accept_as_new(
        phases, data, passwords=passwords, address=facts_of(request.scope).address
    )
    return AcceptedOut(name)


@post(
    "/api/v1/invitations/accept",
    status_code=201,
    opt=allow(SIGNED_IN) | answers(InvitationNotUsable, InvitationForAnother, BelongsElsewhere),
)
async def accept_invitation(
    data: JSONBody[TokenIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[AcceptedOut]:
    """Accept an invitation as a person who belongs to no organization."""

    async def act(session: AsyncSession) -> AcceptedOut:
        joined: Organization = await inviting.accept_as_member(
            session, data.token, user_id=principal.user_id
        )
        return AcceptedOut(joined.name)

    return await once.answer(act, AcceptedOut, scope=Scope.system())


@get("/api/v1/organization/join-requests", opt=allow(MANAGE_READ))
async def list_join_requests(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> JoinRequestsOut:
    """List requests to join, waiting ones first; at most fifty."""
    found = await queries.list_join_requests(session, own_organization_id(principal))
    return JoinRequestsOut([shape_join_request(request, user) for request, user in found])


@post(
    "/api/v1/organization/join-requests/{request_id:uuid}/accept",
    status_code=200,
    opt=allow(MANAGE_FRESH)
    | answers(
        RolesInvalid, JoinRequestNotFound, JoinRequestAnswered, BelongsElsewhere, NoLongerOwner
    ),
)
async def accept_join_request(
    request_id: FromPath[UUID],
    data: JSONBody[JoinAnswerIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[JoinRequestOut]:
    """Accept a request to join with roles."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> JoinRequestOut:
        answered = await joining.accept(
            session, own, request_id, roles=data.roles, actor_id=principal.user_id
        )
        return shape_join_request(*answered)

    return await once.answer(act, JoinRequestOut, status=200)


@post(
    "/api/v1/organization/join-requests/{request_id:uuid}/refuse",
    status_code=200,
    opt=allow(MANAGE) | answers(JoinRequestNotFound, JoinRequestAnswered, NoLongerOwner),
)
async def refuse_join_request(
    request_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[JoinRequestOut]:
    """Refuse a request to join; the person reads the reason."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> JoinRequestOut:
        answered = await joining.refuse(
            session, own, request_id, reason=data.reason, actor_id=principal.user_id
        )
        return shape_join_request(*answered)

    return await once.answer(act, JoinRequestOut, status=200)


def shape_join_request(request: JoinRequest, user: User) -> JoinRequestOut:
    """Shape a request as the owners see it."""
    assert request.asked_at is not None, "a saved row has its time"
    return JoinRequestOut(
        id=request.id,
        user_id=user.id,
        name=user.name,
        email=user.email,
        message=request.message,
        state=request.state,
        asked_at=request.asked_at,
        answered_at=request.answered_at,
        reason=request.reason,
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_members,
    change_roles,
    remove_member,
    hand_over,
    leave,
    list_invitations,
    invite,
    send_invitation_again,
    withdraw_invitation,
    accept_invitation_as_new,
    accept_invitation,
    list_join_requests,
    accept_join_request,
    refuse_join_request,
)
