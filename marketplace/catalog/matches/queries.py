"""Reads of matches: everything for the operator, and for a seller what concerns its own products and the market."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets.models import DatasetVersion, VersionState
from marketplace.catalog.matches.models import DataMatch, MatchRun
from marketplace.catalog.matches.schemas import MatchesOut, MatchLine
from marketplace.catalog.products.models import (
    ContentState,
    Product,
    ProductContent,
    ProductState,
)
from marketplace.members.organizations.models import Organization

SHOWN_MOST: Final = 200


async def matches_of(session: AsyncSession, version: DatasetVersion) -> MatchesOut:
    """Return what a version has in common with all other products, for staff."""
    run = await session.get(MatchRun, version.id)
    rows = (
        await session.execute(
            select(DataMatch, DatasetVersion, Product, col(Organization.name))
            .join(DatasetVersion, col(DatasetVersion.id) == col(DataMatch.other_version_id))
            .join(Product, col(Product.id) == col(DataMatch.other_product_id))
            .join(Organization, col(Organization.id) == col(DataMatch.other_organization_id))
            .where(col(DataMatch.version_id) == version.id)
            .order_by(
                col(DataMatch.strong).desc(),
                col(DataMatch.share).desc(),
                col(DatasetVersion.ready_at),
                col(DataMatch.position),
                col(DataMatch.other_position),
            )
            .limit(SHOWN_MOST)
        )
    ).all()
    titles = await titles_of(session, [one.other_product_id for one, *_ in rows])
    return MatchesOut(
        version_id=version.id,
        compared_at=run.compared_at if run is not None else None,
        table_count=run.table_count if run is not None else None,
        least_pct=100 * run.least_share if run is not None else None,
        strong_pct=100 * run.strong_share if run is not None else None,
        items=[_line(version, titles, *row) for row in rows],
    )


def _line(
    version: DatasetVersion,
    titles: dict[UUID, str],
    one: DataMatch,
    other: DatasetVersion,
    product: Product,
    seller: str,
) -> MatchLine:
    assert product.number is not None, "a saved row has its number"
    assert one.found_at is not None, "and its time"
    assert version.ready_at is not None, "only versions that were ready are compared"
    assert other.ready_at is not None, "and so was the other"
    return MatchLine(
        table=one.table_name,
        other_table=one.other_table_name,
        other_product_id=product.id,
        other_product_number=product.number,
        other_title=titles.get(product.id, ""),
        other_product_state=product.state,
        other_version_id=other.id,
        other_version_number=other.number,
        other_version_state=other.state,
        other_seller_id=one.other_organization_id,
        other_seller=seller,
        own=one.other_organization_id == one.organization_id,
        earlier=other.ready_at < version.ready_at,
        strong=one.strong,
        same_bytes=one.same_bytes,
        share_pct=100 * one.share,
        row_pct=_pct(one.row_share),
        other_row_pct=_pct(one.other_row_share),
        exact=one.exact,
        stretch_pct=_pct(one.stretch_share),
        columns=one.columns,
        found_at=one.found_at,
    )


def _pct(share: float | None) -> float | None:
    return None if share is None else 100 * share


async def titles_of(session: AsyncSession, product_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return what products are called: by the approved content, or else by the newest that may be seen."""
    rows = await session.execute(
        select(col(ProductContent.product_id), col(ProductContent.title_ko))
        .where(col(ProductContent.product_id).in_(set(product_ids)))
        .order_by(
            col(ProductContent.product_id),
            (col(ProductContent.state) == ContentState.approved).desc(),
            col(ProductContent.number).desc(),
        )
        .ext(distinct_on(col(ProductContent.product_id)))
    )
    return {one.product_id: one.title_ko for one in rows}


@dataclass(frozen=True)
class KnownMatch:
    """A product that a seller may know of: the largest share that a version has in common with it [1]."""

    number: int
    title: str
    share: float
    own: bool


async def seller_sees(session: AsyncSession, version_id: UUID) -> list[KnownMatch] | None:
    """Return the products that a version's seller may know of, the most alike first.

    Those are the seller's own and versions on sale, whoever asks; None where the version was never compared.
    """
    if await session.get(MatchRun, version_id) is None:
        return None
    rows: Any = await session.execute(
        select(Product, DataMatch)
        .select_from(DataMatch)
        .join(Product, col(Product.id) == col(DataMatch.other_product_id))
        .join(DatasetVersion, col(DatasetVersion.id) == col(DataMatch.other_version_id))
        .where(
            col(DataMatch.version_id) == version_id,
            or_(
                col(DataMatch.other_organization_id) == col(DataMatch.organization_id),
                and_(
                    col(Product.state) == ProductState.listed,
                    col(DatasetVersion.published_at).is_not(None),
                    col(DatasetVersion.state) == VersionState.ready,
                ),
            ),
        )
        .order_by(col(DataMatch.share).desc(), col(Product.number))
    )
    first: dict[UUID, tuple[Product, DataMatch]] = {}
    for product, one in rows:
        first.setdefault(product.id, (product, one))
    titles = await titles_of(session, list(first))
    return [
        KnownMatch(
            number=product.number or 0,
            title=titles.get(product.id, ""),
            share=one.share,
            own=one.other_organization_id == one.organization_id,
        )
        for product, one in first.values()
    ]
