"""Deleting the own account: what names a person goes, what the law wants kept has an id alone."""

from typing import Final

from sqlalchemy import delete, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.db import Scope, now
from marketplace.members.accounts.links import lock_person
from marketplace.members.accounts.models import (
    ApiToken,
    LinkToken,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    SecondFactor,
    User,
    UserSession,
    UserState,
)
from marketplace.members.accounts.notice_kinds import ACCOUNT_DELETED
from marketplace.members.accounts.telling import tell_address
from marketplace.members.accounts.visit import Visit
from marketplace.notices.models import MutedNotice, Notice

GONE_NAME: Final = "탈퇴한 회원"
LEFT_REASON: Final = "account_deleted"
_SECRETS: Final = (
    LinkToken,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    SecondFactor,
    Notice,
    MutedNotice,
)
# Mail that was sent is forgotten, mail that waits still leaves; both lose their person.
_FORGET_MAIL: Final = text(
    "update mail set user_id = null, email = :nobody, subject = '', body = ''"
    " where user_id = :user_id and (sent_at is not null or given_up_at is not null)"
)
# A slice above this one keeps them; what they found goes with them.
_FORGET_SEARCHES: Final = text("delete from saved_search where user_id = :user_id")
_FREE_MAIL: Final = text("update mail set user_id = null where user_id = :user_id")


async def delete_account(visit: Visit, principal: Principal) -> None:
    """Delete the own account; nothing of it works from the next request on.

    Args:
        visit: of this request
        principal: who goes

    Raises:
        LastOwner: nobody else manages the person's organization
    """
    place = principal.organization_id
    # The system's scope: it reaches rows of no tenant, such as mail.
    async with visit.phases(Scope.system()) as session:
        if place is not None:
            await visit.leave(session, place, user_id=principal.user_id)
        user = await lock_person(session, principal.user_id)
        assert user is not None, "the principal exists"
        await tell_address(session, user, user.email, ACCOUNT_DELETED)
        await _forget(session, user)
        await record(session, "account.deleted", Thing("user_account", user.id, place))


async def _forget(session: AsyncSession, user: User) -> None:
    at = now(session)
    nobody = f"deleted-{user.id}@deleted.invalid"
    for table in _SECRETS:
        await session.execute(delete(table).where(col(table.user_id) == user.id))
    await session.execute(
        update(ApiToken)
        .where(col(ApiToken.user_id) == user.id, col(ApiToken.revoked_at).is_(None))
        .values(revoked_at=at)
    )
    ended = func.coalesce(col(UserSession.ended_at), at)
    await session.execute(
        update(UserSession)
        .where(col(UserSession.user_id) == user.id)
        .values(address=None, user_agent="", ended_at=ended, end_reason=LEFT_REASON)
    )
    await session.execute(_FORGET_MAIL, {"user_id": user.id, "nobody": nobody})
    await session.execute(_FORGET_SEARCHES, {"user_id": user.id})
    await session.execute(_FREE_MAIL, {"user_id": user.id})
    user.email, user.name, user.phone = nobody, GONE_NAME, ""
    user.password_hash = user.language = user.theme = user.person_role = None
    user.suspended_reason = user.email_confirmed_at = None
    user.state = UserState.deleted
    await session.flush()
