"""People of the exchange's operator: added, given other roles, removed. Who decides stands elsewhere."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.db import now
from marketplace.errors import NotFound
from marketplace.members.accounts.models import User
from marketplace.members.accounts.sessions import end_sessions
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.models import Membership, Organization, RoleChange
from marketplace.members.organizations.telling import role_words
from marketplace.members.oversight import notices
from marketplace.members.oversight.acts import refuse_own, required
from marketplace.members.oversight.bodies import people
from marketplace.members.oversight.people import queries as person_queries
from marketplace.notices.service import notify


@dataclass(frozen=True)
class Addition:
    """What a new person of the operator gets, and why.

    ``alone`` marks the one case in which a single administrator decided.
    """

    operator: Organization
    roles: tuple[str, ...]
    reason: str
    alone: bool = False


@dataclass(frozen=True)
class Change:
    """Other roles for somebody, and why."""

    user: User
    membership: Membership
    roles: list[str]
    reason: str


async def add(
    session: AsyncSession,
    actor: Principal,
    person: people.NewPerson,
    addition: Addition,
    *,
    public_url: str,
) -> User:
    """Make the account of a new person of the operator and mail the first link.

    Args:
        public_url: where people reach the exchange

    Raises:
        EmailTaken: the address belongs to somebody
    """
    user = await people.make_account(session, person)
    roles = list(addition.roles)
    await people.join(
        session,
        user,
        addition.operator,
        roles,
        reason=addition.reason,
        changed_by=actor.user_id,
    )
    await record(
        session,
        "staff.added",
        Thing("user_account", user.id, addition.operator.id),
        reason=addition.reason,
        facts={"roles": roles, "alone": addition.alone},
    )
    await people.send_first_link(
        session, user, organization_name=addition.operator.name, public_url=public_url
    )
    return user


async def member_for_update(
    session: AsyncSession, organization: Organization, user_id: UUID
) -> tuple[User, Membership]:
    """Return a person of the organization with the membership, both rows locked.

    Raises:
        NotFound: no such member
    """
    user = await person_queries.get_person_for_update(session, user_id)
    statement = (
        select(Membership)
        .where(
            col(Membership.user_id) == user_id,
            col(Membership.organization_id) == organization.id,
            col(Membership.left_at).is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    membership = await session.scalar(statement)
    if membership is None:
        raise NotFound
    return user, membership


async def set_roles(session: AsyncSession, change: Change, *, changed_by: UUID) -> None:
    """Give a member other roles; the sessions end, so the next sign-in has the new ones."""
    membership, before = change.membership, list(change.membership.roles)
    membership.roles = change.roles
    session.add(_history(session, change, before, changed_by))
    await end_sessions(session, change.user.id, reason="roles_changed")
    await record(
        session,
        "staff.roles_changed",
        Thing("user_account", change.user.id, membership.organization_id),
        reason=change.reason,
        facts={"before": before, "after": change.roles},
    )
    told = recipient_of(change.user)
    await notify(
        session,
        told,
        notices.ROLES_CHANGED,
        roles=role_words(change.roles, told.language),
        reason=change.reason,
    )


def _history(
    session: AsyncSession, change: Change, before: list[str], changed_by: UUID
) -> RoleChange:
    return RoleChange(
        user_id=change.user.id,
        organization_id=change.membership.organization_id,
        roles_before=before,
        roles_after=change.roles,
        reason=change.reason[:200],
        changed_by=changed_by,
        changed_at=now(session),
    )


async def remove(
    session: AsyncSession,
    actor: Principal,
    organization: Organization,
    user_id: UUID,
    *,
    reason: str,
) -> User:
    """End somebody's work for a running body: roles are gone at the next request.

    An administrator always remains, because nobody removes themself here.

    Raises:
        OwnAccount: oneself
        ReasonMissing: no reason
        NotFound: no such member
    """
    refuse_own(actor, user_id=user_id)
    text = required(reason)
    user, membership = await member_for_update(session, organization, user_id)
    before = list(membership.roles)
    membership.left_at = now(session)
    membership.left_reason = text[:200]
    change = Change(user, membership, [], text)
    session.add(_history(session, change, before, actor.user_id))
    await end_sessions(session, user_id, reason="removed")
    await record(
        session,
        "staff.removed",
        Thing("user_account", user_id, organization.id),
        reason=text,
        facts={"before": before},
    )
    await notify(session, recipient_of(user), notices.ROLES_CHANGED, roles="-", reason=text)
    return user
