"""Asking the registry about an organization, and keeping its answer as a fact of its own.

The question goes outside, so it is a job in three steps: read, ask without a transaction, write
under the row's lock; an answer about facts that changed meanwhile is dropped.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace import limits
from marketplace.audit import Thing, record
from marketplace.db import Phases, now
from marketplace.jobs import enqueue
from marketplace.members.organizations import queries
from marketplace.members.organizations.errors import (
    NoOrganization,
    OrganizationNotActive,
    RegistryAskedRecently,
)
from marketplace.members.organizations.models import Organization, OrganizationState
from marketplace.members.organizations.notices import REGISTRY_ANSWERED
from marketplace.members.organizations.readiness import ANSWER_EXPECTED, registry_check
from marketplace.members.organizations.telling import tell_managers
from marketplace.members.registry.port import BusinessRegistry, RegistryStatus

RECHECKS_PER_DAY: Final = 10
RECHECKS_WINDOW_S: Final = 86_400
OVERDUE_PER_ROUND: Final = 20


@dataclass(frozen=True)
class Question:
    """What the registry is asked; the answer counts only for exactly this."""

    business_number: str
    opened_on: date
    representative: str

    @classmethod
    def about(cls, organization: Organization) -> "Question":
        """Read it from the organization."""
        return cls(
            organization.business_number, organization.opened_on, organization.representative
        )


async def count_question(phases: Phases, organization_id: UUID) -> None:
    """Count a question that an owner wants asked.

    Raises:
        TooManyRequests: the organization asked as often today as it may
    """
    await limits.count(
        phases,
        "registry_check",
        str(organization_id),
        most=RECHECKS_PER_DAY,
        window_s=RECHECKS_WINDOW_S,
    )


async def ask_registry(session: AsyncSession, organization: Organization) -> None:
    """Have the registry asked as soon as the transaction commits.

    Args:
        organization: locked
    """
    organization.registry_asked_at = now(session)
    await session.flush()
    await enqueue(session, "members.check_registry", organization_id=str(organization.id))


async def overdue_questions(session: AsyncSession) -> list[UUID]:
    """Return organizations whose question has waited too long for its answer, oldest first."""
    rows = await session.scalars(
        select(col(Organization.id))
        .where(
            col(Organization.state).in_([OrganizationState.active, OrganizationState.suspended]),
            col(Organization.registry_asked_at) < now(session) - ANSWER_EXPECTED,
            or_(
                col(Organization.registry_checked_at).is_(None),
                col(Organization.registry_checked_at) < col(Organization.registry_asked_at),
            ),
        )
        .order_by(col(Organization.registry_asked_at))
        .limit(OVERDUE_PER_ROUND)
    )
    return list(rows)


async def ask_again(session: AsyncSession, organization_id: UUID) -> Organization:
    """Have the registry asked once more, at an owner's wish.

    Raises:
        OrganizationNotActive: suspended, closed or not confirmed
        RegistryAskedRecently: a question is still on its way
    """
    organization = await queries.organization_for_update(session, organization_id)
    if organization.state is not OrganizationState.active:
        raise OrganizationNotActive
    asked_at, checked_at = organization.registry_asked_at, organization.registry_checked_at
    waiting = asked_at is not None and (checked_at is None or checked_at < asked_at)
    if waiting and asked_at is not None and now(session) - asked_at < ANSWER_EXPECTED:
        raise RegistryAskedRecently
    await ask_registry(session, organization)
    await record(
        session,
        "organization.registry_asked",
        Thing("organization", organization_id, organization_id),
    )
    return organization


async def check_registry(phases: Phases, registry: BusinessRegistry, organization_id: UUID) -> None:
    """Ask the registry and keep its answer; the same answer again changes the date alone.

    Raises:
        RegistryUnavailable: no answer; what was known stays, and asking again is safe
    """
    async with phases() as session:
        try:
            organization = await queries.get_organization(session, organization_id)
        except NoOrganization:
            return
        if organization.state in (OrganizationState.closed, OrganizationState.unconfirmed):
            return
        question = Question.about(organization)
    match = await registry.validate(
        question.business_number, question.opened_on, question.representative
    )
    status = match.status or await registry.status(question.business_number)
    async with phases() as session:
        organization = await queries.organization_for_update(session, organization_id)
        if Question.about(organization) == question:
            await _keep(session, organization, status, matched=match.matched)


async def _keep(
    session: AsyncSession, organization: Organization, status: RegistryStatus, *, matched: bool
) -> None:
    tax_type = status.tax_type.value if status.tax_type else None
    before = (
        organization.registry_state,
        organization.registry_tax_type,
        organization.registry_matched,
    )
    after = (status.state.value, tax_type, matched)
    organization.registry_state, organization.registry_tax_type = status.state.value, tax_type
    organization.registry_matched = matched
    organization.registry_checked_at = now(session)
    await session.flush()
    if before == after:
        return
    await record(
        session,
        "organization.registry_answered",
        Thing("organization", organization.id, organization.id),
        facts={"state": status.state.value, "tax_type": tax_type, "matched": matched},
    )
    verdict = registry_check(organization, now(session))
    await tell_managers(
        session,
        organization,
        REGISTRY_ANSWERED,
        result_ko=f"{verdict.word.ko}: {verdict.reason.ko}",
        result_en=f"{verdict.word.en}: {verdict.reason.en}",
    )
