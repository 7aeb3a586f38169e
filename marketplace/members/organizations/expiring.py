"""What nobody confirmed ends: a business number must not be blocked by a mail never answered."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.db import now
from marketplace.members.accounts.models import UserState
from marketplace.members.organizations import queries
from marketplace.members.organizations.joining import refuse_all_waiting
from marketplace.members.organizations.models import Organization, OrganizationState
from marketplace.members.organizations.notices import NUMBER_FREE
from marketplace.members.organizations.signing_up import UNCONFIRMED_KEPT, close_unconfirmed
from marketplace.members.registry.business_number import format_business_number
from marketplace.notices.service import notify

EXPIRED_PER_ROUND = 100


async def expire_unconfirmed(session: AsyncSession) -> int:
    """Close sign-ups whose mail was not confirmed in time, and tell who waited for them.

    Returns:
        How many ended; the next round finds the rest.
    """
    due = await session.scalars(
        select(Organization)
        .where(
            col(Organization.state) == OrganizationState.unconfirmed,
            col(Organization.created_at) < now(session) - UNCONFIRMED_KEPT,
        )
        .order_by(col(Organization.created_at))
        .limit(EXPIRED_PER_ROUND)
        .with_for_update(skip_locked=True)
    )
    organizations = list(due)
    for organization in organizations:
        await close_unconfirmed(session, organization, "not confirmed in time")
        waiting = await refuse_all_waiting(session, organization.id, reason=REASON)
        for user in waiting:
            if user.state is UserState.active:
                await notify(
                    session,
                    queries.recipient_of(user),
                    NUMBER_FREE,
                    link="/organization",
                    number=format_business_number(organization.business_number),
                )
    return len(organizations)


REASON = "먼저 신청한 가입이 기한 안에 확인되지 않아 끝났습니다. 기업을 직접 등록할 수 있습니다."
