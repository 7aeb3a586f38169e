"""Reporting a product and closing a report. The other side is told by a job."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.catalog.market.queries import get_listing
from marketplace.catalog.products.models import Product, ProductState
from marketplace.catalog.reports.errors import (
    OwnProductReport,
    ReportClosed,
    ReportNotFound,
    ReportOpen,
    StillOnSale,
)
from marketplace.catalog.reports.models import ProductReport, ReportOutcome
from marketplace.catalog.reports.schemas import ClosingIn, ReportIn
from marketplace.db import constraint_of, now
from marketplace.jobs import enqueue
from marketplace.members.oversight.acts import refuse_own

TELL: Final = "reports.tell"


async def report(
    session: AsyncSession,
    organization_id: UUID,
    product_id: UUID,
    given: ReportIn,
    *,
    actor_id: UUID,
) -> ProductReport:
    """Report a product on sale; one open report of an organization and product at a time.

    Raises:
        ListingNotFound, ListingWithdrawn, ListingSuspended: it is not on sale
        OwnProductReport: it is the reporter's own
        ReportOpen: the organization's earlier report waits
    """
    listing = await get_listing(session, product_id)
    if listing.product.organization_id == organization_id:
        raise OwnProductReport
    waiting = await session.scalar(
        select(col(ProductReport.id)).where(
            col(ProductReport.product_id) == product_id,
            col(ProductReport.organization_id) == organization_id,
            col(ProductReport.outcome).is_(None),
        )
    )
    if waiting is not None:
        raise ReportOpen
    filed = ProductReport(
        product_id=product_id,
        organization_id=organization_id,
        reason=given.reason,
        body=given.body.strip(),
        reported_by=actor_id,
        reported_at=now(session),
    )
    session.add(filed)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "uq_product_report_open":
            raise ReportOpen from error  # another window was quicker
        raise
    facts = {"product": str(product_id), "reason": given.reason.value}
    await record(session, "report.received", _thing(filed), facts=facts)
    await enqueue(session, TELL, report_id=str(filed.id))
    return filed


async def close(
    session: AsyncSession, actor: Principal, report_id: UUID, given: ClosingIn
) -> ProductReport:
    """Give a report its outcome; the reporter reads the answer.

    Raises:
        ReportNotFound: there is none
        ReportClosed: it has its outcome
        OwnAccount: the reviewer's own organization has filed it
        StillOnSale: the outcome says that the sale was stopped, and the product is listed
    """
    filed: ProductReport | None = await session.scalar(
        select(ProductReport)
        .where(col(ProductReport.id) == report_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if filed is None:
        raise ReportNotFound
    if filed.outcome is not None:
        raise ReportClosed
    refuse_own(actor, organization_id=filed.organization_id)
    product = await session.get_one(Product, filed.product_id, populate_existing=True)
    if given.outcome is ReportOutcome.sale_stopped and product.state is ProductState.listed:
        raise StillOnSale
    filed.outcome, filed.answer = given.outcome, given.answer.strip()
    filed.closed_by, filed.closed_at = actor.user_id, now(session)
    await session.flush()
    facts = {"product": str(product.id), "outcome": given.outcome.value}
    await record(session, "report.closed", _thing(filed), facts=facts)
    await enqueue(session, TELL, report_id=str(filed.id))
    return filed


def _thing(filed: ProductReport) -> Thing:
    return Thing("product_report", filed.id, filed.organization_id)
