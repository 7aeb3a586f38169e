"""Carrying refund cases on."""

from marketplace.jobs import JobContext, job


@job("refunds.paid", attempts=8, limit_s=120)
async def paid(context: JobContext[object], *, refund_id: str) -> None:
    """Carry the case of a refund on that the provider has paid."""
