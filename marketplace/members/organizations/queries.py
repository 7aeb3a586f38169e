"""Reads of organizations and their members; each starts from what the caller may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import MANAGERS, ROLES_OF, Function, Role
from marketplace.errors import Language
from marketplace.members.accounts.models import User, UserState
from marketplace.members.organizations.errors import (
    InvitationNotFound,
    JoinRequestNotFound,
    MemberNotFound,
    NoLongerOwner,
    NoOrganization,
)
from marketplace.members.organizations.models import (
    Invitation,
    JoinRequest,
    JoinState,
    Membership,
    Organization,
    OrganizationState,
)
from marketplace.notices.service import Recipient

_ORDER = [role.value for roles in ROLES_OF.values() for role in roles]


@dataclass(frozen=True)
class Member:
    """A person who belongs to an organization now."""

    user_id: UUID
    name: str
    email: str
    language: Language | None
    state: UserState
    roles: tuple[Role, ...]
    joined_at: datetime

    @property
    def manages(self) -> bool:
        """Whether the person manages the organization's people."""
        return not MANAGERS.isdisjoint(self.roles)

    @property
    def recipient(self) -> Recipient:
        """The person as far as telling goes."""
        return Recipient(self.user_id, self.email, self.language or "ko")


def ordered(roles: list[str]) -> tuple[Role, ...]:
    """Return roles in the order in which they are shown, each once."""
    return tuple(Role(role) for role in sorted(set(roles), key=_ORDER.index))


def recipient_of(user: User) -> Recipient:
    """Return a person as far as telling goes."""
    language: Language = "en" if user.language == "en" else "ko"
    return Recipient(user.id, user.email, language)


async def get_organization(session: AsyncSession, organization_id: UUID | None) -> Organization:
    """Return the caller's organization.

    Raises:
        NoOrganization: the caller has none
    """
    found = await session.get(Organization, organization_id) if organization_id else None
    if found is None:
        raise NoOrganization
    return found


