"""Gathers what decides about an organization's abilities; the rules are in ``readiness``."""

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.db import now
from marketplace.members.organizations.bank_accounts import account_in_use, list_accounts
from marketplace.members.organizations.models import BankAccountState, Organization
from marketplace.members.organizations.papers import list_papers
from marketplace.members.organizations.readiness import Standing


async def standing_of(session: AsyncSession, organization: Organization) -> Standing:
    """Return the facts that decide what the organization may do now."""
    at = now(session)
    papers = await list_papers(session, organization.id)
    used = await account_in_use(session, organization.id)
    waiting = any(
        account.state is BankAccountState.proposed
        or (account.effective_at is not None and account.effective_at > at)
        for account in await list_accounts(session, organization.id)
    )
    return Standing(
        organization=organization,
        papers=[(paper.kind, paper.state) for paper in papers],
        account_in_use=used is not None,
        account_waiting=waiting,
        at=at,
    )
