"""Reads of products; each starts from whose they are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.products.errors import DraftChanged, NoDraft, ProductNotFound
from marketplace.catalog.products.models import (
    ContentState,
    Product,
    ProductContent,
    ProductState,
)
from marketplace.clock import SEOUL
from marketplace.members.accounts.models import User

OPEN = (ContentState.draft, ContentState.submitted, ContentState.returned)
WRITABLE = (ContentState.draft, ContentState.returned)
PAGE_MOST = 50


@dataclass(frozen=True)
class OwnProduct:
    """A product with the content that is open and the one that is approved."""

    product: Product
    draft: ProductContent | None
    approved: ProductContent | None

    @property
    def shown(self) -> ProductContent | None:
        """The content that says what the product is called now."""
        return self.draft or self.approved


def _own(organization_id: UUID, product_id: UUID) -> Select[Product]:
    return select(Product).where(
        col(Product.id) == product_id, col(Product.organization_id) == organization_id
    )


async def get_own(session: AsyncSession, organization_id: UUID, product_id: UUID) -> OwnProduct:
    """Return a product of the organization with its contents.

    Raises:
        ProductNotFound: none, or another organization's
    """
    product: Product | None = await session.scalar(_own(organization_id, product_id))
    if product is None:
        raise ProductNotFound
    return await _with_contents(session, product)


async def get_own_for_update(
    session: AsyncSession, organization_id: UUID, product_id: UUID
) -> OwnProduct:
    """Return the same with the product's row locked until the transaction ends.

    Raises:
        ProductNotFound: none, or another organization's
    """
    statement = _own(organization_id, product_id).with_for_update()
    product: Product | None = await session.scalar(
        statement.execution_options(populate_existing=True)
    )
    if product is None:
        raise ProductNotFound
    return await _with_contents(session, product)


async def _with_contents(session: AsyncSession, product: Product) -> OwnProduct:
    rows = await session.scalars(
        select(ProductContent)
        .where(
            col(ProductContent.product_id) == product.id,
            col(ProductContent.state).in_((*OPEN, ContentState.approved)),
        )
        .execution_options(populate_existing=True)
    )
    contents = list(rows)
    return OwnProduct(
        product,
        next((one for one in contents if one.state in OPEN), None),
        next((one for one in contents if one.state is ContentState.approved), None),
    )


def writable(own: OwnProduct) -> ProductContent:
    """Return the content that its seller may change now.

    Raises:
        NoDraft: none is open, or it is being examined
    """
    if own.draft is None or own.draft.state not in WRITABLE:
        raise NoDraft
    return own.draft


async def refuse_stale(session: AsyncSession, draft: ProductContent, revision: int) -> None:
    """Refuse a save that was begun from an older one, and say who saved since and when.

    Raises:
        DraftChanged: ``revision`` is not the draft's
    """
    if draft.revision == revision:
        return
    assert draft.saved_at is not None, "a saved row has its time"
    name = await session.scalar(select(col(User.name)).where(col(User.id) == draft.saved_by))
    raise DraftChanged(
        revision=draft.revision,
        # Somebody who has left the organization is not shown to it any more.
        saved_by=name or "–",
        saved_at=draft.saved_at,
        at=f"{draft.saved_at.astimezone(SEOUL):%Y-%m-%d %H:%M}",
    )


@dataclass(frozen=True)
class Line:
    """A product in a list: its newest content that is not given up."""

    product: Product
    content: ProductContent


async def list_own(
    session: AsyncSession,
    organization_id: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_MOST,
) -> list[Line]:
    """Return products of the organization, the last saved first.

    Args:
        before: time of the last save and id of the product that ended the page before
        limit: at most 50
    """
    newest = (
        select(col(ProductContent.product_id), func.max(ProductContent.number).label("number"))
        .where(
            col(ProductContent.organization_id) == organization_id,
            col(ProductContent.state) != ContentState.discarded,
        )
        .group_by(col(ProductContent.product_id))
        .subquery()
    )
    statement = (
        select(Product, ProductContent)
        .join(newest, newest.c.product_id == Product.id)
        .join(
            ProductContent,
            and_(
                col(ProductContent.product_id) == newest.c.product_id,
                col(ProductContent.number) == newest.c.number,
            ),
        )
        .where(col(Product.organization_id) == organization_id)
        .order_by(col(ProductContent.saved_at).desc(), col(Product.id).desc())
        .limit(min(limit, PAGE_MOST))
    )
    if before is not None:
        statement = statement.where(
            text("(product_content.saved_at, product.id) < (:at, :id)").bindparams(
                at=before[0], id=before[1]
            )
        )
    return [Line(product, content) for product, content in await session.execute(statement)]


async def count_own(session: AsyncSession, organization_id: UUID) -> int:
    """Return how many products of the organization have a content that was not given up."""
    found = await session.scalar(
        select(func.count(func.distinct(col(ProductContent.product_id)))).where(
            col(ProductContent.organization_id) == organization_id,
            col(ProductContent.state) != ContentState.discarded,
        )
    )
    return found or 0


async def count_by_state(session: AsyncSession, organization_id: UUID) -> dict[str, int]:
    """Return how many products of the organization stand where.

    Returns:
        Counts by ``listed``, ``submitted``, ``returned`` and ``draft``; a product on sale with a new
        content under examination counts in both.
    """
    rows = await session.execute(
        select(
            func.count(func.distinct(col(Product.id))).filter(
                col(Product.state) == ProductState.listed
            ),
            *(
                func.count().filter(col(ProductContent.state) == state)
                for state in (ContentState.submitted, ContentState.returned, ContentState.draft)
            ),
        )
        .select_from(Product)
        .join(ProductContent, col(ProductContent.product_id) == Product.id)
        .where(col(Product.organization_id) == organization_id)
    )
    return dict(zip(("listed", "submitted", "returned", "draft"), rows.one(), strict=True))
