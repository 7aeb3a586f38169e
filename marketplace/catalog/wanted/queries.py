"""Reads of wanted data."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.market.queries import Offer, offers_by_id
from marketplace.catalog.wanted.errors import WantedNotFound
from marketplace.catalog.wanted.models import (
    WantedMessage,
    WantedProduct,
    WantedRequest,
    WantedState,
    WantedThread,
)
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.members.organizations.models import Organization

OWN_MOST = 100
THREADS_MOST = 100


@dataclass(frozen=True)
class WantedFilter:
    """Which requests a list shows; ``hidden`` ones are for staff alone."""

    industry: str = ""
    state: WantedState | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Talk:
    """A thread with its messages, the oldest first."""

    thread: WantedThread
    messages: list[WantedMessage]


def state_at(request: WantedRequest, today: date) -> WantedState:
    """Return the state; past its day a request has ended, also before the worker has written so."""
    over = request.state is WantedState.open and request.until_on < today
    return WantedState.expired if over else request.state


def is_in(state: WantedState, today: date) -> ColumnElement[bool]:
    """Return what holds of the requests in a state on a day."""
    column, over = col(WantedRequest.state), col(WantedRequest.until_on) < today
    if state is WantedState.open:
        return and_(column == state, ~over)
    if state is WantedState.expired:
        return or_(column == state, and_(column == WantedState.open, over))
    return column == state


async def list_public(
    session: AsyncSession,
    given: WantedFilter,
    *,
    after: tuple[datetime, UUID] | None,
    rows_max: int,
) -> list[WantedRequest]:
    """Return requests, the newest first; hidden ones only where the filter asks for them."""
    hidden = col(WantedRequest.hidden_at)
    statement = select(WantedRequest).where(
        hidden.is_not(None) if given.hidden else hidden.is_(None)
    )
    if given.industry:
        statement = statement.where(col(WantedRequest.industry_division) == given.industry)
    if given.state is not None:
        statement = statement.where(is_in(given.state, seoul_date(now(session))))
    place = tuple_(col(WantedRequest.asked_at), col(WantedRequest.id))
    if after is not None:
        statement = statement.where(place < after)
    rows = await session.scalars(
        statement.order_by(col(WantedRequest.asked_at).desc(), col(WantedRequest.id).desc())
        .limit(rows_max)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def industries(session: AsyncSession) -> list[str]:
    """Return the industries of which there are requests that everybody sees."""
    rows = await session.scalars(
        select(col(WantedRequest.industry_division))
        .where(col(WantedRequest.hidden_at).is_(None))
        .distinct()
        .order_by(col(WantedRequest.industry_division))
    )
    return list(rows)


async def list_own(session: AsyncSession, organization_id: UUID) -> list[WantedRequest]:
    """Return what an organization has asked for, the newest first."""
    rows = await session.scalars(
        select(WantedRequest)
        .where(col(WantedRequest.organization_id) == organization_id)
        .order_by(col(WantedRequest.asked_at).desc(), col(WantedRequest.id))
        .limit(OWN_MOST)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def list_answered(session: AsyncSession, organization_id: UUID) -> list[WantedRequest]:
    """Return the requests that an organization has answered, the newest answer first."""
    rows = await session.scalars(
        select(WantedRequest)
        .join(WantedThread, col(WantedThread.request_id) == col(WantedRequest.id))
        .where(col(WantedThread.organization_id) == organization_id)
        .order_by(col(WantedThread.begun_at).desc(), col(WantedRequest.id))
        .limit(OWN_MOST)
    )
    return list(rows)


async def askers_of(session: AsyncSession, requests: Sequence[WantedRequest]) -> dict[UUID, str]:
    """Return the names of the organizations that ask, by their id; for staff."""
    rows = await session.execute(
        select(col(Organization.id), col(Organization.name)).where(
            col(Organization.id).in_({one.organization_id for one in requests})
        )
    )
    return {row.id: row.name for row in rows}


async def count_open(session: AsyncSession, organization_id: UUID) -> int:
    """Return how much an organization looks for now."""
    found = await session.scalar(
        select(func.count()).where(
            col(WantedRequest.organization_id) == organization_id,
            col(WantedRequest.hidden_at).is_(None),
            is_in(WantedState.open, seoul_date(now(session))),
        )
    )
    return found or 0


async def get_visible(
    session: AsyncSession, request_id: UUID, organization_id: UUID | None, *, staff: bool = False
) -> WantedRequest:
    """Return a request: a hidden one only to its organization and the operator.

    Raises:
        WantedNotFound: there is none, or none to see
    """
    found = await session.get(WantedRequest, request_id, populate_existing=True)
    if found is None:
        raise WantedNotFound
    own = organization_id is not None and found.organization_id == organization_id
    if found.hidden_at is not None and not own and not staff:
        raise WantedNotFound
    return found


async def get_own(session: AsyncSession, organization_id: UUID, request_id: UUID) -> WantedRequest:
    """Return a request of an organization, also one that was hidden.

    Raises:
        WantedNotFound: there is none
    """
    found = await session.get(WantedRequest, request_id, populate_existing=True)
    if found is None or found.organization_id != organization_id:
        raise WantedNotFound
    return found


async def own_for_update(
    session: AsyncSession, organization_id: UUID, request_id: UUID
) -> WantedRequest:
    """Return a request of an organization with its row locked.

    What is hidden can be read by its asker and no longer changed, so the database locks no such row.

    Raises:
        WantedNotFound: there is none
    """
    found: WantedRequest | None = await session.scalar(
        _locking(request_id).where(col(WantedRequest.organization_id) == organization_id)
    )
    return found or await get_own(session, organization_id, request_id)


async def get_locked(session: AsyncSession, request_id: UUID) -> WantedRequest:
    """Return a request with its row locked; for staff and the exchange itself.

    Raises:
        WantedNotFound: there is none
    """
    found: WantedRequest | None = await session.scalar(_locking(request_id))
    if found is None:
        raise WantedNotFound
    return found


def _locking(request_id: UUID) -> Select[WantedRequest]:
    return (
        select(WantedRequest)
        .where(col(WantedRequest.id) == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def products_of(session: AsyncSession, request_id: UUID) -> list[Offer]:
    """Return the products on sale that sellers named, the first named first."""
    ids = list(
        await session.scalars(
            select(col(WantedProduct.product_id))
            .where(col(WantedProduct.request_id) == request_id)
            .order_by(col(WantedProduct.named_at), col(WantedProduct.product_id))
        )
    )
    offers = {one.product.id: one for one in await offers_by_id(session, ids)}
    return [offers[one] for one in ids if one in offers]


async def talks_of(
    session: AsyncSession, request_id: UUID, organization_id: UUID | None, *, staff: bool = False
) -> list[Talk]:
    """Return the threads of a request that an organization takes part in; the operator sees all."""
    if organization_id is None and not staff:
        return []
    statement = select(WantedThread).where(col(WantedThread.request_id) == request_id)
    if not staff:
        statement = statement.where(
            or_(
                col(WantedThread.organization_id) == organization_id,
                col(WantedThread.asker_organization_id) == organization_id,
            )
        )
    threads = (
        await session.scalars(
            statement.order_by(col(WantedThread.begun_at), col(WantedThread.id)).limit(THREADS_MOST)
        )
    ).all()
    return await _with_messages(session, threads)


async def _with_messages(session: AsyncSession, threads: Sequence[WantedThread]) -> list[Talk]:
    said: dict[UUID, list[WantedMessage]] = defaultdict(list)
    if threads:
        rows = await session.scalars(
            select(WantedMessage)
            .where(col(WantedMessage.thread_id).in_([one.id for one in threads]))
            .order_by(col(WantedMessage.at), col(WantedMessage.id))
        )
        for row in rows:
            said[row.thread_id].append(row)
    return [Talk(one, said[one.id]) for one in threads]
