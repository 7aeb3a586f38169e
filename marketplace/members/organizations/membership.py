"""Roles, hand-over, leaving and removal: who belongs to an organization and what they may do.

Every change locks the organization's row first, so that two owners who act at the same instant are
put in order and one of them always remains. Who loses or gains roles is signed out everywhere; the
session in which somebody changes their own roles stays, since it was re-authenticated for it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import ROLES_OF, Function, Role
from marketplace.db import now, request_facts
from marketplace.members.accounts.errors import LastOwner
from marketplace.members.accounts.models import ApiToken
from marketplace.members.organizations import queries
from marketplace.members.organizations.errors import (
    BelongsElsewhere,
    NotYourself,
    RolesInvalid,
    roles_field,
)
from marketplace.members.organizations.models import Membership, Organization, RoleChange
from marketplace.members.organizations.notices import (
    MEMBER_LEFT,
    MEMBER_REMOVED,
    OWNERSHIP_HANDED_OVER,
    ROLES_CHANGED,
)
from marketplace.members.organizations.telling import role_words, tell_managers
from marketplace.notices.service import notify


def checked_roles(function: Function, roles: Sequence[Role]) -> list[str]:
    """Return the roles in their order, each once.

    Raises:
        RolesInvalid: none, or one that the organization's function does not have
    """
    if not roles or not set(roles) <= set(ROLES_OF[function]):
        raise RolesInvalid([roles_field()])
    return [role.value for role in queries.ordered([role.value for role in roles])]


async def add_member(
    session: AsyncSession, user_id: UUID, organization: Organization, roles: list[str], why: str
) -> None:
    """Make a person a member; the unique index decides when two organizations do so at once.

    Raises:
        BelongsElsewhere: the person belongs to an organization already
    """
    added = await session.execute(
        insert(Membership)
        .values(user_id=user_id, organization_id=organization.id, roles=roles)
        .on_conflict_do_nothing(
            index_elements=["user_id"], index_where=col(Membership.left_at).is_(None)
        )
        .returning(col(Membership.id))
    )
    if added.first() is None:
        raise BelongsElsewhere
    note_change(session, user_id, organization.id, [], roles, why)
    await session.flush()


def note_change(
    session: AsyncSession,
    user_id: UUID,
    organization_id: UUID,
    before: list[str],
    after: list[str],
    reason: str,
) -> None:
    """Add a row to the append-only history of rights."""
    request = request_facts(session)
    session.add(
        RoleChange(
            user_id=user_id,
            organization_id=organization_id,
            roles_before=before,
            roles_after=after,
            reason=reason[:200],
            changed_by=request.user_id if request else None,
            changed_at=now(session),
        )
    )


async def change_roles(
    session: AsyncSession,
    organization_id: UUID,
    user_id: UUID,
    *,
    roles: Sequence[Role],
    actor_id: UUID,
    reason: str = "",
) -> queries.Member:
    """Replace a member's roles; the same roles again change nothing.

    Args:
        user_id: whose roles
        actor_id: an owner, looked at again under the lock

    Raises:
        RolesInvalid: none, or not of this organization
        MemberNotFound: no such member of this organization
        LastOwner: nobody would manage the organization any more
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    after = checked_roles(organization.function, roles)
    membership = await queries.membership_for_update(session, organization_id, user_id)
    before = list(membership.roles)
    if set(before) == set(after):
        return await queries.get_member(session, organization_id, user_id)
    await _set_roles(session, membership, after, reason or "changed")
    member = await queries.get_member(session, organization_id, user_id)
    await _keep_a_manager(session, organization_id)
    own = user_id == actor_id
    await queries.end_sessions_of(
        session, user_id, "roles_changed", spared=_session_of(session) if own else None
    )
    await record(
        session,
        "member.roles_changed",
        Thing("membership", membership.id, organization_id),
        reason=reason or None,
        facts={"user_id": str(user_id), "before": before, "after": after},
    )
    if not own:
        actor = await queries.get_member(session, organization_id, actor_id)
        language = member.recipient.language
        await notify(
            session,
            member.recipient,
            ROLES_CHANGED,
            organization=organization.name,
            before=role_words(before, language),
            after=role_words(after, language),
            by=actor.name,
        )
    return member


