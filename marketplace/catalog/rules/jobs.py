"""What the worker does for rules: run them on the data of a draft."""

from uuid import UUID

from marketplace.catalog.datasets.jobs import PROCESS_LIMIT_S, DataParts, shelves_of
from marketplace.catalog.rules import running
from marketplace.jobs import JobContext, job


@job("catalog.check_rules", attempts=3, limit_s=PROCESS_LIMIT_S, parked="catalog.give_up_rules")
async def check_rules(context: JobContext[DataParts], *, content_id: str) -> None:
    """Run the rules of a content on its data."""
    await running.check_rules(context.phases, shelves_of(context.parts), UUID(content_id))


@job("catalog.give_up_rules", attempts=5)
async def give_up_rules(context: JobContext[DataParts], *, content_id: str) -> None:
    """Say that the rules could not be run."""
    await running.give_up(context.phases, UUID(content_id))
