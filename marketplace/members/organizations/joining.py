"""Requests to join: a second sign-up with a known number, answered by the organization's owners."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Role
from marketplace.db import now
from marketplace.members.accounts.models import User
from marketplace.members.organizations import queries
from marketplace.members.organizations.errors import JoinRequestAnswered, JoinRequestNotFound
from marketplace.members.organizations.membership import add_member, checked_roles
from marketplace.members.organizations.models import JoinRequest, JoinState, Organization
from marketplace.members.organizations.notices import (
    JOIN_ACCEPTED,
    JOIN_REFUSED,
    JOIN_WITHDRAWN,
)
from marketplace.members.organizations.telling import role_words, tell_managers
from marketplace.notices.service import notify


async def accept(
    session: AsyncSession,
    organization_id: UUID,
    request_id: UUID,
    *,
    roles: Sequence[Role],
    actor_id: UUID,
) -> tuple[JoinRequest, User]:
    """Make the person who asked a member.

    Raises:
        RolesInvalid: none, or not of this organization
        JoinRequestNotFound: no such request to this organization
        JoinRequestAnswered: answered or withdrawn already
        BelongsElsewhere: the person joined another organization meanwhile
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    given = checked_roles(organization.function, roles)
    request, user = await _waiting(session, organization_id, request_id)
    _answer(session, request, JoinState.accepted, actor_id)
    await session.flush()
    await add_member(session, user.id, organization, given, "join_request")
    await queries.end_sessions_of(session, user.id, "joined")
    await record(
        session,
        "join_request.accepted",
        Thing("join_request", request.id, organization_id),
        facts={"user_id": str(user.id), "roles": given},
    )
    told = queries.recipient_of(user)
    await notify(
        session,
        told,
        JOIN_ACCEPTED,
        link="/organization",
        organization=organization.name,
        roles=role_words(given, told.language),
    )
    return request, user


async def refuse(
    session: AsyncSession,
    organization_id: UUID,
    request_id: UUID,
    *,
    reason: str,
    actor_id: UUID,
) -> tuple[JoinRequest, User]:
    """Refuse a request; the person reads the reason.

    Raises:
        JoinRequestNotFound: no such request to this organization
        JoinRequestAnswered: answered or withdrawn already
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    request, user = await _waiting(session, organization_id, request_id)
    _answer(session, request, JoinState.refused, actor_id)
    request.reason = reason
    await session.flush()
    await record(
        session,
        "join_request.refused",
        Thing("join_request", request.id, organization_id),
        reason=reason,
        facts={"user_id": str(user.id)},
    )
    await notify(
        session,
        queries.recipient_of(user),
        JOIN_REFUSED,
        link="/organization",
        organization=organization.name,
        reason=reason,
    )
    return request, user


async def withdraw(session: AsyncSession, *, user_id: UUID) -> tuple[JoinRequest, Organization]:
    """Withdraw one's own waiting request and tell the owners.

    Args:
        session: of the system's scope: the person does not see the organization yet

    Raises:
        JoinRequestNotFound: the person asked for nothing
        JoinRequestAnswered: answered or withdrawn already
    """
    found = await queries.find_newest_join_request(session, user_id)
    if found is None:
        raise JoinRequestNotFound
    organization = await queries.organization_for_update(session, found[1].id)
    request = await session.get_one(
        JoinRequest, found[0].id, with_for_update=True, populate_existing=True
    )
    if request.state is not JoinState.waiting:
        raise JoinRequestAnswered
    user = await session.get_one(User, user_id)
    _answer(session, request, JoinState.withdrawn, user_id)
    await session.flush()
    await record(
        session,
        "join_request.withdrawn",
        Thing("join_request", request.id, organization.id),
        actor_user_id=user_id,
    )
    await tell_managers(
        session,
        organization,
        JOIN_WITHDRAWN,
        link="/organization/members",
        person=user.name,
        email=user.email,
    )
    return request, organization


async def refuse_all_waiting(
    session: AsyncSession, organization_id: UUID, *, reason: str
) -> list[User]:
    """Refuse what waits for an organization that ended; returns who had asked."""
    rows = await session.execute(
        select(JoinRequest, User)
        .join(User, col(User.id) == col(JoinRequest.user_id))
        .where(
            col(JoinRequest.organization_id) == organization_id,
            col(JoinRequest.state) == JoinState.waiting,
        )
        .with_for_update(of=JoinRequest)
    )
    asked = []
    for request, user in rows:
        request.state = JoinState.refused
        request.answered_at = now(session)
        request.reason = reason
        asked.append(user)
    await session.flush()
    return asked


async def _waiting(
    session: AsyncSession, organization_id: UUID, request_id: UUID
) -> tuple[JoinRequest, User]:
    request, user = await queries.join_request_for_update(session, organization_id, request_id)
    if request.state is not JoinState.waiting:
        raise JoinRequestAnswered
    return request, user


def _answer(session: AsyncSession, request: JoinRequest, state: JoinState, actor_id: UUID) -> None:
    request.state = state
    request.answered_by = actor_id
    request.answered_at = now(session)
