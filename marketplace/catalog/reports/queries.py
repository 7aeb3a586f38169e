"""Reads of reports."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.products.models import ContentState, Product, ProductContent
from marketplace.catalog.reports.models import ProductReport
from marketplace.members.organizations.models import Organization

SHOWN_MOST = 100


async def list_own(
    session: AsyncSession, organization_id: UUID, product_id: UUID | None = None
) -> list[ProductReport]:
    """Return the reports of an organization, of one product where that is given, the newest first."""
    statement = select(ProductReport).where(col(ProductReport.organization_id) == organization_id)
    if product_id is not None:
        statement = statement.where(col(ProductReport.product_id) == product_id)
    rows = await session.scalars(
        statement.order_by(col(ProductReport.reported_at).desc(), col(ProductReport.id))
        .limit(SHOWN_MOST)
        .execution_options(populate_existing=True)
    )
    return list(rows)


@dataclass(frozen=True)
class Filed:
    """A report on the operator's desk."""

    report: ProductReport
    product: Product
    title: str
    seller: Organization


async def list_filed(session: AsyncSession, *, closed: bool = False) -> list[Filed]:
    """Return open reports, the oldest first, or closed ones, the newest first; for staff."""
    at = col(ProductReport.reported_at)
    rows = await session.execute(
        select(ProductReport, Product, col(ProductContent.title_ko), Organization)
        .join(Product, col(Product.id) == col(ProductReport.product_id))
        .join(Organization, col(Organization.id) == col(Product.organization_id))
        .join(ProductContent, col(ProductContent.product_id) == col(Product.id))
        .where(
            col(ProductReport.outcome).is_not(None)
            if closed
            else col(ProductReport.outcome).is_(None),
            col(ProductContent.state) == ContentState.approved,
        )
        .order_by(at.desc() if closed else at, col(ProductReport.id))
        .limit(SHOWN_MOST)
    )
    return [Filed(*row) for row in rows]
