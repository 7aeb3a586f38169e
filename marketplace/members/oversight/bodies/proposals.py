"""Four eyes: one administrator asks, another one decides.

Roles of the exchange's operator and the removal of a second factor need it. The one exception: the
first administrator, made on the command line, adds the second one alone, because nobody else is
there yet. Whoever was administrator once counts, so removing the others does not open it again.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Function, Principal, Role
from marketplace.db import constraint_of, now
from marketplace.errors import Forbidden, NotFound
from marketplace.members.accounts.models import UserState
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.models import Membership, Organization
from marketplace.members.organizations.queries import people_with
from marketplace.members.oversight import notices
from marketplace.members.oversight.acts import refuse_own, required
from marketplace.members.oversight.bodies import people, queries, staff
from marketplace.members.oversight.errors import (
    AlreadyDecided,
    ProposalExpired,
    ProposalOpen,
    ProposalOwn,
)
from marketplace.members.oversight.models import Proposal, ProposalKind, ProposalState
from marketplace.members.oversight.people import queries as person_queries
from marketplace.members.oversight.people import service as person_service
from marketplace.notices.service import notify

STAFF_PAGE: Final = "/operator/staff"


async def lock_operator(session: AsyncSession, actor: Principal) -> Organization:
    """Lock the operator's row and make sure that the actor is still one of its administrators.

    Raises:
        Forbidden: the role was taken away meanwhile
    """
    statement = (
        select(Organization)
        .where(col(Organization.function) == Function.exchange_operator)
        .with_for_update()
    )
    operator = await session.scalar(statement)
    held = select(col(Membership.id)).where(
        col(Membership.user_id) == actor.user_id,
        col(Membership.left_at).is_(None),
        col(Membership.roles).contains([Role.administrator.value]),
        col(Membership.organization_id) == (operator.id if operator else None),
    )
    if operator is None or await session.scalar(held) is None:
        raise Forbidden
    return operator


@dataclass(frozen=True)
class StaffRequest:
    """Whom to add to the operator, with which roles, and why."""

    person: people.NewPerson
    roles: tuple[Role, ...]
    reason: str


async def propose_staff(
    session: AsyncSession, actor: Principal, request: StaffRequest, *, public_url: str
) -> Proposal | None:
    """Ask for a new person of the operator; the first administrator's second one comes at once.

    Args:
        public_url: where people reach the exchange

    Returns:
        The request that waits, or None where the account was made at once.

    Raises:
        Forbidden: the actor is no administrator any more
        ReasonMissing: no reason
        RolesNotOfBody: a role that the operator does not have
        EmailTaken: the address belongs to somebody
        ProposalOpen: the same request waits
    """
    person, text = request.person, required(request.reason)
    operator = await lock_operator(session, actor)
    wanted = people.checked_roles(operator, request.roles)
    await people.refuse_taken(session, person.address)
    alone = await queries.administrators_ever(session, operator.id) == {actor.user_id}
    if alone and Role.administrator.value in wanted:
        addition = staff.Addition(operator, tuple(wanted), text, alone=True)
        await staff.add(session, actor, person, addition, public_url=public_url)
        return None
    proposal = Proposal(
        kind=ProposalKind.add_staff,
        email=person.address,
        name=person.shown_name,
        roles=wanted,
        reason=text,
        proposed_by=actor.user_id,
        proposed_at=now(session),
    )
    return await _propose(session, actor, proposal)


async def propose_roles(
    session: AsyncSession, actor: Principal, user_id: UUID, roles: list[Role], *, reason: str
) -> Proposal | None:
    """Ask for other roles of a colleague; taking roles away needs no second person.

    Returns:
        The request that waits, or None where the roles became fewer at once.

    Raises:
        Forbidden: the actor is no administrator any more
        OwnAccount: about oneself
        ReasonMissing: no reason
        NotFound: no person of the operator
        RolesNotOfBody: a role that the operator does not have
        AlreadyDecided: the roles are these already
        ProposalOpen: the same request waits
    """
    refuse_own(actor, user_id=user_id)
    text = required(reason)
    operator = await lock_operator(session, actor)
    wanted = people.checked_roles(operator, roles)
    user, membership = await staff.member_for_update(session, operator, user_id)
    if set(wanted) == set(membership.roles):
        raise AlreadyDecided
    if set(wanted) < set(membership.roles):
        change = staff.Change(user, membership, wanted, text)
        await staff.set_roles(session, change, changed_by=actor.user_id)
        return None
    proposal = Proposal(
        kind=ProposalKind.change_roles,
        user_id=user_id,
        email=user.email,
        name=user.name,
        roles=wanted,
        reason=text,
        proposed_by=actor.user_id,
        proposed_at=now(session),
    )
    return await _propose(session, actor, proposal)


async def propose_second_factor_reset(
    session: AsyncSession, actor: Principal, user_id: UUID, *, reason: str
) -> Proposal:
    """Ask to remove somebody's second factors after an identity check, which ``reason`` describes.

    Raises:
        Forbidden: the actor is no administrator any more
        OwnAccount: about oneself
        ReasonMissing: no reason
        NotFound: no such person
        AlreadyDecided: the person has no second factor
        ProposalOpen: the same request waits
    """
    refuse_own(actor, user_id=user_id)
    text = required(reason)
    await lock_operator(session, actor)
    user = await person_queries.get_person_for_update(session, user_id)
    factors = await person_queries.factors_of(session, user_id, at=now(session))
    if not factors.enrolled or user.state is not UserState.active:
        raise AlreadyDecided
    proposal = Proposal(
        kind=ProposalKind.reset_second_factor,
        user_id=user_id,
        email=user.email,
        name=user.name,
        roles=[],
        reason=text,
        proposed_by=actor.user_id,
        proposed_at=now(session),
    )
    await notify(
        session,
        recipient_of(user),
        notices.SECOND_FACTOR_RESET_ASKED,
        link=person_service.SECURITY_PAGE,
    )
    return await _propose(session, actor, proposal)


async def _propose(session: AsyncSession, actor: Principal, proposal: Proposal) -> Proposal:
    await _end_expired(session, proposal)
    session.add(proposal)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "uq_proposal_waiting":
            raise ProposalOpen from error
        raise
    assert actor.organization_id is not None, "an administrator belongs to the operator"
    await record(
        session,
        f"proposal.{proposal.kind.value}",
        Thing("proposal", proposal.id, actor.organization_id),
        reason=proposal.reason,
        facts={"about": proposal.email, "roles": proposal.roles},
    )
    for other in await people_with(
        session, (Role.administrator,), organization_id=actor.organization_id
    ):
        if other.id not in {actor.user_id, proposal.user_id}:
            await notify(
                session,
                recipient_of(other),
                notices.PROPOSAL_WAITS,
                link=STAFF_PAGE,
                subject=f"{proposal.name} <{proposal.email}>",
                proposer=actor.name,
                reason=proposal.reason,
            )
    return proposal


async def _end_expired(session: AsyncSession, proposal: Proposal) -> None:
    statement = (
        select(Proposal)
        .where(
            col(Proposal.kind) == proposal.kind,
            col(Proposal.email) == proposal.email,
            col(Proposal.state) == ProposalState.waiting,
        )
        .with_for_update()
    )
    waiting = await session.scalar(statement)
    if waiting is not None and queries.expired(waiting, now(session)):
        waiting.state = ProposalState.withdrawn
        waiting.decided_at = now(session)
        await session.flush()


async def _waiting_for_update(session: AsyncSession, proposal_id: UUID) -> Proposal:
    proposal = await queries.get_proposal_for_update(session, proposal_id)
    if proposal.state is not ProposalState.waiting:
        raise AlreadyDecided
    return proposal


async def confirm_proposal(
    session: AsyncSession, actor: Principal, proposal_id: UUID, *, public_url: str
) -> Proposal:
    """Decide as the second administrator, and carry it out.

    Args:
        public_url: where people reach the exchange

    Raises:
        Forbidden: the actor is no administrator any more
        NotFound: there is no such request, or the person is gone
        ProposalOwn: proposed by the actor, or about the actor
        AlreadyDecided: decided before
        ProposalExpired: it waited more than seven days
        EmailTaken: the address was taken meanwhile
    """
    operator = await lock_operator(session, actor)
    proposal = await _waiting_for_update(session, proposal_id)
    if actor.user_id in {proposal.proposed_by, proposal.user_id}:
        raise ProposalOwn
    if queries.expired(proposal, now(session)):
        raise ProposalExpired
    proposal.state = ProposalState.confirmed
    proposal.decided_by = actor.user_id
    proposal.decided_at = now(session)
    await record(
        session,
        "proposal.confirmed",
        Thing("proposal", proposal.id, operator.id),
        facts={"kind": proposal.kind.value, "about": proposal.email, "roles": proposal.roles},
    )
    if proposal.kind is ProposalKind.add_staff:
        person = people.NewPerson(proposal.email, proposal.name)
        addition = staff.Addition(operator, tuple(proposal.roles), proposal.reason)
        await staff.add(session, actor, person, addition, public_url=public_url)
        return proposal
    assert proposal.user_id is not None, "a constraint holds it"
    if proposal.kind is ProposalKind.change_roles:
        user, membership = await staff.member_for_update(session, operator, proposal.user_id)
        change = staff.Change(user, membership, proposal.roles, proposal.reason)
        await staff.set_roles(session, change, changed_by=actor.user_id)
        return proposal
    await _reset_second_factor(session, proposal.user_id, proposal.reason)
    return proposal


async def _reset_second_factor(session: AsyncSession, user_id: UUID, reason: str) -> None:
    user = await person_queries.get_person_for_update(session, user_id)
    if user.state is not UserState.active:
        raise NotFound
    found = await person_queries.find_membership(session, user_id)
    await person_service.remove_second_factors(session, user)
    await record(
        session,
        "user.second_factor_reset",
        Thing("user_account", user.id, found[0].organization_id if found else None),
        reason=reason,
    )


async def refuse_proposal(
    session: AsyncSession, actor: Principal, proposal_id: UUID, *, reason: str
) -> Proposal:
    """Refuse as another administrator, or withdraw the own request.

    Raises:
        Forbidden: the actor is no administrator any more
        NotFound: there is no such request
        ProposalOwn: it is about the actor
        ReasonMissing: refused without a reason
        AlreadyDecided: decided before
    """
    operator = await lock_operator(session, actor)
    proposal = await _waiting_for_update(session, proposal_id)
    if actor.user_id == proposal.user_id:
        raise ProposalOwn
    own = actor.user_id == proposal.proposed_by
    text = reason.strip() if own else required(reason)
    proposal.state = ProposalState.withdrawn if own else ProposalState.refused
    proposal.decided_by = actor.user_id
    proposal.decided_at = now(session)
    proposal.decision_reason = text or None
    await record(
        session,
        f"proposal.{proposal.state.value}",
        Thing("proposal", proposal.id, operator.id),
        reason=text or None,
        facts={"kind": proposal.kind.value, "about": proposal.email},
    )
    return proposal
