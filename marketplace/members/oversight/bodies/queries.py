"""What administrators see of running bodies, their people, evaluators, experts and proposals."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from marketplace.auth import Function, Role
from marketplace.db import now
from marketplace.errors import NotFound
from marketplace.members.accounts.models import PersonRole, User
from marketplace.members.organizations.models import (
    Membership,
    Organization,
    OrganizationState,
    RoleChange,
)
from marketplace.members.oversight.models import PROPOSAL_LASTS_S, Proposal, ProposalState


@dataclass(frozen=True)
class BodyRow:
    """A running body and how many people it has."""

    id: UUID
    function: Function
    name: str
    business_number: str
    state: OrganizationState
    person_count: int


@dataclass(frozen=True)
class ProposalRow:
    """A request with the names of those who act on it."""

    proposal: Proposal
    proposer: str
    decider: str | None

    def expired(self, at: datetime) -> bool:
        """Whether it waited too long to be confirmed."""
        return expired(self.proposal, at)


def expired(proposal: Proposal, at: datetime) -> bool:
    """Whether a proposal waited too long to be confirmed."""
    assert proposal.proposed_at is not None, "the database stamps it"
    return at - proposal.proposed_at > timedelta(seconds=PROPOSAL_LASTS_S)


async def find_operator(session: AsyncSession) -> Organization | None:
    """Return the exchange's operator, or None before its first person was made."""
    statement = select(Organization).where(col(Organization.function) == Function.exchange_operator)
    found: Organization | None = await session.scalar(statement)
    return found


async def list_bodies(session: AsyncSession) -> list[BodyRow]:
    """Return the bodies that run something, by function and name."""
    people = (
        select(func.count())
        .select_from(Membership)
        .where(
            col(Membership.organization_id) == col(Organization.id),
            col(Membership.left_at).is_(None),
        )
        .correlate(Organization)
        .scalar_subquery()
    )
    statement = (
        select(
            col(Organization.id),
            col(Organization.function),
            col(Organization.name),
            col(Organization.business_number),
            col(Organization.state),
            people,
        )
        .where(col(Organization.function) != Function.business)
        .order_by(col(Organization.function), col(Organization.name))
    )
    return [BodyRow(*row) for row in await session.execute(statement)]


async def get_body(session: AsyncSession, organization_id: UUID) -> Organization:
    """Return a body that runs something.

    Raises:
        NotFound: there is none; businesses are no bodies
    """
    found = await session.get(Organization, organization_id)
    if found is None or found.function is Function.business:
        raise NotFound
    return found


async def list_persons(session: AsyncSession, role: PersonRole | None = None) -> list[User]:
    """Return evaluators and experts, by name."""
    statement = select(User).where(col(User.person_role).is_not(None)).order_by(col(User.name))
    if role is not None:
        statement = statement.where(col(User.person_role) == role)
    return list(await session.scalars(statement))


async def administrators_ever(session: AsyncSession, organization_id: UUID) -> set[UUID]:
    """Return everybody who was ever administrator of the exchange's operator."""
    role = Role.administrator.value
    statement = (
        select(col(RoleChange.user_id))
        .where(
            col(RoleChange.organization_id) == organization_id,
            or_(
                col(RoleChange.roles_after).contains([role]),
                col(RoleChange.roles_before).contains([role]),
            ),
        )
        .distinct()
    )
    return set(await session.scalars(statement))


async def list_proposals(
    session: AsyncSession,
    *,
    state: ProposalState | None = None,
    user_id: UUID | None = None,
    rows_max: int = 100,
) -> list[ProposalRow]:
    """Return requests that need or needed a second administrator, the newest first.

    Args:
        user_id: only those about this person
    """
    proposer, decider = aliased(User), aliased(User)
    statement = (
        select(Proposal, col(proposer.name), col(decider.name))
        .join(proposer, col(Proposal.proposed_by) == col(proposer.id))
        .outerjoin(decider, col(Proposal.decided_by) == col(decider.id))
        .order_by(col(Proposal.proposed_at).desc(), col(Proposal.id))
        .limit(rows_max)
    )
    if state is not None:
        statement = statement.where(col(Proposal.state) == state)
    if user_id is not None:
        statement = statement.where(col(Proposal.user_id) == user_id)
    return [ProposalRow(*row) for row in await session.execute(statement)]


async def count_open_proposals(session: AsyncSession) -> int:
    """Return how many requests wait and can still be confirmed."""
    statement = select(func.count()).where(
        col(Proposal.state) == ProposalState.waiting,
        col(Proposal.proposed_at) > now(session) - timedelta(seconds=PROPOSAL_LASTS_S),
    )
    return int(await session.scalar(statement) or 0)


async def get_proposal_for_update(session: AsyncSession, proposal_id: UUID) -> Proposal:
    """Return a request, its row locked until the transaction ends.

    Raises:
        NotFound: there is none
    """
    statement = (
        select(Proposal)
        .where(col(Proposal.id) == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def find_by_email(session: AsyncSession, address: str) -> User | None:
    """Return the person with an address, or None."""
    found: User | None = await session.scalar(select(User).where(col(User.email) == address))
    return found
