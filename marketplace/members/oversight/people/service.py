"""What the operator does to the account of a person; never to the own one."""

from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.members.accounts import sessions
from marketplace.members.accounts.links import end_links, issue_link
from marketplace.members.accounts.models import (
    LinkPurpose,
    Passkey,
    RecoveryCode,
    SecondFactor,
    User,
    UserState,
)
from marketplace.members.accounts.telling import link_address, recipient_of
from marketplace.members.oversight import notices
from marketplace.members.oversight.acts import refuse_own, required
from marketplace.members.oversight.errors import AlreadyDecided
from marketplace.members.oversight.people import queries
from marketplace.notices.service import notify

SECURITY_PAGE: Final = "/account/security"
SESSIONS_PAGE: Final = "/account/sessions"


async def _thing(session: AsyncSession, user_id: UUID) -> Thing:
    found = await queries.find_membership(session, user_id)
    return Thing("user_account", user_id, found[0].organization_id if found else None)


async def end_sessions(
    session: AsyncSession, actor: Principal, user_id: UUID, *, reason: str
) -> int:
    """Sign a person out everywhere.

    Raises:
        NotFound: there is no such person
        OwnAccount: the actor's own; the account's page does it
        ReasonMissing: no reason
    """
    refuse_own(actor, user_id=user_id)
    text = required(reason)
    user = await queries.get_person_for_update(session, user_id)
    ended = await sessions.end_sessions(session, user_id, reason="operator")
    await record(
        session,
        "user.sessions_ended",
        await _thing(session, user_id),
        reason=text,
        facts={"ended": ended},
    )
    await notify(
        session,
        recipient_of(user),
        notices.SESSIONS_ENDED,
        link=SESSIONS_PAGE,
        reason=text,
    )
    return ended


async def suspend_person(
    session: AsyncSession, actor: Principal, user_id: UUID, *, reason: str
) -> User:
    """Suspend an account: all sessions end, links and tokens stop working at once.

    Raises:
        NotFound: there is no such person
        OwnAccount: the actor's own
        ReasonMissing: no reason
        AlreadyDecided: suspended or deleted before
    """
    refuse_own(actor, user_id=user_id)
    text = required(reason)
    user = await queries.get_person_for_update(session, user_id)
    if user.state not in {UserState.active, UserState.unconfirmed}:
        raise AlreadyDecided
    user.state = UserState.suspended
    user.suspended_reason = text
    ended = await sessions.end_sessions(session, user_id, reason="suspended")
    await end_links(session, user_id)
    await record(
        session,
        "user.suspended",
        await _thing(session, user_id),
        reason=text,
        facts={"sessions_ended": ended},
    )
    await notify(session, recipient_of(user), notices.PERSON_SUSPENDED, reason=text)
    return user


async def reinstate_person(
    session: AsyncSession, actor: Principal, user_id: UUID, *, reason: str
) -> User:
    """End a suspension; the person signs in anew.

    Raises:
        NotFound: there is no such person
        OwnAccount: the actor's own
        ReasonMissing: no reason
        AlreadyDecided: it is not suspended
    """
    refuse_own(actor, user_id=user_id)
    text = required(reason)
    user = await queries.get_person_for_update(session, user_id)
    if user.state is not UserState.suspended:
        raise AlreadyDecided
    facts = {"suspended_for": user.suspended_reason}
    # Who never confirmed the address is not made a member by a suspension and its end.
    confirmed = user.email_confirmed_at is not None
    user.state = UserState.active if confirmed else UserState.unconfirmed
    user.suspended_reason = None
    thing = await _thing(session, user_id)
    await record(session, "user.reinstated", thing, reason=text, facts=facts)
    await notify(session, recipient_of(user), notices.PERSON_REINSTATED, reason=text)
    return user


async def resend_confirmation(
    session: AsyncSession, actor: Principal, user_id: UUID, *, public_url: str
) -> User:
    """Send the link again to somebody whose address is not confirmed.

    Args:
        public_url: where people reach the exchange

    Raises:
        NotFound: there is no such person
        OwnAccount: the actor's own
        AlreadyDecided: the address is confirmed, or the account suspended
    """
    refuse_own(actor, user_id=user_id)
    user = await queries.get_person_for_update(session, user_id)
    if user.state is not UserState.unconfirmed:
        raise AlreadyDecided
    first = user.password_hash is None
    purpose = LinkPurpose.first_sign_in if first else LinkPurpose.confirm_email
    secret = await issue_link(session, user.id, purpose)
    await notify(
        session,
        recipient_of(user),
        notices.CONFIRM_AGAIN,
        private_link=link_address(public_url, purpose, secret),
    )
    await record(session, "user.confirmation_resent", await _thing(session, user_id))
    return user


async def remove_second_factors(session: AsyncSession, user: User) -> None:
    """Remove authenticator, passkeys and recovery codes and sign the person out everywhere.

    The decision of two administrators stands behind it; see the bodies' ``proposals``.
    """
    for table in (RecoveryCode, Passkey, SecondFactor):
        await session.execute(delete(table).where(col(table.user_id) == user.id))
    await sessions.end_sessions(session, user.id, reason="second_factor_reset")
    await notify(session, recipient_of(user), notices.SECOND_FACTOR_RESET, link=SECURITY_PAGE)
