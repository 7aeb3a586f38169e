"""Who must hear of a version because they bought it; what sells lies above this layer and answers."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


class VersionBuyers(Protocol):
    """Knows who bought a version. The worker is given one."""

    async def people_of(self, session: AsyncSession, version_id: UUID) -> list[UUID]:
        """Return the persons who answer for what their organizations bought of a version."""
