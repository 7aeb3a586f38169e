"""Changing an organization's facts, and registering one as a person who belongs nowhere yet."""

from datetime import date
from typing import Final
from uuid import UUID

from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.errors import Conflict
from marketplace.members.accounts.models import User
from marketplace.members.organizations import queries
from marketplace.members.organizations.errors import BelongsElsewhere
from marketplace.members.organizations.membership import add_member
from marketplace.members.organizations.models import JoinRequest, Organization, OrganizationState
from marketplace.members.organizations.notices import ACTIVATED, FACTS_CHANGED, JOIN_REQUESTED
from marketplace.members.organizations.particulars import Particulars, Typed, read_particulars
from marketplace.members.organizations.registry_checks import ask_registry
from marketplace.members.organizations.schemas import (
    OrganizationFacts,
    OrganizationIn,
    OrganizationPatch,
    RegisteredOut,
)
from marketplace.members.organizations.signing_up import (
    FOUNDER_ROLES,
    insert_organization,
    withdraw_requests,
)
from marketplace.members.organizations.telling import tell_managers
from marketplace.members.registry.port import TaxType

# What the registry and the operator compared; changing one of them undoes their findings.
VERIFIED: Final = ("name", "representative", "opened_on")
EDITABLE: Final = tuple(field.name for field in structs.fields(OrganizationPatch))


async def edit(
    session: AsyncSession,
    organization_id: UUID,
    given: OrganizationPatch | OrganizationFacts,
    *,
    actor_id: UUID,
) -> Organization:
    """Change facts of the organization; what a patch leaves out stays.

    A new name, representative or opening date undoes the operator's verification and override
    and has the registry asked again.

    Raises:
        Invalid: every wrong field
        NoLongerOwner: the actor has lost the role meanwhile
    """
    organization = await queries.lock_as_manager(session, organization_id, actor_id)
    wanted = _wanted(organization, given, today=seoul_date(now(session)))
    changed = {
        name: (getattr(organization, name), getattr(wanted, name))
        for name in EDITABLE
        if getattr(organization, name) != getattr(wanted, name)
    }
    if not changed:
        return organization
    for name, (_, value) in changed.items():
        setattr(organization, name, value)
    undone = [name for name in VERIFIED if name in changed]
    if undone:
        _undo_findings(organization)
    await session.flush()
    await record(
        session,
        "organization.edited",
        Thing("organization", organization_id, organization_id),
        facts={name: [str(old), str(new)] for name, (old, new) in changed.items()},
    )
    if undone:
        await ask_registry(session, organization)
        actor = await queries.get_member(session, organization_id, actor_id)
        await tell_managers(session, organization, FACTS_CHANGED, by=actor.name)
    return organization


def _wanted(
    organization: Organization, given: OrganizationPatch | OrganizationFacts, *, today: date
) -> Particulars:
    complete = isinstance(given, OrganizationFacts)
    named = {
        name: value for name in EDITABLE if (value := getattr(given, name)) is not None or complete
    }
    whole = OrganizationIn(
        business_number=organization.business_number,
        **{**{name: getattr(organization, name) for name in EDITABLE}, **named},
    )
    whole.tax_type = TaxType(whole.tax_type)
    typed = Typed()
    wanted = read_particulars(whole, today=today, typed=typed)
    typed.finish()
    return wanted


def _undo_findings(organization: Organization) -> None:
    organization.representative_verified_at = None
    organization.representative_verified_by = None
    organization.override_at = None
    organization.override_by = None
    organization.override_reason = None
    organization.registry_state = None
    organization.registry_tax_type = None
    organization.registry_matched = None
    organization.registry_checked_at = None


async def register(session: AsyncSession, given: OrganizationIn, *, user_id: UUID) -> RegisteredOut:
    """Register an organization as a person with a confirmed address who belongs nowhere.

    Args:
        session: of the system's scope

    Returns:
        Whether the person has joined; where the number is held already, a request to join was
        made instead.

    Raises:
        Invalid: every wrong field
        BelongsElsewhere: the person belongs to an organization
    """
    typed = Typed()
    particulars = read_particulars(given, today=seoul_date(now(session)), typed=typed)
    typed.finish()
    user = await session.get_one(User, user_id, with_for_update=True)
    if await queries.find_membership(session, user_id) is not None:
        raise BelongsElsewhere
    await withdraw_requests(session, user_id)
    founded = await insert_organization(session, particulars)
    if founded is None:
        await _ask_to_join(session, user, particulars.business_number)
        return RegisteredOut(joined=False, business_number=particulars.business_number)
    organization = await queries.organization_for_update(session, founded)
    organization.state = OrganizationState.active
    await session.flush()
    await add_member(session, user_id, organization, list(FOUNDER_ROLES), "registered")
    await record(
        session,
        "organization.activated",
        Thing("organization", founded, founded),
        actor_user_id=user_id,
    )
    await ask_registry(session, organization)
    await tell_managers(session, organization, ACTIVATED)
    return RegisteredOut(joined=True, business_number=particulars.business_number)


async def _ask_to_join(session: AsyncSession, user: User, business_number: str) -> None:
    known = await queries.find_by_number(session, business_number)
    if known is None:  # closed between the two statements
        raise Conflict
    session.add(JoinRequest(organization_id=known.id, user_id=user.id, asked_at=now(session)))
    await session.flush()
    await record(
        session, "join_request.made", Thing("organization", known.id, known.id),
        actor_user_id=user.id,
    )  # fmt: skip
    if known.state is OrganizationState.active:
        await tell_managers(
            session, known, JOIN_REQUESTED, link="/organization/members",
            person=user.name, email=user.email,
        )  # fmt: skip
