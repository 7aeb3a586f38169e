"""Reads of what is on sale; each starts from what everybody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from msgspec import convert
from sqlalchemy import Select, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.money import Taxation
from marketplace.catalog.datasets import queries as datasets
from marketplace.catalog.datasets.models import DataFile, DatasetVersion, QualityReport
from marketplace.catalog.market.errors import (
    ListingNotFound,
    ListingSuspended,
    ListingWithdrawn,
)
from marketplace.catalog.products.models import (
    ContentState,
    Product,
    ProductContent,
    ProductState,
)
from marketplace.catalog.sellers.queries import cards_of, get_card, taxations_of
from marketplace.catalog.sellers.schemas import SellerCard
from quality import DatasetReport

NEWEST_MOST = 6
SELLER_MOST = 100
_SHAPES = text(
    """select version_id, jsonb_path_query_array(jsonb_path_query_first(report,
         '$.files[*].tables[*].columns[*] ? (@.identifying == false && @.number.std > 0)'),
         '$.number.histogram[*].count') as counts
       from quality_report where version_id = any(:ids)"""
)


@dataclass(frozen=True)
class Listing:
    """A product on sale with everything that its page shows."""

    product: Product
    content: ProductContent
    version: DatasetVersion
    files: list[DataFile]
    stored_report: QualityReport
    seller: SellerCard
    taxation: Taxation

    @property
    def report(self) -> DatasetReport:
        """The report as the engine shaped it."""
        return convert(self.stored_report.report, DatasetReport)


@dataclass(frozen=True)
class Offer:
    """A product in a list of the market."""

    product: Product
    content: ProductContent
    seller: SellerCard
    version_id: UUID
    grade: str
    row_count: int
    size_bytes: int
    formats: list[str]


async def get_content(session: AsyncSession, product_id: UUID) -> tuple[Product, ProductContent]:
    """Return a product that is or was on sale, with its approved content.

    Raises:
        ListingNotFound: it never was on sale
    """
    found = (
        await session.execute(
            select(Product, ProductContent)
            .join(ProductContent, col(ProductContent.product_id) == Product.id)
            .where(
                col(Product.id) == product_id,
                col(Product.state) != ProductState.draft,
                col(ProductContent.state) == ContentState.approved,
            )
        )
    ).one_or_none()
    if found is None:
        raise ListingNotFound
    return found[0], found[1]


async def get_listing(session: AsyncSession, product_id: UUID) -> Listing:
    """Return a product on sale.

    Raises:
        ListingNotFound: it never was on sale
        ListingWithdrawn, ListingSuspended: it is no longer
    """
    product, content = await get_content(session, product_id)
    if product.state is ProductState.withdrawn:
        raise ListingWithdrawn
    if product.state is ProductState.suspended:
        raise ListingSuspended
    assert content.dataset_version_id is not None, "an approved content has its data"
    version = await session.get_one(DatasetVersion, content.dataset_version_id)
    return Listing(
        product,
        content,
        version,
        await datasets.files_of(session, version.id),
        await session.get_one(QualityReport, version.id),
        await get_card(session, product.organization_id),
        (await taxations_of(session, [product.organization_id]))[product.organization_id],
    )


async def offers_of(
    session: AsyncSession, *, seller_id: UUID | None = None, limit: int = NEWEST_MOST
) -> list[Offer]:
    """Return products on sale, the newest first, of one seller where given."""
    statement = (
        _offers().order_by(col(Product.listed_at).desc(), col(Product.id).desc()).limit(limit)
    )
    if seller_id is not None:
        statement = statement.where(col(Product.organization_id) == seller_id)
    return await _shaped(session, statement)


async def offers_by_id(session: AsyncSession, ids: Sequence[UUID]) -> list[Offer]:
    """Return those of the products that are on sale, in no order."""
    if not ids:
        return []
    return await _shaped(session, _offers().where(col(Product.id).in_(ids)))


def _offers() -> Select[*tuple[Any, ...]]:
    # The report itself is large and lies beside its row: only what a list shows is read.
    return (
        select(
            Product,
            ProductContent,
            col(DatasetVersion.size_bytes),
            col(QualityReport.version_id),
            col(QualityReport.grade),
            col(QualityReport.row_count),
            literal_column(
                "jsonb_path_query_array(quality_report.report, '$.files[*].kind')"
            ).label("kinds"),
        )
        .join(ProductContent, col(ProductContent.product_id) == Product.id)
        .join(DatasetVersion, col(DatasetVersion.id) == col(ProductContent.dataset_version_id))
        .join(QualityReport, col(QualityReport.version_id) == col(DatasetVersion.id))
        .where(
            col(Product.state) == ProductState.listed,
            col(ProductContent.state) == ContentState.approved,
        )
    )


async def _shaped(session: AsyncSession, statement: Select[*tuple[Any, ...]]) -> list[Offer]:
    rows = (await session.execute(statement)).all()
    sellers = await cards_of(session, [row[0].organization_id for row in rows])
    return [
        Offer(
            product=row[0],
            content=row[1],
            seller=sellers[row[0].organization_id],
            version_id=row.version_id,
            grade=row.grade,
            row_count=row.row_count,
            size_bytes=row.size_bytes,
            formats=sorted({kind.upper() for kind in row.kinds}),
        )
        for row in rows
    ]


async def shapes_of(session: AsyncSession, version_ids: list[UUID]) -> dict[UUID, list[int]]:
    """Return the bars of each version's first column of numbers; a version without one is missing."""
    if not version_ids:
        return {}
    rows = await session.execute(_SHAPES, {"ids": version_ids})
    return {row.version_id: row.counts for row in rows if row.counts}
