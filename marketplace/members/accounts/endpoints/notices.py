"""The own notices: listed, read, and their mail switched off by kind."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import SIGNED_IN, Principal, TokenScope, allow, signed_in
from marketplace.errors import Language
from marketplace.http.cursors import CursorRefused, Cursors
from marketplace.http.openapi import answers
from marketplace.members.accounts.schemas import MutedIn, MutedOut, NoticeOut, NoticesOut
from marketplace.notices import inbox
from marketplace.settings import Settings

TAGS = ["notices"]
READABLE = signed_in(token_scope=TokenScope.account_read)
Cursor = FromQuery[Annotated[str | None, Parameter(max_length=400)]]


def position_of(settings: Settings, cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the position of a cursor of the list of notices, None at its beginning.

    Raises:
        CursorRefused: not one of ours
    """
    if not cursor:
        return None
    at, notice_id = _cursors(settings).open(cursor)
    return datetime.fromisoformat(str(at)), UUID(str(notice_id))


def cursor_after(settings: Settings, rows: list[inbox.ShownNotice]) -> str | None:
    """Return the cursor of the page after a full one."""
    if len(rows) < inbox.PAGE_ROWS:
        return None
    return _cursors(settings).seal(rows[-1].created_at.isoformat(), str(rows[-1].id))


def _cursors(settings: Settings) -> Cursors:
    return Cursors(settings.session_key.get_secret_value(), "notices")


@get("/me/notices", opt=allow(READABLE) | answers(CursorRefused), tags=TAGS)
async def list_notices(
    *,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: Cursor = None,
    unread: FromQuery[bool] = False,
    language: FromQuery[Language] = "ko",
) -> NoticesOut:
    """List the own notices, the newest first, in one of the two languages."""
    after = position_of(settings, cursor)
    rows = await inbox.list_notices(
        session, principal.user_id, language, unread=unread, after=after
    )
    return NoticesOut([NoticeOut(**vars(row)) for row in rows], cursor_after(settings, rows))


@put(
    "/me/notices/{notice_id:uuid}/read",
    opt=allow(SIGNED_IN) | answers(inbox.NoticeMissing),
    tags=TAGS,
    status_code=204,
)
async def read_notice(
    notice_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> None:
    """Mark a notice as read."""
    await inbox.open_notice(session, principal.user_id, notice_id)


@put("/me/notices/read", opt=allow(SIGNED_IN), tags=TAGS, status_code=204)
async def read_all_notices(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> None:
    """Mark every own notice as read."""
    await inbox.read_all(session, principal.user_id)


@get("/me/muted-notices", opt=allow(SIGNED_IN), tags=TAGS)
async def list_muted(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> MutedOut:
    """Say of which kinds no mail is sent, and which may be switched off."""
    muted = await inbox.muted_kinds(session, principal.user_id)
    return MutedOut(sorted(muted), [kind.name for kind in inbox.mutable_kinds()])


@put("/me/muted-notices", opt=allow(SIGNED_IN) | answers(inbox.KindNotMutable), tags=TAGS)
async def mute(
    data: JSONBody[MutedIn],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> MutedOut:
    """Switch off the mail of exactly these kinds; notices in the exchange stay."""
    await inbox.mute(session, principal.user_id, data.kinds)
    return MutedOut(sorted(set(data.kinds)), [kind.name for kind in inbox.mutable_kinds()])


HANDLERS = (list_notices, read_notice, read_all_notices, list_muted, mute)
