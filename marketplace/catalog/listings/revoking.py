"""Revoking one version of a product's data (판 회수): nobody gets it any more, and why is said to everybody.

The newest other approved content takes its place, with the words and the licence that were examined with
its data; without one the product is off sale. Locks are taken in one order: product, version, content.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.catalog.datasets.errors import VersionNotReady
from marketplace.catalog.datasets.models import DatasetVersion, VersionState
from marketplace.catalog.datasets.queries import get_any_version, get_version
from marketplace.catalog.listings.notices import OWN_VERSION_REVOKED
from marketplace.catalog.products.models import (
    ContentState,
    Product,
    ProductContent,
    ProductState,
)
from marketplace.catalog.search.indexing import index_product
from marketplace.db import now
from marketplace.jobs import enqueue
from marketplace.members.oversight.acts import refuse_own, required
from marketplace.members.oversight.notices import tell_owners
from marketplace.states import move

TELL: Final = "listings.tell_revoked"


async def revoke_own(
    session: AsyncSession, organization_id: UUID, version_id: UUID, *, reason: str
) -> DatasetVersion:
    """Revoke a version of an own product; everybody reads the reason.

    Raises:
        VersionNotFound: none of this organization
        ReasonMissing: no reason
        VersionNotReady: it is not ready, or revoked already
    """
    text = required(reason)
    version = await get_version(session, organization_id, version_id)
    return await _revoke(session, version, text, by_operator=False)


async def revoke(
    session: AsyncSession, actor: Principal, version_id: UUID, *, reason: str
) -> DatasetVersion:
    """Revoke a version of somebody's product; the seller is told, everybody reads the reason.

    Raises:
        VersionNotFound: there is none
        OwnAccount: it is of a product of the actor's organization
        ReasonMissing: no reason
        VersionNotReady: it is not ready, or revoked already
    """
    text = required(reason)
    version = await get_any_version(session, version_id)
    refuse_own(actor, organization_id=version.organization_id)
    revoked = await _revoke(session, version, text, by_operator=True)
    product = await session.get_one(Product, revoked.product_id)
    await tell_owners(
        session,
        revoked.organization_id,
        OWN_VERSION_REVOKED,
        link=f"/selling/products/{product.id}/data",
        product=product.number,
        number=revoked.number,
        title=await title_of(session, product.id),
        reason=text,
    )
    return revoked


async def _revoke(
    session: AsyncSession, seen: DatasetVersion, reason: str, *, by_operator: bool
) -> DatasetVersion:
    product = await _product_for_update(session, seen.product_id)
    version: DatasetVersion = await session.get_one(
        DatasetVersion, seen.id, with_for_update=True, populate_existing=True
    )
    if version.state is not VersionState.ready:
        raise VersionNotReady
    with session.no_autoflush:  # state, reason and time are one change
        version.revoked_reason, version.revoked_at = reason, now(session)
        version.revoked_by_operator = by_operator
        await move(
            session, "dataset_version", version, VersionState.revoked,
            organization_id=version.organization_id, reason=reason,
        )  # fmt: skip
    await _offer_another(session, product, version, reason)
    thing = Thing("dataset_version", version.id, version.organization_id)
    facts = {"number": version.number, "product": str(product.id), "product_state": product.state}
    await record(session, "dataset.version_revoked", thing, reason=reason, facts=facts)
    if version.published_at is not None:
        await enqueue(session, TELL, version_id=str(version.id))
    return version


async def _product_for_update(session: AsyncSession, product_id: UUID) -> Product:
    return await session.get_one(Product, product_id, with_for_update=True, populate_existing=True)


async def _offer_another(
    session: AsyncSession, product: Product, version: DatasetVersion, reason: str
) -> None:
    """Let the newest other approved content sell in place of the one with this version."""
    approved = await session.scalar(
        select(ProductContent)
        .where(
            col(ProductContent.product_id) == product.id,
            col(ProductContent.state) == ContentState.approved,
            col(ProductContent.dataset_version_id) == version.id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if approved is None:
        return
    earlier = await session.scalar(
        select(ProductContent)
        .join(DatasetVersion, col(DatasetVersion.id) == col(ProductContent.dataset_version_id))
        .where(
            col(ProductContent.product_id) == product.id,
            col(ProductContent.state) == ContentState.superseded,
            col(DatasetVersion.state) == VersionState.ready,
        )
        .order_by(col(ProductContent.number).desc())
        .limit(1)
    )
    if earlier is not None:
        await _move(session, approved, ContentState.superseded, reason)
        await _move(session, earlier, ContentState.approved, reason)
    elif product.state is ProductState.listed:
        product.withdrawn_at = now(session)
        await move(
            session, "product", product, ProductState.withdrawn,
            organization_id=product.organization_id, reason=reason,
        )  # fmt: skip
    await index_product(session, product.id)


async def _move(
    session: AsyncSession, content: ProductContent, to: ContentState, reason: str
) -> None:
    await move(
        session, "product_content", content, to,
        organization_id=content.organization_id, reason=reason,
    )  # fmt: skip


async def title_of(session: AsyncSession, product_id: UUID) -> str:
    """Return what a product is called: by its approved content, or else by its newest."""
    found = await session.scalar(
        select(col(ProductContent.title_ko))
        .where(col(ProductContent.product_id) == product_id)
        .order_by(
            (col(ProductContent.state) == ContentState.approved).desc(),
            col(ProductContent.number).desc(),
        )
        .limit(1)
    )
    return found or ""
