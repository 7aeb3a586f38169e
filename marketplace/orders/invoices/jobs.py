"""Drawing up, issuing and taking back the invoices of orders; asking how far they are; telling of them."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol
from uuid import UUID

from billing.papers.amendments import Way
from billing.papers.ports import ProviderSilent, TaxInvoiceProvider
from marketplace.jobs import JobContext, PeriodicContext, enqueue, job, periodic
from marketplace.orders.invoices import amending, drawing, issuing, telling
from marketplace.orders.invoices.amending import Taking
from marketplace.orders.invoices.choosing import broker_of
from marketplace.orders.invoices.errors import TaxInvoiceProviderSilent
from marketplace.settings import Settings

logger = logging.getLogger(__name__)

ASK_EVERY_S: Final = 600.0
# How long a refund waits for a paper that is on its way.
AGAIN_S: Final = 1_800


class InvoiceParts(Protocol):
    """The worker's parts that this work uses."""

    @property
    def settings(self) -> Settings:
        """The settings of the worker."""

    @property
    def tax_invoices(self) -> TaxInvoiceProvider:
        """The provider of tax invoices."""


@job("invoices.draw_up", attempts=8, limit_s=120)
async def draw_up(context: JobContext[InvoiceParts], *, order_id: str) -> None:
    """Draw an invoice up for each seller of a paid order."""
    broker = broker_of(context.parts.settings)
    async with context.phases() as session:
        await drawing.draw_up(session, UUID(order_id), broker=broker)


@job("invoices.issue", attempts=12, limit_s=120, backoff_s=10.0, parked="invoices.tell_failed")
async def issue(context: JobContext[InvoiceParts], *, invoice_id: str) -> None:
    """Have the provider issue a paper."""
    with _spoken_for():
        await issuing.issue(context.phases, context.parts.tax_invoices, UUID(invoice_id))


@job("invoices.amend", attempts=12, limit_s=300, backoff_s=10.0)
async def amend(context: JobContext[InvoiceParts], *, case_id: str) -> None:
    """Do to the papers of an order what a refund asks for; while one is on its way, come again."""
    async with context.phases() as session:
        takings = await amending.takings_of(session, UUID(case_id))
    if await _carried_out(context, takings):
        return
    async with context.phases() as session:
        await enqueue(session, "invoices.amend", case_id=case_id, delay_s=AGAIN_S)


@job("invoices.withdraw", attempts=12, limit_s=300, backoff_s=10.0)
async def withdraw(context: JobContext[InvoiceParts], *, order_id: str) -> None:
    """Take the invoices of an order back whose deposit the bank took back."""
    async with context.phases() as session:
        takings = await amending.withdrawals_of(session, UUID(order_id))
    if await _carried_out(context, takings):
        return
    async with context.phases() as session:
        await enqueue(session, "invoices.withdraw", order_id=order_id, delay_s=AGAIN_S)


async def _carried_out(context: JobContext[InvoiceParts], takings: Sequence[Taking]) -> bool:
    """Whether nothing has to wait."""
    provider = context.parts.tax_invoices
    with _spoken_for():
        ways = [await amending.amend_for_refund(context.phases, provider, one) for one in takings]
    return Way.wait not in ways


@job("invoices.tell", attempts=5, limit_s=60)
async def tell(context: JobContext[object], *, invoice_id: str) -> None:
    """Tell buyer and seller of a paper."""
    async with context.phases() as session:
        await telling.tell(session, UUID(invoice_id))


@job("invoices.tell_failed", attempts=5, limit_s=60)
async def tell_failed(context: JobContext[object], *, invoice_id: str) -> None:
    """Tell the operator that a paper failed."""
    async with context.phases() as session:
        await telling.tell_failed(session, UUID(invoice_id))


@periodic("invoices.watch", every_s=ASK_EVERY_S, limit_s=300)
async def watch(context: PeriodicContext[InvoiceParts]) -> None:
    """Ask for papers that are not sent yet, issue what was left behind, and alarm of deadlines."""
    async with context.phases() as session:
        await issuing.issue_again(session)
    try:
        await issuing.ask(context.phases, context.parts.tax_invoices)
    except ProviderSilent as error:
        logger.warning("no answer about tax invoices", extra={"reason": str(error)})
    async with context.phases() as session:
        await telling.alarm(session)


@contextmanager
def _spoken_for() -> Iterator[None]:
    """Say of a silent provider what the queue understands: try again later."""
    try:
        yield
    except ProviderSilent as error:
        raise TaxInvoiceProviderSilent(reason=str(error)) from error