async def organization_for_update(session: AsyncSession, organization_id: UUID) -> Organization:
    """Return an organization, its row locked until the transaction ends.

    Raises:
        NoOrganization: not to be seen by the caller
    """
    found: Organization | None = await session.scalar(
        select(Organization)
        .where(col(Organization.id) == organization_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NoOrganization
    return found


async def find_by_number(session: AsyncSession, business_number: str) -> Organization | None:
    """Return the organization that holds a business number now; closed ones do not."""
    found: Organization | None = await session.scalar(
        select(Organization).where(
            col(Organization.business_number) == business_number,
            col(Organization.state) != OrganizationState.closed,
        )
    )
    return found


async def list_members(session: AsyncSession, organization_id: UUID) -> list[Member]:
    """Return the members of an organization, those who manage it first, then by name."""
    rows = await session.execute(
        select(Membership, User)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(
            col(Membership.organization_id) == organization_id, col(Membership.left_at).is_(None)
        )
        .order_by(col(User.name), col(User.id))
    )
    members = [_member(membership, user) for membership, user in rows]
    return sorted(members, key=lambda member: not member.manages)


def _member(membership: Membership, user: User) -> Member:
    assert membership.joined_at is not None, "a saved row has its time"
    return Member(
        user_id=user.id,
        name=user.name,
        email=user.email,
        language="en" if user.language == "en" else "ko",
        state=user.state,
        roles=ordered(membership.roles),
        joined_at=membership.joined_at,
    )


async def get_member(session: AsyncSession, organization_id: UUID, user_id: UUID) -> Member:
    """Return one member of an organization.

    Raises:
        MemberNotFound: no such member there
    """
    for member in await list_members(session, organization_id):
        if member.user_id == user_id:
            return member
    raise MemberNotFound


async def managers_of(session: AsyncSession, organization_id: UUID) -> list[Member]:
    """Return the members who manage an organization and can sign in."""
    return [
        member
        for member in await list_members(session, organization_id)
        if member.manages and member.state is UserState.active
    ]


async def membership_for_update(
    session: AsyncSession, organization_id: UUID, user_id: UUID
) -> Membership:
    """Return a live membership, its row locked.

    Raises:
        MemberNotFound: no such member of this organization
    """
    found: Membership | None = await session.scalar(
        select(Membership)
        .where(
            col(Membership.organization_id) == organization_id,
            col(Membership.user_id) == user_id,
            col(Membership.left_at).is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise MemberNotFound
    return found


async def find_membership(session: AsyncSession, user_id: UUID) -> Membership | None:
    """Return where a person belongs now, as far as the caller may see it."""
    found: Membership | None = await session.scalar(
        select(Membership).where(
            col(Membership.user_id) == user_id, col(Membership.left_at).is_(None)
        )
    )
    return found


async def lock_as_manager(
    session: AsyncSession, organization_id: UUID, actor_id: UUID
) -> Organization:
    """Lock an organization for a change of its people, and look again whether the actor may.

    The policy of the route was checked before the lock: meanwhile another owner may have taken
    the role away.

    Raises:
        NoLongerOwner: the actor manages the organization no more
    """
    organization = await organization_for_update(session, organization_id)
    try:
        actor = await membership_for_update(session, organization_id, actor_id)
    except MemberNotFound as error:
        raise NoLongerOwner from error
    if MANAGERS.isdisjoint(Role(role) for role in actor.roles):
        raise NoLongerOwner
    return organization


async def list_open_invitations(session: AsyncSession, organization_id: UUID) -> list[Invitation]:
    """Return invitations neither accepted nor withdrawn, expired ones too, the newest first."""
    rows = await session.scalars(
        select(Invitation)
        .where(
            col(Invitation.organization_id) == organization_id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.withdrawn_at).is_(None),
        )
        .order_by(col(Invitation.invited_at).desc())
    )
    return list(rows)


async def invitation_for_update(
    session: AsyncSession, organization_id: UUID, invitation_id: UUID
) -> Invitation:
    """Return an open invitation of the organization, its row locked.

    Raises:
        InvitationNotFound: none, or accepted or withdrawn
    """
    found: Invitation | None = await session.scalar(
        select(Invitation)
        .where(
            col(Invitation.id) == invitation_id,
            col(Invitation.organization_id) == organization_id,
            col(Invitation.accepted_at).is_(None),
            col(Invitation.withdrawn_at).is_(None),
        )
        .with_for_update()
    )
    if found is None:
        raise InvitationNotFound
    return found


async def list_join_requests(
    session: AsyncSession, organization_id: UUID, *, limit_count: int = 50
) -> list[tuple[JoinRequest, User]]:
    """Return requests to join whose persons confirmed their mail; waiting ones first."""
    rows = await session.execute(
        select(JoinRequest, User)
        .join(User, col(User.id) == col(JoinRequest.user_id))
        .where(
            col(JoinRequest.organization_id) == organization_id,
            col(User.state) == UserState.active,
        )
        .order_by(
            (col(JoinRequest.state) == JoinState.waiting).desc(),
            col(JoinRequest.asked_at).desc(),
        )
        .limit(limit_count)
    )
    return [(request, user) for request, user in rows]


async def join_request_for_update(
    session: AsyncSession, organization_id: UUID, request_id: UUID
) -> tuple[JoinRequest, User]:
    """Return a request to join this organization and who asks, the request's row locked.

    Raises:
        JoinRequestNotFound: none, or the person has not confirmed the mail address yet
    """
    row = (
        await session.execute(
            select(JoinRequest, User)
            .join(User, col(User.id) == col(JoinRequest.user_id))
            .where(
                col(JoinRequest.id) == request_id,
                col(JoinRequest.organization_id) == organization_id,
                col(User.state) == UserState.active,
            )
            .with_for_update(of=JoinRequest)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        raise JoinRequestNotFound
    return row[0], row[1]


async def find_newest_join_request(
    session: AsyncSession, user_id: UUID
) -> tuple[JoinRequest, Organization] | None:
    """Return the person's newest request and its organization; needs the system's scope."""
    row = (
        await session.execute(
            select(JoinRequest, Organization)
            .join(Organization, col(Organization.id) == col(JoinRequest.organization_id))
            .where(col(JoinRequest.user_id) == user_id)
            .order_by(col(JoinRequest.asked_at).desc())
            .limit(1)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


async def count_waiting_requests(session: AsyncSession, organization_id: UUID) -> int:
    """Return how many requests to join wait for an answer."""
    return int(
        await session.scalar(
            select(func.count())
            .select_from(JoinRequest)
            .join(User, col(User.id) == col(JoinRequest.user_id))
            .where(
                col(JoinRequest.organization_id) == organization_id,
                col(JoinRequest.state) == JoinState.waiting,
                col(User.state) == UserState.active,
            )
        )
        or 0
    )


_END_SESSIONS = text("select end_sessions_of(:person, :why, :spared)")


async def end_sessions_of(
    session: AsyncSession, user_id: UUID, why: str, *, spared: UUID | None = None
) -> None:
    """End the sessions of a member of the caller's organization, except one.

    Args:
        why: word for the list of sessions, at most 40 characters
        spared: the session in which the change itself is made
    """
    await session.execute(_END_SESSIONS, {"person": user_id, "why": why, "spared": spared})


async def people_with(
    session: AsyncSession,
    roles: Iterable[Role],
    *,
    organization_id: UUID | None = None,
    function: Function | None = None,
) -> list[User]:
    """Return the active persons who hold one of the roles, by address; they are told of things.

    Args:
        organization_id: of this organization only
        function: of organizations with this function only
    """
    statement = (
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(
            col(Membership.left_at).is_(None),
            or_(*(col(Membership.roles).contains([role.value]) for role in roles)),
            col(User.state) == UserState.active,
        )
        .order_by(col(User.email))
    )
    if organization_id is not None:
        statement = statement.where(col(Membership.organization_id) == organization_id)
    if function is not None:
        statement = statement.join(
            Organization, col(Organization.id) == col(Membership.organization_id)
        ).where(col(Organization.function) == function)
    return list(await session.scalars(statement))
