"""What the worker does for organizations: asking the registry, ending what nobody confirmed."""

import logging
from typing import Protocol
from uuid import UUID

from marketplace.jobs import JobContext, PeriodicContext, job, periodic
from marketplace.members.organizations import expiring, paper_sweeping, registry_checks
from marketplace.members.registry.errors import RegistryUnavailable
from marketplace.members.registry.port import BusinessRegistry
from marketplace.settings import Settings
from storage.objects import Bucket
from storage.ports import ObjectStore

logger = logging.getLogger(__name__)

RECHECK_EVERY_S = 300
HOUSEKEEPING_EVERY_S = 3_600


class OrganizationParts(Protocol):
    """The worker's parts that these jobs use."""

    @property
    def registry(self) -> BusinessRegistry:
        """Who is asked about a business."""

    @property
    def store(self) -> ObjectStore:
        """Where papers lie."""

    @property
    def settings(self) -> Settings:
        """For the name of the private bucket."""


@job("members.check_registry", attempts=3, limit_s=60)
async def check_registry(context: JobContext[OrganizationParts], *, organization_id: str) -> None:
    """Ask the registry about one organization and keep the answer."""
    await registry_checks.check_registry(
        context.phases, context.parts.registry, UUID(organization_id)
    )


@periodic("members.recheck_registry", every_s=RECHECK_EVERY_S, limit_s=120)
async def recheck_registry(context: PeriodicContext[OrganizationParts]) -> None:
    """Ask again where the registry never answered; stop at once while it is away."""
    async with context.phases() as session:
        overdue = await registry_checks.overdue_questions(session)
    for organization_id in overdue:
        try:
            await registry_checks.check_registry(
                context.phases, context.parts.registry, organization_id
            )
        except RegistryUnavailable as error:
            logger.warning("the registry is away: %s", error.facts.get("reason"))
            return


@periodic("members.expire_sign_ups", every_s=HOUSEKEEPING_EVERY_S, limit_s=60)
async def expire_sign_ups(context: PeriodicContext[OrganizationParts]) -> None:
    """End sign-ups that nobody confirmed."""
    async with context.phases() as session:
        await expiring.expire_unconfirmed(session)


@periodic("members.sweep_papers", every_s=HOUSEKEEPING_EVERY_S, limit_s=300)
async def sweep_papers(context: PeriodicContext[OrganizationParts]) -> None:
    """Remove papers that were never finished, bytes first."""
    bucket = Bucket(context.parts.settings.bucket("private"))
    await paper_sweeping.sweep(context.phases, context.parts.store, bucket)
