"""Taking a product off the market and putting it back; stopping its sale and lifting the stop (E6).

Buyers keep what they bought in every case.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.catalog.datasets.errors import VersionRevoked
from marketplace.catalog.datasets.models import DatasetVersion, VersionState
from marketplace.catalog.listings import notices
from marketplace.catalog.listings.errors import ListingStateWrong
from marketplace.catalog.market.queries import get_content
from marketplace.catalog.products.models import Product, ProductContent, ProductState
from marketplace.catalog.products.queries import OwnProduct, get_own_for_update
from marketplace.catalog.search.indexing import announce, index_product
from marketplace.db import now
from marketplace.members.oversight.acts import refuse_own, required
from marketplace.members.oversight.notices import tell_owners
from marketplace.notices.kinds import NoticeKind
from marketplace.states import history, move

MACHINE: Final = "product"


async def withdraw(
    session: AsyncSession, organization_id: UUID, product_id: UUID, *, reason: str
) -> OwnProduct:
    """Take an own product off the market; its page becomes a tombstone.

    Raises:
        ProductNotFound: none, or another organization's
        ReasonMissing: no reason
        ListingStateWrong: it is not on sale
    """
    text = required(reason)
    own = await get_own_for_update(session, organization_id, product_id)
    if own.product.state is not ProductState.listed:
        raise ListingStateWrong
    own.product.withdrawn_at = now(session)
    await _step(session, own.product, ProductState.withdrawn, reason=text)
    await record(session, "listing.withdrawn", _thing(own.product), reason=text)
    return own


async def relist(session: AsyncSession, organization_id: UUID, product_id: UUID) -> OwnProduct:
    """Put an own product back on the market, as it was approved.

    Raises:
        ProductNotFound: none, or another organization's
        ListingStateWrong: it was not taken off by its seller
        VersionRevoked: the version that would be sold was revoked
    """
    own = await get_own_for_update(session, organization_id, product_id)
    if own.product.state is not ProductState.withdrawn:
        raise ListingStateWrong
    if (version := await revoked_version(session, own.approved)) is not None:
        raise VersionRevoked(number=version.number)
    own.product.withdrawn_at = None
    await _step(session, own.product, ProductState.listed)
    await announce(session, product_id)
    await record(session, "listing.relisted", _thing(own.product))
    return own


async def suspend(
    session: AsyncSession, actor: Principal, product_id: UUID, *, reason: str
) -> Product:
    """Stop the sale of a product; its seller reads the reason, everybody that it was stopped.

    Raises:
        ListingNotFound: it never was on sale
        OwnAccount: it is a product of the actor's organization
        ReasonMissing: no reason
        ListingStateWrong: it is stopped already
    """
    text = required(reason)
    product = await _locked(session, actor, product_id)
    if product.state is ProductState.suspended:
        raise ListingStateWrong
    with session.no_autoflush:  # state and reason are one change
        product.suspended_reason = text
        await move(
            session, MACHINE, product, ProductState.suspended,
            organization_id=product.organization_id, reason=text,
        )  # fmt: skip
    await index_product(session, product.id)
    await record(session, "listing.suspended", _thing(product), reason=text)
    await _tell(session, product, notices.SUSPENDED, text)
    return product


async def lift(
    session: AsyncSession, actor: Principal, product_id: UUID, *, reason: str
) -> Product:
    """Lift a stop: the product stands where it stood before, or off sale if its version was revoked.

    Raises:
        ListingNotFound, OwnAccount, ReasonMissing: as when stopping
        ListingStateWrong: it is not stopped
    """
    text = required(reason)
    product = await _locked(session, actor, product_id)
    if product.state is not ProductState.suspended:
        raise ListingStateWrong
    steps = await history(session, product.id)
    before = next(one.from_state for one in reversed(steps) if one.to_state == product.state)
    _, content = await get_content(session, product_id)
    if await revoked_version(session, content) is not None:
        before = ProductState.withdrawn.value
        product.withdrawn_at = product.withdrawn_at or now(session)
    with session.no_autoflush:
        product.suspended_reason = None
        await move(
            session, MACHINE, product, ProductState(before),
            organization_id=product.organization_id, reason=text,
        )  # fmt: skip
    await index_product(session, product.id)
    if before == ProductState.listed:
        await announce(session, product.id)
    await record(session, "listing.lifted", _thing(product), reason=text)
    await _tell(session, product, notices.LIFTED, text)
    return product


async def revoked_version(
    session: AsyncSession, content: ProductContent | None
) -> DatasetVersion | None:
    """Return the version that a content sells where it was revoked."""
    if content is None:
        return None
    version = await session.get_one(DatasetVersion, content.dataset_version_id)
    return version if version.state is VersionState.revoked else None


async def _locked(session: AsyncSession, actor: Principal, product_id: UUID) -> Product:
    product, _ = await get_content(session, product_id)
    refuse_own(actor, organization_id=product.organization_id)
    statement = (
        select(Product)
        .where(col(Product.id) == product_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).one()


async def _step(
    session: AsyncSession, product: Product, to: ProductState, *, reason: str | None = None
) -> None:
    await move(
        session, MACHINE, product, to, organization_id=product.organization_id, reason=reason
    )
    await index_product(session, product.id)


async def _tell(session: AsyncSession, product: Product, kind: NoticeKind, reason: str) -> None:
    _, content = await get_content(session, product.id)
    await tell_owners(
        session,
        product.organization_id,
        kind,
        link=f"/selling/products/{product.id}",
        product=product.number,
        title=content.title_ko,
        reason=reason,
    )


def _thing(product: Product) -> Thing:
    return Thing("product", product.id, product.organization_id)
