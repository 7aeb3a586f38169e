"""Who is told of wanted data: sellers of the industry, the asker, the seller who has answered."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.auth import Role
from marketplace.catalog.search.models import ProductSearch
from marketplace.catalog.wanted.models import WantedMessage, WantedRequest, WantedThread
from marketplace.catalog.wanted.notices import ANSWERED, ASKED, REPLIED
from marketplace.members.accounts.models import User, UserState
from marketplace.members.accounts.telling import recipient_of
from marketplace.members.organizations.models import Membership
from marketplace.members.organizations.queries import people_with
from marketplace.members.oversight.notices import tell_owners
from marketplace.notices.kinds import NoticeKind
from marketplace.notices.service import notify

SHOWN_CHARS = 200
SELLING: Final = (Role.owner, Role.seller)


async def tell_sellers(session: AsyncSession, request: WantedRequest) -> None:
    """Tell owners and sellers of the organizations with products of the same industry on sale."""
    sellers = await session.scalars(
        select(col(ProductSearch.organization_id))
        .where(
            col(ProductSearch.industry) == request.industry_division,
            col(ProductSearch.organization_id) != request.organization_id,
        )
        .distinct()
    )
    for seller_id in sellers.all():
        for person in await people_with(session, SELLING, organization_id=seller_id):
            await notify(
                session, recipient_of(person), ASKED, link=f"/wanted/{request.id}",
                title=request.title, purpose=_short(request.purpose),
                until=request.until_on.isoformat(),
            )  # fmt: skip


async def tell_other_side(session: AsyncSession, message: WantedMessage) -> None:
    """Tell the asker of an answer, or the seller of a reply; nobody of what was hidden meanwhile."""
    thread = await session.get_one(WantedThread, message.thread_id)
    request = await session.get_one(WantedRequest, thread.request_id)
    if request.hidden_at is not None:
        return
    facts = {"title": request.title, "body": _short(message.body)}
    if not message.by_asker:
        await tell_asker(session, request, ANSWERED, thread.id, other=thread.seller_name, **facts)
        return
    author = await session.scalar(
        select(col(WantedMessage.author_id))
        .where(col(WantedMessage.thread_id) == thread.id, col(WantedMessage.by_asker).is_(False))
        .order_by(col(WantedMessage.at).desc())
        .limit(1)
    )
    assert author is not None, "a thread begins with an answer"
    link = _link(request, thread.id)
    await _tell(session, author, thread.organization_id, REPLIED, link=link, **facts)


async def tell_asker(
    session: AsyncSession,
    request: WantedRequest,
    kind: NoticeKind,
    thread_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Tell who has asked."""
    given = {"title": request.title, "until": request.until_on.isoformat()} | facts
    link = _link(request, thread_id)
    await _tell(session, request.asked_by, request.organization_id, kind, link=link, **given)


async def _tell(
    session: AsyncSession,
    user_id: UUID,
    organization_id: UUID,
    kind: NoticeKind,
    *,
    link: str,
    **facts: Any,
) -> None:
    """Tell a person, or who has left or may not sign in: the organization's owners."""
    person: User | None = await session.scalar(
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(
            col(User.id) == user_id,
            col(User.state) == UserState.active,
            col(Membership.organization_id) == organization_id,
            col(Membership.left_at).is_(None),
        )
    )
    if person is None:
        await tell_owners(session, organization_id, kind, link=link, **facts)
    else:
        await notify(session, recipient_of(person), kind, link=link, **facts)


def _link(request: WantedRequest, thread_id: UUID | None) -> str:
    return f"/wanted/{request.id}" + (f"#t-{thread_id}" if thread_id else "")


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"
