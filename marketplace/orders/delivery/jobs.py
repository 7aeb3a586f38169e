"""Telling those who bought an earlier version that a newer one is on sale."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from marketplace.auth import Role
from marketplace.catalog.datasets.models import DatasetVersion
from marketplace.catalog.products.models import ContentState, ProductContent
from marketplace.jobs import JobContext, job
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.queries import people_with
from marketplace.notices.service import notify
from marketplace.orders.delivery.notices import NEWER
from marketplace.orders.delivery.queries import organizations_with_earlier

BUYING: Final = (Role.owner, Role.buyer)


@job("delivery.tell_newer", attempts=5, limit_s=300)
async def tell_newer(context: JobContext[object], *, version_id: str) -> None:
    """Tell owners and buyers whose right to an earlier version is in force; nothing if it is offered no more."""
    async with context.phases() as session:
        version = await session.get_one(DatasetVersion, UUID(version_id))
        title = await session.scalar(
            select(col(ProductContent.title_ko)).where(
                col(ProductContent.dataset_version_id) == version.id,
                col(ProductContent.state) == ContentState.approved,
            )
        )
        if title is None:
            return
        for organization_id in await organizations_with_earlier(session, version):
            for person in await people_with(session, BUYING, organization_id=organization_id):
                await notify(
                    session, recipient_of(person), NEWER,
                    link=f"/products/{version.product_id}/versions/{version.number}",
                    title=title, number=version.number,
                )  # fmt: skip
