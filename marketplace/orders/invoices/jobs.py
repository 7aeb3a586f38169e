"""Drawing up and taking back the invoices of an order."""

from marketplace.jobs import JobContext, job


@job("invoices.draw_up", attempts=8, limit_s=120)
async def draw_up(context: JobContext[object], *, order_id: str) -> None:
    """Draw up an invoice for each seller of a paid order."""


@job("invoices.withdraw", attempts=8, limit_s=120)
async def withdraw(context: JobContext[object], *, order_id: str) -> None:
    """Take the invoices of an order back whose deposit the bank took back."""
