"""A person with everything around the account, for the API and for the page."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.db import now
from marketplace.members.accounts.models import UserSession
from marketplace.members.organizations.models import Membership, Organization
from marketplace.members.oversight.people import queries
from marketplace.members.oversight.people.schemas import (
    BelongsToOut,
    FactorsOut,
    PersonDetailOut,
    PersonOut,
    SessionOut,
)


async def person_detail(session: AsyncSession, user_id: UUID) -> PersonDetailOut:
    """Return a person with membership, second factors and live sessions.

    Raises:
        NotFound: there is none
    """
    user = await queries.get_person(session, user_id)
    found = await queries.find_membership(session, user_id)
    factors = await queries.factors_of(session, user_id, at=now(session))
    sessions = await queries.list_live_sessions(session, user_id, at=now(session))
    return PersonDetailOut(
        person=msgspec.convert(user, PersonOut, from_attributes=True),
        belongs_to=None if found is None else _belongs_to(*found),
        factors=msgspec.convert(factors, FactorsOut, from_attributes=True),
        sessions=[_session(row) for row in sessions],
    )


def _belongs_to(membership: Membership, organization: Organization) -> BelongsToOut:
    assert membership.joined_at is not None, "the database stamps it"
    return BelongsToOut(
        organization_id=organization.id,
        organization_name=organization.name,
        function=organization.function,
        roles=membership.roles,
        joined_at=membership.joined_at,
    )


def _session(row: UserSession) -> SessionOut:
    assert row.created_at is not None, "the database stamps it"
    assert row.last_seen_at is not None, "the database stamps it"
    return SessionOut(
        id=row.id,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        address=None if row.address is None else str(row.address),
        user_agent=row.user_agent,
    )