async def hand_over(
    session: AsyncSession, organization_id: UUID, *, to_user_id: UUID, actor_id: UUID
) -> queries.Member:
    """Give ownership to another member and lose it oneself; other roles stay.

    Raises:
        NotYourself: the actor named themselves
        MemberNotFound: no such member of this organization
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    if to_user_id == actor_id:
        raise NotYourself
    manager, lowest = (
        ROLES_OF[organization.function][0].value,
        ROLES_OF[organization.function][-1].value,
    )
    heir = await queries.membership_for_update(session, organization_id, to_user_id)
    giver = await queries.membership_for_update(session, organization_id, actor_id)
    rest = [role for role in giver.roles if role != manager] or [lowest]
    await _set_roles(session, heir, _with(heir.roles, manager), "handed_over")
    await _set_roles(session, giver, rest, "handed_over")
    await _keep_a_manager(session, organization_id)
    await queries.end_sessions_of(session, to_user_id, "roles_changed")
    await queries.end_sessions_of(session, actor_id, "roles_changed", spared=_session_of(session))
    await record(
        session,
        "organization.ownership_handed_over",
        Thing("organization", organization_id, organization_id),
        facts={"from": str(actor_id), "to": str(to_user_id)},
    )
    members = {m.user_id: m for m in await queries.list_members(session, organization_id)}
    for told in (to_user_id, actor_id):
        await notify(
            session,
            members[told].recipient,
            OWNERSHIP_HANDED_OVER,
            link="/organization/members",
            organization=organization.name,
            by=members[actor_id].name,
            person=members[to_user_id].name,
        )
    return members[to_user_id]


async def leave(session: AsyncSession, organization_id: UUID, *, user_id: UUID) -> None:
    """Leave one's organization.

    Raises:
        MemberNotFound: not a member
        LastOwner: nobody would manage the organization any more
    """
    organization = await queries.organization_for_update(session, organization_id)
    member = await queries.get_member(session, organization_id, user_id)
    membership = await queries.membership_for_update(session, organization_id, user_id)
    await _end(session, membership, "left")
    await _keep_a_manager(session, organization_id)
    await queries.end_sessions_of(session, user_id, "left", spared=_session_of(session))
    await record(
        session, "member.left", Thing("membership", membership.id, organization_id),
        facts={"user_id": str(user_id)},
    )  # fmt: skip
    await tell_managers(
        session, organization, MEMBER_LEFT, link="/organization/members",
        person=member.name, email=member.email,
    )  # fmt: skip


async def remove(
    session: AsyncSession, organization_id: UUID, user_id: UUID, *, reason: str, actor_id: UUID
) -> None:
    """Take a member out of the organization; the rights end with the next request.

    Args:
        reason: the removed person reads it

    Raises:
        NotYourself: leaving is another act
        MemberNotFound: no such member of this organization
        LastOwner: nobody would manage the organization any more
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    if user_id == actor_id:
        raise NotYourself
    member = await queries.get_member(session, organization_id, user_id)
    membership = await queries.membership_for_update(session, organization_id, user_id)
    await queries.end_sessions_of(session, user_id, "removed")
    await _end(session, membership, reason)
    await _keep_a_manager(session, organization_id)
    await record(
        session,
        "member.removed",
        Thing("membership", membership.id, organization_id),
        reason=reason,
        facts={"user_id": str(user_id)},
    )
    await notify(
        session, member.recipient, MEMBER_REMOVED, organization=organization.name, reason=reason
    )


async def _keep_a_manager(session: AsyncSession, organization_id: UUID) -> None:
    if not await queries.managers_of(session, organization_id):
        raise LastOwner


async def _set_roles(
    session: AsyncSession, membership: Membership, after: list[str], why: str
) -> None:
    before = list(membership.roles)
    membership.roles = after
    note_change(session, membership.user_id, membership.organization_id, before, after, why)
    await session.flush()


async def _end(session: AsyncSession, membership: Membership, why: str) -> None:
    note_change(
        session, membership.user_id, membership.organization_id, list(membership.roles), [], why
    )
    membership.left_at = now(session)
    membership.left_reason = why[:200]
    await session.execute(
        update(ApiToken)
        .where(
            col(ApiToken.user_id) == membership.user_id,
            col(ApiToken.organization_id) == membership.organization_id,
            col(ApiToken.revoked_at).is_(None),
        )
        .values(revoked_at=now(session))
    )
    await session.flush()


def _with(roles: list[str], more: str) -> list[str]:
    return [role.value for role in queries.ordered([*roles, more])]


def _session_of(session: AsyncSession) -> UUID | None:
    request = request_facts(session)
    return request.session_id if request else None
