"""A person's notices in the exchange: listed, opened, read, and mail of a kind switched off."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.db import now
from marketplace.errors import FieldError, Invalid, Language, NotFound
from marketplace.notices.kinds import NoticeKind, all_kinds, kind_named
from marketplace.notices.models import MutedNotice, Notice

PAGE_ROWS: Final = 20


class NoticeMissing(NotFound):
    """The person has no such notice."""

    code = "notice_missing"
    ko = "이 알림은 없습니다. 알림 목록을 새로 고치십시오."
    en = "There is no such notice. Reload the list."


class KindNotMutable(Invalid):
    """Mail about security, roles and money cannot be switched off."""

    code = "notice_kind_not_mutable"
    ko = "보안, 권한, 대금에 관한 알림의 메일은 끌 수 없습니다. 표시된 종류를 빼고 다시 저장하십시오."
    en = "Mail about security, roles and money cannot be switched off. Leave out the marked kinds."


@dataclass(frozen=True)
class ShownNotice:
    """A notice with its texts in the reader's language."""

    id: UUID
    kind: str
    subject: str
    text: str
    link: str
    created_at: datetime
    read_at: datetime | None


async def list_notices(
    session: AsyncSession,
    user_id: UUID,
    language: Language,
    *,
    unread: bool = False,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE_ROWS,
) -> list[ShownNotice]:
    """Return the person's notices, the newest first.

    Args:
        unread: only those not read yet
        after: position of the last one already shown
        limit: most rows
    """
    statement = select(Notice).where(col(Notice.user_id) == user_id)
    if unread:
        statement = statement.where(col(Notice.read_at).is_(None))
    if after is not None:
        place = tuple_(col(Notice.created_at), col(Notice.id))
        statement = statement.where(place < after)
    order = (col(Notice.created_at).desc(), col(Notice.id).desc())
    rows = await session.scalars(statement.order_by(*order).limit(limit))
    return [shown(row, language) for row in rows]


def shown(notice: Notice, language: Language) -> ShownNotice:
    """Return a notice with its texts; one of a kind that is no longer declared shows its name."""
    assert notice.created_at is not None, "the row was read"
    try:
        kind = kind_named(notice.kind)
        subject, text = kind.subject(language, notice.facts), kind.text(language, notice.facts)
    except KeyError:
        subject, text = notice.kind, ""
    return ShownNotice(
        notice.id, notice.kind, subject, text, notice.link, notice.created_at, notice.read_at
    )


async def open_notice(session: AsyncSession, user_id: UUID, notice_id: UUID) -> str:
    """Mark a notice as read and return the path it leads to.

    Raises:
        NoticeMissing: the person has no such notice
    """
    notice: Notice | None = await session.scalar(
        select(Notice).where(col(Notice.id) == notice_id, col(Notice.user_id) == user_id)
    )
    if notice is None:
        raise NoticeMissing
    notice.read_at = notice.read_at or now(session)
    await session.flush()
    return notice.link


async def read_all(session: AsyncSession, user_id: UUID) -> None:
    """Mark every notice of the person as read."""
    await session.execute(
        update(Notice)
        .where(col(Notice.user_id) == user_id, col(Notice.read_at).is_(None))
        .values(read_at=now(session))
        .execution_options(synchronize_session=False)
    )


async def muted_kinds(session: AsyncSession, user_id: UUID) -> set[str]:
    """Return the kinds of which the person wants no mail."""
    return set(
        await session.scalars(
            select(col(MutedNotice.kind)).where(col(MutedNotice.user_id) == user_id)
        )
    )


def mutable_kinds() -> list[NoticeKind]:
    """Return the kinds whose mail may be switched off."""
    return [kind for kind in all_kinds() if kind.mutable]


async def mute(session: AsyncSession, user_id: UUID, kinds: Collection[str]) -> None:
    """Switch off the mail of exactly these kinds; notices in the exchange stay.

    Raises:
        KindNotMutable: names those that cannot be switched off or do not exist
    """
    allowed = {kind.name for kind in mutable_kinds()}
    wrong = sorted(set(kinds) - allowed)
    if wrong:
        raise KindNotMutable(
            [
                FieldError(
                    "kinds", "not_mutable", f"끌 수 없는 종류입니다: {name}", f"Not mutable: {name}"
                )
                for name in wrong
            ]
        )
    await session.execute(delete(MutedNotice).where(col(MutedNotice.user_id) == user_id))
    if kinds:
        rows = [{"user_id": user_id, "kind": name} for name in sorted(set(kinds))]
        await session.execute(insert(MutedNotice).values(rows).on_conflict_do_nothing())
