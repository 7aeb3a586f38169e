"""Limits on attempts, counted in PostgreSQL so that they hold over every process and restart."""

from datetime import datetime, timedelta

from sqlalchemy import Index, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from marketplace.db import Phases, Scope, now
from marketplace.errors import TooManyRequests


class Attempt(SQLModel, table=True):
    """How many attempts one subject made in one window of one limit."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_window_ends_at", "window_ends_at"),)

    limit_name: str = Field(primary_key=True, max_length=40)
    subject: str = Field(primary_key=True, max_length=300)
    window_ends_at: datetime = Field(primary_key=True)
    attempt_count: int = Field(default=1)


_COUNT = text(
    "insert into attempt (limit_name, subject, window_ends_at, attempt_count)"
    " values (:limit_name, :subject, :window_ends_at, 1)"
    " on conflict (limit_name, subject, window_ends_at)"
    " do update set attempt_count = attempt.attempt_count + 1 returning attempt_count"
)


_FORGET = text("delete from attempt where window_ends_at < app_now()")


async def forget_old_attempts(session: AsyncSession) -> None:
    """Delete the windows that have ended; needs the scope of the exchange itself."""
    await session.execute(_FORGET)


async def count(phases: Phases, limit_name: str, subject: str, *, most: int, window_s: int) -> int:
    """Count one attempt in a transaction of its own and refuse beyond the limit.

    The count stays when the request is refused later, which is the point of it.

    Args:
        limit_name: for example ``sign_in``
        subject: what is limited: an address, an account, ``all``
        most: attempts allowed in a window
        window_s: length of the fixed window [s]

    Returns:
        Attempts left in the window after this one.

    Raises:
        TooManyRequests: the limit is used up; says when the window ends
    """
    async with phases(Scope.system()) as session:
        at = now(session)
        second = int(at.timestamp())
        window_ends_at = at.replace(microsecond=0) + timedelta(seconds=window_s - second % window_s)
        counted: int | None = await session.scalar(
            _COUNT,
            {"limit_name": limit_name, "subject": subject, "window_ends_at": window_ends_at},
        )
    assert counted is not None, "the statement returns the count"
    if counted > most:
        raise TooManyRequests(retry_after_s=max(1, int((window_ends_at - at).total_seconds())))
    return most - counted
