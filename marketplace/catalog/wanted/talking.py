"""Answers of sellers and replies of the asker: one thread for each seller and request."""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.market.queries import Offer, offers_of
from marketplace.catalog.products.models import Product, ProductState
from marketplace.catalog.wanted import queries
from marketplace.catalog.wanted.errors import (
    OwnWanted,
    WantedClosed,
    WantedHidden,
    WantedProductWrong,
    WantedThreadFull,
    WantedThreadNotFound,
)
from marketplace.catalog.wanted.models import (
    WantedMessage,
    WantedProduct,
    WantedRequest,
    WantedThread,
)
from marketplace.catalog.wanted.schemas import AnswerIn
from marketplace.catalog.wanted.service import WantedLimits, refuse_finished
from marketplace.clock import seoul_date
from marketplace.db import now, take_turns
from marketplace.jobs import enqueue
from marketplace.members.organizations.models import Organization

TELL_MESSAGE: Final = "wanted.tell_message"


async def answer(
    session: AsyncSession,
    organization_id: UUID,
    request_id: UUID,
    given: AnswerIn,
    *,
    actor_id: UUID,
    limits: WantedLimits,
) -> WantedMessage:
    """Answer a request, or add to the own answer; a named product is seen by everybody.

    Raises:
        WantedNotFound: there is no such request
        OwnWanted: it is of the seller's organization
        WantedClosed: it takes no first answer any more
        WantedThreadFull: the thread has as many messages as one may
        WantedProductWrong: no product of the seller that is on sale
    """
    request = await queries.get_visible(session, request_id, organization_id)
    if request.organization_id == organization_id:
        raise OwnWanted
    if given.product_id is not None:
        await _refuse_foreign(session, organization_id, given.product_id)
    thread = await _thread_of(session, request, organization_id)
    if given.product_id is not None:
        named = {
            "request_id": request.id,
            "product_id": given.product_id,
            "organization_id": organization_id,
            "named_at": now(session),
        }
        await session.execute(insert(WantedProduct).values(named).on_conflict_do_nothing())
    message = _message(thread, given.body, actor_id, by_asker=False)
    message.product_id = given.product_id
    return await _say(session, thread, message, limits)


async def reply(
    session: AsyncSession,
    organization_id: UUID,
    thread_id: UUID,
    body: str,
    *,
    actor_id: UUID,
    limits: WantedLimits,
) -> WantedMessage:
    """Write to a seller who has answered the own request; also after it was closed.

    Raises:
        WantedThreadNotFound: none on a request of this organization
        WantedHidden: the operator has hidden the request
        WantedThreadFull: the thread has as many messages as one may
    """
    thread = await session.get(WantedThread, thread_id)
    if thread is None or thread.asker_organization_id != organization_id:
        raise WantedThreadNotFound
    request = await session.get_one(WantedRequest, thread.request_id, populate_existing=True)
    if request.hidden_at is not None:
        raise WantedHidden
    message = _message(thread, body, actor_id, by_asker=True)
    return await _say(session, thread, message, limits)


async def own_offers(session: AsyncSession, organization_id: UUID) -> list[Offer]:
    """Return the products on sale that a seller may name."""
    return await offers_of(session, seller_id=organization_id, limit=queries.OWN_MOST)


async def _refuse_foreign(session: AsyncSession, organization_id: UUID, product_id: UUID) -> None:
    own = await session.scalar(
        select(col(Product.id)).where(
            col(Product.id) == product_id,
            col(Product.organization_id) == organization_id,
            col(Product.state) == ProductState.listed,
        )
    )
    if own is None:
        raise WantedProductWrong


async def _thread_of(
    session: AsyncSession, request: WantedRequest, organization_id: UUID
) -> WantedThread:
    """Return the seller's thread, begun with the first answer; two windows begin one.

    Raises:
        WantedNotFound, WantedClosed: it takes no first answer, or none since a moment ago
    """
    found = await _find_thread(session, request.id, organization_id)
    if found is not None:
        return found
    refuse_finished(request, seoul_date(now(session)))
    name = await session.scalar(
        select(col(Organization.name)).where(col(Organization.id) == organization_id)
    )
    row = {
        "request_id": request.id,
        "organization_id": organization_id,
        "asker_organization_id": request.organization_id,
        "seller_name": name,
        "begun_at": now(session),
    }
    statement = insert(WantedThread).values(id=func.gen_random_uuid(), **row)
    await session.execute(statement.on_conflict_do_nothing())
    found = await _find_thread(session, request.id, organization_id)
    if found is None:
        # The database admits no thread to a request that was closed or hidden meanwhile.
        await queries.get_visible(session, request.id, organization_id)
        raise WantedClosed
    return found


async def _find_thread(
    session: AsyncSession, request_id: UUID, organization_id: UUID
) -> WantedThread | None:
    found: WantedThread | None = await session.scalar(
        select(WantedThread).where(
            col(WantedThread.request_id) == request_id,
            col(WantedThread.organization_id) == organization_id,
        )
    )
    return found


def _message(thread: WantedThread, body: str, author_id: UUID, *, by_asker: bool) -> WantedMessage:
    return WantedMessage(
        thread_id=thread.id,
        organization_id=thread.organization_id,
        asker_organization_id=thread.asker_organization_id,
        by_asker=by_asker,
        author_id=author_id,
        body=body.strip(),
    )


async def _say(
    session: AsyncSession, thread: WantedThread, message: WantedMessage, limits: WantedLimits
) -> WantedMessage:
    # Messages sent at once do not pass the limit.
    await take_turns(session, "wanted_thread", thread.id)
    said = await session.scalar(
        select(func.count()).where(col(WantedMessage.thread_id) == thread.id)
    )
    if (said or 0) >= limits.messages_most:
        raise WantedThreadFull(most=limits.messages_most)
    message.at = now(session)
    session.add(message)
    await session.flush()
    facts = {"thread": str(thread.id), "product": str(message.product_id or "")}
    action = "wanted.replied" if message.by_asker else "wanted.answered"
    thing = Thing("wanted_request", thread.request_id, thread.asker_organization_id)
    await record(session, action, thing, facts=facts)
    await enqueue(session, TELL_MESSAGE, message_id=str(message.id))
    return message
