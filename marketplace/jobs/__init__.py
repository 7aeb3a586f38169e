"""Work beside the requests: jobs that exist if their transaction commits, and periodic work.

A slice declares in its ``jobs.py`` and enqueues in its services::

    @job("members.check_registry", attempts=3, limit_s=60)
    async def check_registry(context: JobContext, *, organization_id: str) -> None: ...

    await enqueue(session, "members.check_registry", organization_id=str(organization.id))

The queue is procrastinate's; the loop that empties it is ours (decision 0003).
"""

from marketplace.jobs.contexts import JobContext, PeriodicContext
from marketplace.jobs.declaring import job, periodic
from marketplace.jobs.enqueueing import enqueue
from marketplace.jobs.errors import AttemptSuperseded, UnknownJob

__all__ = [
    "AttemptSuperseded",
    "JobContext",
    "PeriodicContext",
    "UnknownJob",
    "enqueue",
    "job",
    "periodic",
]
