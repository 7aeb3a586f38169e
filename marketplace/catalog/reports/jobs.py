"""Telling the operator's reviewers of a report, and its reporter of the outcome."""

from typing import Final
from uuid import UUID

from marketplace.auth import Function, Role
from marketplace.catalog.products.models import Product
from marketplace.catalog.reports.models import ProductReport
from marketplace.catalog.reports.notices import CLOSED, REPORTED
from marketplace.jobs import JobContext, job
from marketplace.members.accounts.models import User, UserState
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.queries import people_with
from marketplace.notices.service import notify

REVIEWING: Final = (Role.administrator, Role.reviewer)


@job("reports.tell", attempts=5, limit_s=60)
async def tell(context: JobContext[object], *, report_id: str) -> None:
    """Tell the reviewers of an open report, or the reporter of its outcome."""
    async with context.phases() as session:
        report = await session.get_one(ProductReport, UUID(report_id))
        product = await session.get_one(Product, report.product_id)
        if report.answer is None:
            for person in await people_with(
                session, REVIEWING, function=Function.exchange_operator
            ):
                await notify(
                    session, recipient_of(person), REPORTED, link="/operator/reports",
                    product=product.number, body=report.body,
                )  # fmt: skip
            return
        reporter = await session.get_one(User, report.reported_by)
        if reporter.state is UserState.active:
            link = f"/products/{product.id}/report"
            await notify(
                session, recipient_of(reporter), CLOSED, link=link,
                product=product.number, answer=report.answer,
            )  # fmt: skip
