"""What the operator decides about organizations. Each act locks the row it decides on first."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.db import now
from marketplace.members.organizations.models import (
    Organization,
    OrganizationState,
    Paper,
    PaperKind,
    PaperState,
)
from marketplace.members.oversight import notices
from marketplace.members.oversight.acts import refuse_own, required
from marketplace.members.oversight.errors import (
    AlreadyDecided,
    PaperNotReady,
    RepresentativePapersMissing,
)
from marketplace.members.oversight.organizations import queries

ORGANIZATION_PAGE: Final = "/organization"
PAPERS_PAGE: Final = "/organization/papers"


def _thing(organization: Organization) -> Thing:
    return Thing("organization", organization.id, organization.id)


async def suspend(
    session: AsyncSession, actor: Principal, organization_id: UUID, *, reason: str
) -> Organization:
    """Suspend an organization: its people keep their accounts and lose every role at once.

    Raises:
        NotFound: there is no such organization
        OwnAccount: the actor belongs to it
        ReasonMissing: no reason
        AlreadyDecided: it is not active
    """
    refuse_own(actor, organization_id=organization_id)
    text = required(reason)
    organization = await queries.get_organization_for_update(session, organization_id)
    if organization.state is not OrganizationState.active:
        raise AlreadyDecided
    organization.state = OrganizationState.suspended
    organization.suspended_reason = text
    await record(session, "organization.suspended", _thing(organization), reason=text)
    await notices.tell_owners(
        session,
        organization.id,
        notices.ORGANIZATION_SUSPENDED,
        link=ORGANIZATION_PAGE,
        organization=organization.name,
        reason=text,
    )
    return organization


async def reinstate(
    session: AsyncSession, actor: Principal, organization_id: UUID, *, reason: str
) -> Organization:
    """End a suspension; roles count again at the next request.

    Raises:
        NotFound: there is no such organization
        OwnAccount: the actor belongs to it
        ReasonMissing: no reason
        AlreadyDecided: it is not suspended
    """
    refuse_own(actor, organization_id=organization_id)
    text = required(reason)
    organization = await queries.get_organization_for_update(session, organization_id)
    if organization.state is not OrganizationState.suspended:
        raise AlreadyDecided
    facts = {"suspended_for": organization.suspended_reason}
    organization.state = OrganizationState.active
    organization.suspended_reason = None
    await record(session, "organization.reinstated", _thing(organization), reason=text, facts=facts)
    await notices.tell_owners(
        session,
        organization.id,
        notices.ORGANIZATION_REINSTATED,
        link=ORGANIZATION_PAGE,
        organization=organization.name,
        reason=text,
    )
    return organization


async def _paper_for_update(session: AsyncSession, organization_id: UUID, paper_id: UUID) -> Paper:
    await queries.get_paper(session, organization_id, paper_id)
    statement = (
        select(Paper)
        .where(col(Paper.id) == paper_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one()


async def examine_paper(
    session: AsyncSession,
    actor: Principal,
    paper_of: tuple[UUID, UUID],
    *,
    accepted: bool,
    reason: str = "",
) -> Paper:
    """Accept a proof file, or return it with a reason.

    Args:
        paper_of: id of the organization and of its paper

    Raises:
        NotFound: there is no such paper of this organization
        OwnAccount: the actor belongs to the organization
        ReasonMissing: returned without a reason
        PaperNotReady: the file has not arrived
        AlreadyDecided: somebody examined it before
    """
    organization_id, paper_id = paper_of
    refuse_own(actor, organization_id=organization_id)
    text = reason.strip() if accepted else required(reason)
    organization = await queries.get_organization(session, organization_id)
    paper = await _paper_for_update(session, organization_id, paper_id)
    if paper.ready_at is None:
        raise PaperNotReady
    if paper.state is not PaperState.waiting:
        raise AlreadyDecided
    paper.state = PaperState.accepted if accepted else PaperState.returned
    paper.examined_by = actor.user_id
    paper.examined_at = now(session)
    paper.reason = text or None
    await record(
        session,
        "paper.accepted" if accepted else "paper.returned",
        Thing("paper", paper.id, organization_id),
        reason=text or None,
        facts={"kind": paper.kind.value, "sha256": paper.sha256},
    )
    await notices.tell_owners(
        session,
        organization_id,
        notices.PAPER_ACCEPTED if accepted else notices.PAPER_RETURNED,
        link=PAPERS_PAGE,
        organization=organization.name,
        file_name=paper.file_name,
        reason=text,
    )
    return paper


async def verify_representative(
    session: AsyncSession, actor: Principal, organization_id: UUID, *, reason: str = ""
) -> Organization:
    """Record that papers show who represents the organization; selling needs it (E1).

    Args:
        reason: what was compared, where it is not plain from the papers

    Raises:
        NotFound: there is no such organization
        OwnAccount: the actor belongs to it
        AlreadyDecided: verified before
        RepresentativePapersMissing: no accepted business registration certificate
    """
    refuse_own(actor, organization_id=organization_id)
    organization = await queries.get_organization_for_update(session, organization_id)
    if organization.representative_verified_at is not None:
        raise AlreadyDecided
    evidence = await _accepted_papers(session, organization_id)
    if PaperKind.business_registration not in {paper.kind for paper in evidence}:
        raise RepresentativePapersMissing
    organization.representative_verified_at = now(session)
    organization.representative_verified_by = actor.user_id
    await record(
        session,
        "organization.representative_verified",
        _thing(organization),
        reason=reason.strip() or None,
        facts={
            "representative": organization.representative,
            "papers": [str(paper.id) for paper in evidence],
        },
    )
    await notices.tell_owners(
        session,
        organization_id,
        notices.REPRESENTATIVE_VERIFIED,
        link=ORGANIZATION_PAGE,
        organization=organization.name,
    )
    return organization


async def _accepted_papers(session: AsyncSession, organization_id: UUID) -> list[Paper]:
    papers = await queries.list_papers(session, organization_id)
    return [paper for paper in papers if paper.state is PaperState.accepted]


async def withdraw_representative(
    session: AsyncSession, actor: Principal, organization_id: UUID, *, reason: str
) -> Organization:
    """Take the verification back: a mistake, or a change of representative.

    Raises:
        NotFound: there is no such organization
        OwnAccount: the actor belongs to it
        ReasonMissing: no reason
        AlreadyDecided: it is not verified
    """
    refuse_own(actor, organization_id=organization_id)
    text = required(reason)
    organization = await queries.get_organization_for_update(session, organization_id)
    if organization.representative_verified_at is None:
        raise AlreadyDecided
    organization.representative_verified_at = None
    organization.representative_verified_by = None
    await record(
        session, "organization.representative_withdrawn", _thing(organization), reason=text
    )
    await notices.tell_owners(
        session,
        organization_id,
        notices.REPRESENTATIVE_WITHDRAWN,
        link=PAPERS_PAGE,
        organization=organization.name,
        reason=text,
    )
    return organization


async def override_registry(
    session: AsyncSession, actor: Principal, organization_id: UUID, *, reason: str
) -> Organization:
    """Treat a business as one in operation whatever the register says; the answer stays beside it.

    Raises:
        NotFound: there is no such organization
        OwnAccount: the actor belongs to it
        ReasonMissing: no reason
        AlreadyDecided: overridden before
    """
    refuse_own(actor, organization_id=organization_id)
    text = required(reason)
    organization = await queries.get_organization_for_update(session, organization_id)
    if organization.override_at is not None:
        raise AlreadyDecided
    organization.override_at = now(session)
    organization.override_by = actor.user_id
    organization.override_reason = text
    await record(
        session,
        "organization.registry_overridden",
        _thing(organization),
        reason=text,
        facts=_registry_facts(organization),
    )
    await notices.tell_owners(
        session,
        organization_id,
        notices.REGISTRY_OVERRIDDEN,
        link=ORGANIZATION_PAGE,
        organization=organization.name,
        reason=text,
    )
    return organization


async def withdraw_override(
    session: AsyncSession, actor: Principal, organization_id: UUID, *, reason: str
) -> Organization:
    """Let the register's answer count again.

    Raises:
        NotFound: there is no such organization
        OwnAccount: the actor belongs to it
        ReasonMissing: no reason
        AlreadyDecided: nothing is overridden
    """
    refuse_own(actor, organization_id=organization_id)
    text = required(reason)
    organization = await queries.get_organization_for_update(session, organization_id)
    if organization.override_at is None:
        raise AlreadyDecided
    facts = {"overridden_for": organization.override_reason}
    organization.override_at = None
    organization.override_by = None
    organization.override_reason = None
    await record(
        session, "organization.override_withdrawn", _thing(organization), reason=text, facts=facts
    )
    await notices.tell_owners(
        session,
        organization_id,
        notices.OVERRIDE_WITHDRAWN,
        link=ORGANIZATION_PAGE,
        organization=organization.name,
        reason=text,
    )
    return organization


def _registry_facts(organization: Organization) -> dict[str, object]:
    return {
        "registry_state": organization.registry_state,
        "registry_matched": organization.registry_matched,
        "registry_tax_type": organization.registry_tax_type,
    }
