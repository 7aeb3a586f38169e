"""Telling those whom a revoked version concerns: who bought it, and who asked about its product."""

from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets.models import DatasetVersion
from marketplace.catalog.inquiries.models import Inquiry
from marketplace.catalog.listings.buyers import VersionBuyers
from marketplace.catalog.listings.notices import VERSION_REVOKED
from marketplace.catalog.listings.revoking import title_of
from marketplace.catalog.products.models import Product
from marketplace.jobs import JobContext, job
from marketplace.members.accounts.models import User, UserState
from marketplace.members.accounts.telling import recipient_of
from marketplace.notices.service import notify


class SellingParts(Protocol):
    """The worker's parts that this job uses."""

    @property
    def version_buyers(self) -> VersionBuyers:
        """Who bought a version."""


@job("listings.tell_revoked", attempts=5, limit_s=60)
async def tell_revoked(context: JobContext[SellingParts], *, version_id: str) -> None:
    """Tell buyers and askers that a version was revoked, each once."""
    async with context.phases() as session:
        version = await session.get_one(DatasetVersion, UUID(version_id))
        product = await session.get_one(Product, version.product_id)
        bought = await context.parts.version_buyers.people_of(session, version.id)
        title = await title_of(session, product.id)
        for person in await _concerned(session, product.id, bought):
            await notify(
                session, recipient_of(person), VERSION_REVOKED,
                link=f"/products/{product.id}/versions/{version.number}", product=product.number,
                number=version.number, title=title, reason=version.revoked_reason,
            )  # fmt: skip


async def _concerned(session: AsyncSession, product_id: UUID, bought: list[UUID]) -> list[User]:
    """Return buyers and all who asked or wanted a sample, without those who have left."""
    asked = select(col(Inquiry.asked_by)).where(col(Inquiry.product_id) == product_id)
    rows = await session.scalars(
        select(User)
        .where(
            col(User.id).in_(asked) | col(User.id).in_(bought),
            col(User.state) == UserState.active,
        )
        .order_by(col(User.email))
    )
    return list(rows)
