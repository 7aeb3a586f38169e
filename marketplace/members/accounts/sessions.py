"""Sessions of browsers: opened, renewed, listed, ended.

The value of the cookie exists in the browser alone; every step up in trust gives it a new one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import CursorResult, Update, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import Function
from marketplace.db import now, request_facts
from marketplace.members.accounts.models import User, UserSession
from marketplace.members.accounts.tokens import digest, new_session_id
from marketplace.settings import Settings

# Who showed the password alone has this long to show the second factor or to set one up.
HALF_OPEN: Final = timedelta(minutes=20)
USER_AGENT_LENGTH_MAX: Final = 300

# In SQL as in authentication.py: the tables of organizations belong to a slice that needs this one.
_FUNCTION = text(
    "select o.function from membership m join organization o on o.id = m.organization_id"
    " where m.user_id = :user_id and m.left_at is null"
)


@dataclass(frozen=True)
class Lifetimes:
    """How long a session lasts at most; shorter for staff of the exchange (rule 12 of accounts)."""

    absolute: timedelta
    absolute_staff: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "Lifetimes":
        """Read them from the settings."""
        return cls(
            timedelta(seconds=settings.session_absolute_s),
            timedelta(seconds=settings.session_absolute_staff_s),
        )


async def open_session(
    session: AsyncSession,
    user: User,
    *,
    second_factor: bool,
    lifetimes: Lifetimes,
    user_agent: str = "",
    replacing: str | None = None,
) -> str:
    """Open a session for a person who has just proven who they are.

    Args:
        user: who; the row may be changed (time of the last sign-in)
        second_factor: whether a second factor was shown too
        lifetimes: of the settings
        user_agent: what the browser says it is
        replacing: value of the session cookie that the browser had, which ends

    Returns:
        The value of the cookie.
    """
    at = now(session)
    request = request_facts(session)
    if replacing:
        await end_by_cookie(session, replacing, reason="signed_in_again")
    secret = new_session_id()
    longest = await _longest(session, user.id, lifetimes)
    session.add(
        UserSession(
            token_hash=secret.digest,
            user_id=user.id,
            created_at=at,
            last_seen_at=at,
            authenticated_at=at,
            second_factor_at=at if second_factor else None,
            expires_at=at + longest,
            address=request.address if request else None,
            user_agent=_printable(user_agent),
        )
    )
    user.last_sign_in_at = at
    await session.flush()
    return secret.text


async def renew_session(
    session: AsyncSession,
    session_id: UUID,
    *,
    second_factor: bool = False,
    authenticated: bool = True,
) -> str:
    """Give a session a new cookie value after a proof; the old value is worth nothing at once.

    Args:
        session_id: of the principal
        second_factor: the proof was a second factor
        authenticated: the proof makes the session fresh for sensitive acts

    Returns:
        The new value of the cookie.
    """
    secret = new_session_id()
    changes: dict[str, object] = {"token_hash": secret.digest, "last_seen_at": now(session)}
    if authenticated:
        changes["authenticated_at"] = now(session)
    if second_factor:
        changes["second_factor_at"] = now(session)
    await session.execute(
        update(UserSession).where(col(UserSession.id) == session_id).values(**changes)
    )
    return secret.text


async def end_session(
    session: AsyncSession, user_id: UUID, session_id: UUID, *, reason: str
) -> bool:
    """End one live session of a person; return whether there was one."""
    result = await session.execute(
        _ending(session, reason).where(
            col(UserSession.id) == session_id, col(UserSession.user_id) == user_id
        )
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


async def end_sessions(
    session: AsyncSession, user_id: UUID, *, reason: str, but: UUID | None = None
) -> int:
    """End every live session of a person, except one; return how many ended.

    For suspension, removal and a change of roles by somebody else as well: the person signs in
    again.
    """
    statement = _ending(session, reason).where(col(UserSession.user_id) == user_id)
    if but is not None:
        statement = statement.where(col(UserSession.id) != but)
    result = await session.execute(statement)
    assert isinstance(result, CursorResult)
    return int(result.rowcount)


async def end_by_cookie(session: AsyncSession, cookie: str, *, reason: str) -> None:
    """End the session that a cookie belongs to, if it lives."""
    await session.execute(
        _ending(session, reason).where(col(UserSession.token_hash) == digest(cookie))
    )


async def list_sessions(
    session: AsyncSession, user_id: UUID, *, idle: timedelta
) -> list[UserSession]:
    """Return the person's live sessions, the one used last first.

    Args:
        idle: a session without use for this long has ended
    """
    at: datetime = now(session)
    rows = await session.scalars(
        select(UserSession)
        .where(
            col(UserSession.user_id) == user_id,
            col(UserSession.ended_at).is_(None),
            col(UserSession.expires_at) > at,
            col(UserSession.last_seen_at) > at - idle,
        )
        .order_by(col(UserSession.last_seen_at).desc(), col(UserSession.id))
        .limit(100)
    )
    return list(rows)


def _ending(session: AsyncSession, reason: str) -> Update:
    return (
        update(UserSession)
        .where(col(UserSession.ended_at).is_(None))
        .values(ended_at=now(session), end_reason=reason)
        .execution_options(synchronize_session=False)
    )


async def _longest(session: AsyncSession, user_id: UUID, lifetimes: Lifetimes) -> timedelta:
    function = await session.scalar(_FUNCTION, {"user_id": user_id})
    staff = function == Function.exchange_operator
    return lifetimes.absolute_staff if staff else lifetimes.absolute


def _printable(user_agent: str) -> str:
    shown = "".join(sign if sign.isprintable() else " " for sign in user_agent)
    return shown[:USER_AGENT_LENGTH_MAX]
