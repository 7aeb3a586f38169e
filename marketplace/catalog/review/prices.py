"""Whether a price stands far from those of other products; a warning for both sides, never a refusal (E5)."""

from enum import StrEnum
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.products.models import (
    ContentState,
    Product,
    ProductContent,
    ProductState,
)

# A median of fewer says little. Reading: E5 asks for outliers and gives no numbers.
ALIKE_LEAST: Final = 5
ALL_LEAST: Final = 20
TIMES: Final = 10


class Basis(StrEnum):
    """What a price was compared with: the same industry and kind of data, all products, or nothing."""

    alike = "alike"
    all = "all"
    none = "none"


class PriceCheck(Struct, frozen=True):
    """The median price of other products on sale [won], of how many, and whether ours is far from it.

    Far is more than ten times as much, or less than a tenth. Without enough products nothing was
    measured, and ``median_won`` is missing.
    """

    basis: Basis
    median_won: int | None
    compared_count: int
    outlier: bool


async def price_check(
    session: AsyncSession, product: Product, content: ProductContent
) -> PriceCheck:
    """Compare a product's price with at least 5 alike, else with at least 20 of all on sale."""
    alike = (
        col(ProductContent.industry_division) == content.industry_division,
        col(ProductContent.data_kind) == content.data_kind,
    )
    median, count = await _median(session, product, *alike)
    if count >= ALIKE_LEAST:
        return PriceCheck(Basis.alike, round(median), count, far(product.price_won, median))
    median, count = await _median(session, product)
    if count >= ALL_LEAST:
        return PriceCheck(Basis.all, round(median), count, far(product.price_won, median))
    return PriceCheck(Basis.none, None, count, outlier=False)


async def _median(
    session: AsyncSession, product: Product, *conditions: ColumnElement[bool]
) -> tuple[float, int]:
    """Return the median price of other products on sale that fit [won], and how many there are."""
    price = col(Product.price_won)
    found = await session.execute(
        select(func.percentile_cont(0.5).within_group(price), func.count(price))
        .join(ProductContent, col(ProductContent.product_id) == col(Product.id))
        .where(
            col(Product.state) == ProductState.listed,
            col(Product.id) != product.id,
            col(ProductContent.state) == ContentState.approved,
            *conditions,
        )
    )
    median, count = found.one()
    return float(median or 0), count


def far(price_won: int | None, median_won: float) -> bool:
    """Whether a price is more than ten times a median, or less than a tenth of it. Pure."""
    if price_won is None:
        return False
    return price_won > TIMES * median_won or price_won * TIMES < median_won
