"""What the worker does for matches: compare a version that is ready, and those that never were compared."""

from uuid import UUID

from marketplace.catalog.datasets.jobs import DataParts
from marketplace.catalog.matches import matching
from marketplace.jobs import JobContext, PeriodicContext, job, periodic
from marketplace.quality_rules import read_rules

MATCH_LIMIT_S = 1_800
MATCH_EVERY_S = 600


@job("catalog.match_version", attempts=5, limit_s=MATCH_LIMIT_S)
async def match_version(context: JobContext[DataParts], *, version_id: str) -> None:
    """Compare a version's tables with those of all other products."""
    rules = read_rules(context.parts.settings.quality_rules)
    await matching.match_version(context.phases, rules, UUID(version_id))


@periodic("catalog.match_versions", every_s=MATCH_EVERY_S, limit_s=600)
async def match_versions(context: PeriodicContext[DataParts]) -> None:
    """Have versions compared that are older than the comparison, or were compared by other shares."""
    rules = read_rules(context.parts.settings.quality_rules)
    await matching.match_waiting(context.phases, rules)
