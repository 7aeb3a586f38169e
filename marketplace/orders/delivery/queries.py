"""Reads of entitlements; each starts from whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.datasets.models import DatasetVersion, VersionState
from marketplace.catalog.products.models import (
    ContentState,
    Product,
    ProductContent,
    ProductState,
)
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.orders.delivery.errors import EntitlementNotFound
from marketplace.orders.delivery.models import EndReason, Entitlement
from marketplace.orders.purchases.models import Order, OrderLine


class RightState(StrEnum):
    """Whether a right can be used now, and if not, what ended it."""

    in_force = "in_force"
    expired = "expired"
    refunded = "refunded"
    taken_back = "taken_back"
    revoked = "revoked"
    """The version was withdrawn by its seller or the exchange."""


@dataclass(frozen=True)
class Owned:
    """What an organization bought: the right with its order, its line as agreed, and the version."""

    entitlement: Entitlement
    order: Order
    line: OrderLine
    version: DatasetVersion
    state: RightState


def state_of(entitlement: Entitlement, version: DatasetVersion, today: date) -> RightState:
    """Return how a right stands. Pure.

    Args:
        today: in Seoul; ``ends_on`` is the last day of use
    """
    if entitlement.end_reason is EndReason.refunded:
        return RightState.refunded
    if entitlement.end_reason is EndReason.taken_back:
        return RightState.taken_back
    if version.state is VersionState.revoked:
        return RightState.revoked
    ended = entitlement.ends_on is not None and entitlement.ends_on < today
    return RightState.expired if ended else RightState.in_force


def unended(today: date) -> ColumnElement[bool]:
    """Return the condition that a right was not taken away and its last day has not passed."""
    return col(Entitlement.ended_at).is_(None) & (
        col(Entitlement.ends_on).is_(None) | (col(Entitlement.ends_on) >= today)
    )


async def owned_versions(
    session: AsyncSession, organization_id: UUID, version_ids: Sequence[UUID]
) -> set[UUID]:
    """Return those of the versions that the organization has a right to use."""
    return set(await rights_to(session, organization_id, version_ids))


async def rights_to(
    session: AsyncSession, organization_id: UUID, version_ids: Sequence[UUID]
) -> dict[UUID, UUID]:
    """Return the right to use each of the versions that the organization bought, the newest by version."""
    rows = await session.execute(
        select(col(Entitlement.version_id), col(Entitlement.id))
        .where(
            col(Entitlement.organization_id) == organization_id,
            col(Entitlement.version_id).in_(list(version_ids)),
            unended(seoul_date(now(session))),
        )
        .order_by(col(Entitlement.granted_at))
    )
    return {row.version_id: row.id for row in rows}


def _whole() -> Select[*tuple[Any, ...]]:
    return (
        select(Entitlement, Order, OrderLine, DatasetVersion)
        .join(Order, col(Order.id) == col(Entitlement.order_id))
        .join(OrderLine, col(OrderLine.id) == col(Entitlement.order_line_id))
        .join(DatasetVersion, col(DatasetVersion.id) == col(Entitlement.version_id))
    )


async def list_own(
    session: AsyncSession, organization_id: UUID, *, after: tuple[datetime, UUID] | None, most: int
) -> list[Owned]:
    """Return what an organization bought, the newest first, ended rights too.

    Args:
        after: time and id of the last one shown
        most: how many
    """
    statement = _whole().where(col(Entitlement.organization_id) == organization_id)
    if after is not None:
        statement = statement.where(
            tuple_(col(Entitlement.granted_at), col(Entitlement.id)) < tuple_(*after)
        )
    order = (col(Entitlement.granted_at).desc(), col(Entitlement.id).desc())
    rows = await session.execute(statement.order_by(*order).limit(most))
    return [_owned(session, *row) for row in rows]


async def get_own(
    session: AsyncSession, organization_id: UUID, entitlement_id: UUID, *, lock: bool = False
) -> Owned:
    """Return a right of an organization, its row locked if wanted.

    Raises:
        EntitlementNotFound: none of this organization
    """
    statement = _whole().where(
        col(Entitlement.id) == entitlement_id, col(Entitlement.organization_id) == organization_id
    )
    if lock:
        statement = statement.with_for_update(of=Entitlement)
    found = (
        await session.execute(statement.execution_options(populate_existing=True))
    ).one_or_none()
    if found is None:
        raise EntitlementNotFound
    return _owned(session, *found)


def _owned(
    session: AsyncSession,
    entitlement: Entitlement,
    order: Order,
    line: OrderLine,
    version: DatasetVersion,
) -> Owned:
    state = state_of(entitlement, version, seoul_date(now(session)))
    return Owned(entitlement, order, line, version, state)


async def offered_numbers(
    session: AsyncSession, product_ids: Sequence[UUID]
) -> dict[UUID, tuple[int, UUID]]:
    """Return number and id of the version that each product sells now; one that is not on sale is missing."""
    statement: Select[*tuple[Any, ...]] = (
        select(col(Product.id), col(DatasetVersion.number), col(DatasetVersion.id).label("version"))
        .join(ProductContent, col(ProductContent.product_id) == col(Product.id))
        .join(DatasetVersion, col(DatasetVersion.id) == col(ProductContent.dataset_version_id))
        .where(
            col(Product.id).in_(list(product_ids)),
            col(Product.state) == ProductState.listed,
            col(ProductContent.state) == ContentState.approved,
        )
    )
    rows = await session.execute(statement)
    return {row[0]: (row.number, row.version) for row in rows}


async def organizations_with_earlier(session: AsyncSession, version: DatasetVersion) -> list[UUID]:
    """Return the organizations with a right to an earlier version of the product and none to this one.

    Args:
        session: of the exchange itself
    """
    today = seoul_date(now(session))
    same = (col(Entitlement.product_id) == version.product_id, unended(today))
    have = select(col(Entitlement.organization_id)).where(
        *same, col(Entitlement.version_id) == version.id
    )
    rows = await session.scalars(
        select(col(Entitlement.organization_id))
        .join(DatasetVersion, col(DatasetVersion.id) == col(Entitlement.version_id))
        .where(
            *same,
            col(DatasetVersion.number) < version.number,
            col(DatasetVersion.state) != VersionState.revoked,
            col(Entitlement.organization_id).not_in(have),
        )
        .distinct()
        .order_by(col(Entitlement.organization_id))
    )
    return list(rows)
