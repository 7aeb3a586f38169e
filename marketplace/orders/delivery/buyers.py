"""Who bought a version, for those who must be told of it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import Role
from marketplace.members.organizations.queries import people_with
from marketplace.orders.delivery.models import Entitlement

BUYING = (Role.owner, Role.buyer)


class EntitledBuyers:
    """Knows who has the right to use a version; the worker tells them when it is revoked."""

    async def people_of(self, session: AsyncSession, version_id: UUID) -> list[UUID]:
        """Return the owners and buyers of the organizations whose right to a version has not ended."""
        organizations = await session.scalars(
            select(col(Entitlement.organization_id))
            .where(col(Entitlement.version_id) == version_id, col(Entitlement.ended_at).is_(None))
            .distinct()
        )
        found: list[UUID] = []
        for organization_id in organizations:
            people = await people_with(session, BUYING, organization_id=organization_id)
            found += [person.id for person in people]
        return found
