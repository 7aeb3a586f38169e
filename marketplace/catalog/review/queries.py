"""Reads of reviews: a seller's own, and everything for the operator."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets.models import DatasetVersion, QualityReport
from marketplace.catalog.matches.queries import seller_sees
from marketplace.catalog.products.models import Product, ProductContent
from marketplace.catalog.review.checks import PreCheck, match_check, product_checks, seller_checks
from marketplace.catalog.review.errors import ReviewNotFound
from marketplace.catalog.review.models import Review, ReviewComment
from marketplace.catalog.sellers.queries import find_profile
from marketplace.members.organizations.models import Organization
from marketplace.members.organizations.readiness import Ability, missing_for
from marketplace.members.organizations.standing import standing_of
from marketplace.training.queries import has_trained_member


@dataclass(frozen=True)
class Case:
    """A review with all that belongs to it."""

    review: Review
    product: Product
    content: ProductContent
    organization: Organization


async def get_case(session: AsyncSession, review_id: UUID, *, lock: bool = False) -> Case:
    """Return a review with its product, content and seller; the review's row locked if wanted.

    Raises:
        ReviewNotFound: there is none that this session may see
    """
    statement = select(Review).where(col(Review.id) == review_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    review: Review | None = await session.scalar(statement)
    if review is None:
        raise ReviewNotFound
    product = await session.get_one(Product, review.product_id, populate_existing=True)
    content = await session.get_one(ProductContent, review.content_id, populate_existing=True)
    organization = await session.get_one(Organization, review.organization_id)
    return Case(review, product, content, organization)


async def reviews_of(session: AsyncSession, product_id: UUID) -> list[Review]:
    """Return the reviews of a product, the newest first."""
    rows = await session.scalars(
        select(Review)
        .where(col(Review.product_id) == product_id)
        .order_by(col(Review.submitted_at).desc(), col(Review.id))
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def comments_of(session: AsyncSession, product_id: UUID) -> list[ReviewComment]:
    """Return the thread of a product over all its reviews, the oldest first."""
    rows = await session.scalars(
        select(ReviewComment)
        .where(col(ReviewComment.product_id) == product_id)
        .order_by(col(ReviewComment.at), col(ReviewComment.id))
    )
    return list(rows)


async def seller_checks_of(session: AsyncSession, organization_id: UUID) -> list[PreCheck]:
    """Return the checks of a seller as they stand now."""
    organization = await session.get_one(Organization, organization_id)
    standing = await standing_of(session, organization)
    profile = await find_profile(session, organization_id)
    return seller_checks(
        missing_for(standing, Ability.sell),
        profiled=profile is not None,
        trained=await has_trained_member(session, organization_id),
    )


async def checks_of(
    session: AsyncSession, product: Product, content: ProductContent
) -> list[PreCheck]:
    """Return the checks of a content and its seller as they stand now."""
    version = report = known = None
    if content.dataset_version_id is not None:
        version = await session.get(DatasetVersion, content.dataset_version_id)
        report = await session.get(QualityReport, content.dataset_version_id)
        known = await seller_sees(session, content.dataset_version_id)
    checks = await seller_checks_of(session, product.organization_id)
    checks += product_checks(product, content, version, report)
    return [*checks, *match_check(product, known)]
