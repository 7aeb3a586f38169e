"""What the worker does when an operator has a version examined again."""

from uuid import UUID

from marketplace.catalog.datasets.jobs import (
    PROCESS_LIMIT_S,
    DataParts,
    ExaminingParts,
    shelves_of,
)
from marketplace.catalog.profiles import running
from marketplace.jobs import JobContext, job


@job("catalog.profile_again", attempts=3, limit_s=PROCESS_LIMIT_S, parked="catalog.give_up_profile")
async def profile_again(context: JobContext[ExaminingParts], *, order_id: str) -> None:
    """Examine the files of a version again and keep both reports."""
    shelves = shelves_of(context.parts, context.parts.children)
    await running.profile_again(context.phases, shelves, UUID(order_id))


@job("catalog.give_up_profile", attempts=5)
async def give_up_profile(context: JobContext[DataParts], *, order_id: str) -> None:
    """Say that a version could not be examined again."""
    await running.give_up(context.phases, UUID(order_id))
