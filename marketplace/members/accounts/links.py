"""Links sent by mail: made, looked at, used once.

The secret travels in the query (``?token=``), never in the path, because paths are logged.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.db import now
from marketplace.errors import NotFound
from marketplace.members.accounts.models import LinkPurpose, LinkToken, User
from marketplace.members.accounts.tokens import digest, new_link_token

LIFETIMES: Final = {
    LinkPurpose.confirm_email: timedelta(hours=24),
    LinkPurpose.reset_password: timedelta(minutes=30),
    LinkPurpose.first_sign_in: timedelta(hours=24),
    LinkPurpose.change_email: timedelta(hours=24),
}
PAGES: Final = {
    LinkPurpose.confirm_email: "/confirm-email",
    LinkPurpose.reset_password: "/reset-password/new",
    LinkPurpose.first_sign_in: "/first-sign-in",
    LinkPurpose.change_email: "/change-email",
}


class LinkNotUsable(NotFound):
    """The link was used, is too old, was replaced by a newer one, or never existed."""

    code = "link_not_usable"
    ko = "이미 쓴 링크이거나 기간이 지난 링크입니다. 새 링크를 받아 다시 시도하십시오."
    en = "This link was used already or has expired. Ask for a new one and try again."


async def issue_link(
    session: AsyncSession, user_id: UUID, purpose: LinkPurpose, *, email: str | None = None
) -> str:
    """Make a link and return its secret; an earlier one of the same purpose ends.

    Args:
        user_id: whose link
        purpose: what it is good for
        email: the new address, where the purpose is to change it
    """
    # One live link per purpose and person, also when two requests ask at the same time.
    await lock_person(session, user_id)
    await session.execute(
        delete(LinkToken).where(
            col(LinkToken.user_id) == user_id,
            col(LinkToken.purpose) == purpose,
            col(LinkToken.used_at).is_(None),
        )
    )
    secret = new_link_token()
    session.add(
        LinkToken(
            purpose=purpose,
            token_hash=secret.digest,
            user_id=user_id,
            email=email,
            created_at=now(session),
            expires_at=now(session) + LIFETIMES[purpose],
        )
    )
    await session.flush()
    return secret.text


async def peek_link(session: AsyncSession, secret: str, purpose: LinkPurpose) -> LinkToken:
    """Return a link that could be used now, to show its page; a look uses nothing up.

    Raises:
        LinkNotUsable: unknown, used or expired
    """
    found: LinkToken | None = await session.scalar(
        select(LinkToken).where(
            col(LinkToken.token_hash) == digest(secret), col(LinkToken.purpose) == purpose
        )
    )
    return _usable(session, found)


async def use_link(session: AsyncSession, secret: str, purpose: LinkPurpose) -> LinkToken:
    """Lock the person and the link, mark it as used and return it.

    The mark holds only if the caller's transaction commits, so a refusal after it uses nothing up.

    Raises:
        LinkNotUsable: unknown, used or expired
    """
    seen = await peek_link(session, secret, purpose)
    await lock_person(session, seen.user_id)
    found: LinkToken | None = await session.scalar(
        select(LinkToken)
        .where(col(LinkToken.id) == seen.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    link = _usable(session, found)
    link.used_at = now(session)
    await session.flush()
    return link


async def lock_person(session: AsyncSession, user_id: UUID) -> User | None:
    """Lock a person's row and return it as it stands; the first lock of whatever changes accounts."""
    found: User | None = await session.scalar(
        select(User)
        .where(col(User.id) == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def end_links(session: AsyncSession, user_id: UUID) -> None:
    """End every unused link of a person: the address or the account they were sent to changed."""
    await session.execute(
        delete(LinkToken).where(col(LinkToken.user_id) == user_id, col(LinkToken.used_at).is_(None))
    )


def _usable(session: AsyncSession, link: LinkToken | None) -> LinkToken:
    if link is None or link.used_at is not None or link.expires_at <= now(session):
        raise LinkNotUsable
    return link
