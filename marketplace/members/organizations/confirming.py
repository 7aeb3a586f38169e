"""What the confirmation of a mail address means for organizations.

``accounts`` calls it without knowing it: ``app.py`` passes it as the dependency ``email_confirmed``.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.members.accounts.models import User, UserState
from marketplace.members.organizations import queries
from marketplace.members.organizations.membership import note_change
from marketplace.members.organizations.models import (
    JoinRequest,
    JoinState,
    Organization,
    OrganizationState,
)
from marketplace.members.organizations.notices import ACTIVATED, JOIN_REQUESTED
from marketplace.members.organizations.registry_checks import ask_registry
from marketplace.members.organizations.telling import tell_managers


async def email_confirmed(session: AsyncSession, user_id: UUID) -> None:
    """Let the person's sign-up count: the organization, or the request to join one.

    An unconfirmed organization whose owner this is becomes active and the registry is asked; an
    active organization's owners learn of a waiting request. Called twice it changes nothing.

    Args:
        session: of the system's scope; the person is active in it already
        user_id: whose address was confirmed
    """
    membership = await queries.find_membership(session, user_id)
    if membership is not None:
        organization = await queries.organization_for_update(session, membership.organization_id)
        if organization.state is OrganizationState.unconfirmed:
            await _activate(session, organization, user_id, list(membership.roles))
        return
    found = await queries.find_newest_join_request(session, user_id)
    if found is not None and found[0].state is JoinState.waiting:
        await _tell_of_request(session, found[1], user_id)


async def _activate(
    session: AsyncSession, organization: Organization, user_id: UUID, roles: list[str]
) -> None:
    organization.state = OrganizationState.active
    note_change(session, user_id, organization.id, [], roles, "signed_up")
    await session.flush()
    await record(
        session,
        "organization.activated",
        Thing("organization", organization.id, organization.id),
        actor_user_id=user_id,
    )
    await ask_registry(session, organization)
    await tell_managers(session, organization, ACTIVATED)
    waiting = await session.scalars(
        select(col(JoinRequest.user_id))
        .join(User, col(User.id) == col(JoinRequest.user_id))
        .where(
            col(JoinRequest.organization_id) == organization.id,
            col(JoinRequest.state) == JoinState.waiting,
            col(User.state) == UserState.active,
        )
    )
    for asking in waiting:
        await _tell_of_request(session, organization, asking)


async def _tell_of_request(
    session: AsyncSession, organization: Organization, user_id: UUID
) -> None:
    if organization.state is not OrganizationState.active:
        return
    user = await session.get_one(User, user_id)
    await tell_managers(
        session,
        organization,
        JOIN_REQUESTED,
        link="/organization/members",
        person=user.name,
        email=user.email,
    )
