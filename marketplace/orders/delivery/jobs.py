"""Telling those who bought an earlier version that a newer one is on sale."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import Role
from marketplace.catalog.datasets.models import DatasetVersion
from marketplace.catalog.products.models import ContentState, ProductContent
from marketplace.jobs import JobContext, job
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.queries import people_with
from marketplace.notices.models import Notice
from marketplace.notices.service import notify
from marketplace.orders.delivery.notices import NEWER
from marketplace.orders.delivery.queries import organizations_with_earlier

BUYING: Final = (Role.owner, Role.buyer)


@job("delivery.tell_newer", attempts=5, limit_s=300)
async def tell_newer(context: JobContext[object], *, version_id: str) -> None:
    """Tell owners and buyers whose right to an earlier version is in force, each once.

    Nobody is told of a version that is offered no more.
    """
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
        link = f"/products/{version.product_id}/versions/{version.number}"
        for organization_id in await organizations_with_earlier(session, version):
            people = await people_with(session, BUYING, organization_id=organization_id)
            told = await _told(session, [person.id for person in people], link)
            for person in people:
                if person.id not in told:
                    await notify(
                        session, recipient_of(person), NEWER, link=link,
                        title=title, number=version.number,
                    )  # fmt: skip


async def _told(session: AsyncSession, user_ids: Sequence[UUID], link: str) -> set[UUID]:
    """Return those of the persons who heard of the version before."""
    rows = await session.scalars(
        select(col(Notice.user_id)).where(
            col(Notice.user_id).in_(user_ids),
            col(Notice.kind) == NEWER.name,
            col(Notice.link) == link,
        )
    )
    return set(rows)
