"""Telling the operator's reviewers of a report, and its reporter of the outcome."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import Function, Role
from marketplace.catalog.products.models import Product
from marketplace.catalog.reports.models import ProductReport
from marketplace.catalog.reports.notices import CLOSED, REPORTED
from marketplace.jobs import JobContext, job
from marketplace.members.accounts.models import User, UserState
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.models import Membership, Organization
from marketplace.notices.service import notify


@job("reports.tell", attempts=5, limit_s=60)
async def tell(context: JobContext[object], *, report_id: str) -> None:
    """Tell the reviewers of an open report, or the reporter of its outcome."""
    async with context.phases() as session:
        report = await session.get_one(ProductReport, UUID(report_id))
        product = await session.get_one(Product, report.product_id)
        if report.answer is None:
            for person in await _reviewers(session):
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


async def _reviewers(session: AsyncSession) -> list[User]:
    rows = await session.scalars(
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .join(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(
            col(Organization.function) == Function.exchange_operator,
            col(Membership.left_at).is_(None),
            or_(
                col(Membership.roles).contains([Role.administrator.value]),
                col(Membership.roles).contains([Role.reviewer.value]),
            ),
            col(User.state) == UserState.active,
        )
        .order_by(col(User.email))
    )
    return list(rows)
