"""Mail and notices to the holder of an account, and the links in them."""

from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.members.accounts.links import PAGES, issue_link
from marketplace.members.accounts.models import LinkPurpose, User
from marketplace.members.accounts.notice_kinds import LINK_KINDS
from marketplace.notices.kinds import NoticeKind
from marketplace.notices.service import Recipient, notify

SECURITY_PAGE = "/account/security"


def recipient_of(user: User) -> Recipient:
    """Return the person as far as telling goes, in the language they chose, Korean otherwise."""
    return Recipient(user.id, user.email, "en" if user.language == "en" else "ko")


async def tell(session: AsyncSession, user: User, kind: NoticeKind, **facts: Any) -> None:
    """Tell the person about a change of the account: a notice and a mail."""
    await notify(session, recipient_of(user), kind, link=SECURITY_PAGE, **facts)


async def tell_address(
    session: AsyncSession, user: User, email: str, kind: NoticeKind, **facts: Any
) -> None:
    """Send a mail about the person's account to another address than the account's."""
    recipient = Recipient(None, email, recipient_of(user).language)
    await notify(session, recipient, kind, **facts)


def link_address(public_url: str, purpose: LinkPurpose, secret: str) -> str:
    """Return the full address of a link."""
    return f"{public_url.rstrip('/')}{PAGES[purpose]}?{urlencode({'token': secret})}"


async def mail_link(
    session: AsyncSession,
    user: User,
    purpose: LinkPurpose,
    *,
    public_url: str,
    email: str | None = None,
) -> None:
    """Make a link and mail it; the secret is kept in the mail alone.

    Args:
        user: whose account
        purpose: what the link is good for
        public_url: where people reach the exchange
        email: where to send it, the account's address unless another is to be proven
    """
    secret = await issue_link(session, user.id, purpose, email=email)
    recipient = Recipient(None, email or user.email, recipient_of(user).language)
    address = link_address(public_url, purpose, secret)
    await notify(session, recipient, LINK_KINDS[purpose], private_link=address)
