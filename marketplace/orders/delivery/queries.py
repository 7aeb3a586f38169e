"""Reads of entitlements."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.orders.delivery.models import Entitlement


async def owned_versions(
    session: AsyncSession, organization_id: UUID, version_ids: Sequence[UUID]
) -> set[UUID]:
    """Return those of the versions that the organization has a right to use."""
    rows = await session.scalars(
        select(col(Entitlement.version_id)).where(
            col(Entitlement.organization_id) == organization_id,
            col(Entitlement.version_id).in_(list(version_ids)),
            col(Entitlement.ended_at).is_(None),
        )
    )
    return set(rows)
