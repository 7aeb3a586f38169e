"""Telling the other side of wanted data, and ending requests whose day has passed."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.catalog.wanted import queries, telling
from marketplace.catalog.wanted.models import WantedMessage, WantedRequest, WantedState
from marketplace.catalog.wanted.notices import ENDING, EXPIRED, HIDDEN
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.jobs import JobContext, PeriodicContext, job, periodic
from marketplace.settings import Settings

EXPIRE_EVERY_S = 3_600.0
BATCH_ROWS = 200


class Parts(Protocol):
    """What this work uses of the worker's parts."""

    @property
    def settings(self) -> Settings:
        """The settings of the worker."""


@job("wanted.tell_asked", attempts=5, limit_s=300)
async def tell_asked(context: JobContext[object], *, request_id: str) -> None:
    """Tell the sellers of the industry of a new request that is open still, once."""
    async with context.phases() as session:
        request = await queries.get_locked(session, UUID(request_id))
        if request.told_at is None and request.hidden_at is None:
            if request.state is WantedState.open:
                await telling.tell_sellers(session, request)
            request.told_at = now(session)


@job("wanted.tell_message", attempts=5, limit_s=60)
async def tell_message(context: JobContext[object], *, message_id: str) -> None:
    """Tell the other side of a thread of a message, once."""
    async with context.phases() as session:
        message: WantedMessage | None = await session.scalar(
            select(WantedMessage).where(col(WantedMessage.id) == UUID(message_id)).with_for_update()
        )
        if message is not None and message.told_at is None:
            await telling.tell_other_side(session, message)
            message.told_at = now(session)


@job("wanted.tell_hidden", attempts=5, limit_s=60)
async def tell_hidden(context: JobContext[object], *, request_id: str) -> None:
    """Tell the asker that a request was hidden, and why, once."""
    async with context.phases() as session:
        request = await queries.get_locked(session, UUID(request_id))
        if request.told_at is None:
            await telling.tell_asker(session, request, HIDDEN, reason=request.hidden_reason)
            request.told_at = now(session)


@periodic("wanted.expire", every_s=EXPIRE_EVERY_S, limit_s=300)
async def expire(context: PeriodicContext[Parts]) -> None:
    """Remind askers of requests that end soon, and end those whose day has passed."""
    days = context.parts.settings.wanted_remind_days
    more = True
    while more:
        async with context.phases() as session:
            more = await expire_batch(session) == BATCH_ROWS
    more = True
    while more:
        async with context.phases() as session:
            more = await remind_batch(session, days=days) == BATCH_ROWS


async def expire_batch(session: AsyncSession) -> int:
    """End requests whose day has passed; returns how many."""
    rows = await session.scalars(
        select(WantedRequest)
        .where(
            col(WantedRequest.state) == WantedState.open,
            col(WantedRequest.until_on) < seoul_date(now(session)),
        )
        .limit(BATCH_ROWS)
        .with_for_update(skip_locked=True)
    )
    ended = rows.all()
    for one in ended:
        one.state, one.closed_at = WantedState.expired, now(session)
        if one.hidden_at is None:
            await telling.tell_asker(session, one, EXPIRED)
    await session.flush()
    return len(ended)


async def remind_batch(session: AsyncSession, *, days: int) -> int:
    """Remind the askers of requests that end within so many days, once; returns how many."""
    today = seoul_date(now(session))
    rows = await session.scalars(
        select(WantedRequest)
        .where(
            col(WantedRequest.state) == WantedState.open,
            col(WantedRequest.hidden_at).is_(None),
            col(WantedRequest.reminded_at).is_(None),
            col(WantedRequest.until_on) >= today,
            col(WantedRequest.until_on) <= today + timedelta(days=days),
            # Whoever asks for a few days only needs no word on the same day.
            col(WantedRequest.asked_at) < now(session) - timedelta(days=1),
        )
        .limit(BATCH_ROWS)
        .with_for_update(skip_locked=True)
    )
    ending = rows.all()
    for one in ending:
        one.reminded_at = now(session)
        await telling.tell_asker(session, one, ENDING)
    await session.flush()
    return len(ending)
