"""Passwords: changed while signed in, reset by a link of mail, set at the first sign-in."""

import asyncio
import time
from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.db import Scope, now
from marketplace.members.accounts.addresses import normal_email, normal_name
from marketplace.members.accounts.attempts import count_mail
from marketplace.members.accounts.consents import record_consents, require_consents
from marketplace.members.accounts.errors import PasswordNotRight, PasswordRefused
from marketplace.members.accounts.links import (
    LinkNotUsable,
    end_links,
    lock_person,
    peek_link,
    use_link,
)
from marketplace.members.accounts.models import LegalKind, LinkPurpose, User, UserState
from marketplace.members.accounts.notice_kinds import PASSWORD_CHANGED
from marketplace.members.accounts.password_policy import password_reasons
from marketplace.members.accounts.sessions import end_sessions, renew_session
from marketplace.members.accounts.signing_in import (
    let_in,
    person_at,
    prove_password,
    send_confirmation,
)
from marketplace.members.accounts.telling import mail_link, tell
from marketplace.members.accounts.visit import Visit

# Longer than making a link and its mail takes: the answer to a request for mail comes after this
# time whether or not somebody has the address.
EVEN_ANSWER_S: Final = 0.2
# Accounts for which a reset is of use; an unconfirmed one gets its confirmation again.
_RESETTABLE = UserState.active


async def change_password(visit: Visit, principal: Principal, *, present: str, new: str) -> str:
    """Change the password of a signed-in person; other sessions end, this one is renewed.

    Returns:
        The new value of the session's cookie.

    Raises:
        TooManyRequests: too many tries
        PasswordNotRight: the present one is another
        PasswordRefused: the new one breaks the rules
    """
    assert principal.session_id is not None, "policies without a scope keep tokens out"
    stored = await prove_password(visit, principal, present, field="present_password")
    around = (principal.email, principal.name, principal.organization_name or "")
    newer = await hashed(visit, new, field="new_password", around=around)
    async with visit.phases() as session:
        user = await lock_person(session, principal.user_id)
        assert user is not None, "the principal exists"
        if user.password_hash != stored:
            raise PasswordNotRight("present_password")
        await _set_password(session, user, newer)
        await end_sessions(session, user.id, reason="password_changed", but=principal.session_id)
        return await renew_session(session, principal.session_id)


async def hashed(visit: Visit, password: str, *, field: str, around: Iterable[str]) -> str:
    """Return the stored form of a new password that keeps the rules.

    Args:
        field: name of the form's field, for what is wrong
        around: names that guessers try: the person's, the organization's

    Raises:
        PasswordRefused: it breaks them; each reason is named
        PasswordCheckBusy: too many wait
    """
    reasons = password_reasons(password, field=field, context=[*around, visit.rules.operator_name])
    if reasons:
        raise PasswordRefused(reasons)
    return await visit.passwords.hash(password)


async def ask_reset(visit: Visit, *, email: str) -> None:
    """Mail a link to reset the password, if somebody has the address.

    Raises:
        TooManyRequests: too many links for this address today
    """
    started_s = time.monotonic()
    typed = normal_email(email)
    await count_mail(visit, "reset", typed)
    async with visit.phases(Scope.system()) as session:
        user = await person_at(session, typed)
        if user is not None and user.state is _RESETTABLE:
            purpose = LinkPurpose.reset_password
            await mail_link(session, user, purpose, public_url=visit.rules.public_url)
            thing = Thing("user_account", user.id)
            await record(session, "account.reset_asked", thing)
    if user is not None and user.state is UserState.unconfirmed:
        await send_confirmation(visit, typed)
    await answer_evenly(started_s)


async def ask_confirmation(visit: Visit, *, email: str) -> None:
    """Mail the link that confirms an address again, if an account waits for it."""
    started_s = time.monotonic()
    await send_confirmation(visit, normal_email(email))
    await answer_evenly(started_s)


async def answer_evenly(started_s: float) -> None:
    """Wait until the time that every such answer takes (``time.monotonic``) [s]."""
    await asyncio.sleep(max(0.0, EVEN_ANSWER_S - (time.monotonic() - started_s)))


async def reset_password(visit: Visit, *, token: str, password: str) -> None:
    """Set a new password by the link of a mail; every session ends, the second factor stays.

    Raises:
        LinkNotUsable: used, expired, replaced or unknown
        PasswordRefused: the password breaks the rules; the link stays usable
    """
    purpose = LinkPurpose.reset_password
    newer = await _hashed_for_link(visit, token, purpose, password)
    async with visit.phases(Scope.system()) as session:
        link = await use_link(session, token, purpose)
        user = await session.get_one(User, link.user_id)
        if user.state is not _RESETTABLE:
            raise LinkNotUsable
        await _set_password(session, user, newer)
        await end_links(session, user.id)
        await end_sessions(session, user.id, reason="password_reset")


async def first_sign_in(
    visit: Visit, *, token: str, name: str, password: str, agreed: Collection[LegalKind]
) -> str:
    """Set name and password of an account that somebody else made, and sign its person in.

    Returns:
        The value of the session's cookie; the second factor may be due next.

    Raises:
        LinkNotUsable: used, expired, replaced or unknown
        PasswordRefused: the password breaks the rules; the link stays usable
        ConsentMissing: not every text in force is agreed to; the link stays usable
    """
    purpose = LinkPurpose.first_sign_in
    newer = await _hashed_for_link(visit, token, purpose, password, name)
    async with visit.phases(Scope.system()) as session:
        link = await use_link(session, token, purpose)
        user = await session.get_one(User, link.user_id)
        if user.state not in {UserState.unconfirmed, UserState.active}:
            raise LinkNotUsable
        await require_consents(session, agreed)
        user.name, user.password_hash = normal_name(name), newer
        user.state = UserState.active
        user.email_confirmed_at = user.password_changed_at = now(session)
        await session.flush()
        await record_consents(session, user.id, agreed)
        await visit.confirmed(session, user.id)
        await end_links(session, user.id)
        await end_sessions(session, user.id, reason="password_reset")
        return await let_in(session, visit, user, second_factor=False, by="first_sign_in")


async def holder_of(visit: Visit, token: str, purpose: LinkPurpose) -> User:
    """Return whose link it is, to show its page; nothing is used up.

    Raises:
        LinkNotUsable: used, expired, replaced or unknown
    """
    async with visit.phases(Scope.system()) as session:
        link = await peek_link(session, token, purpose)
        return await session.get_one(User, link.user_id)


async def _hashed_for_link(
    visit: Visit, token: str, purpose: LinkPurpose, password: str, *around: str
) -> str:
    user = await holder_of(visit, token, purpose)
    return await hashed(visit, password, field="password", around=(user.email, user.name, *around))


async def _set_password(session: AsyncSession, user: User, stored: str) -> None:
    user.password_hash, user.password_changed_at = stored, now(session)
    await record(
        session, "account.password_changed", Thing("user_account", user.id), actor_user_id=user.id
    )
    await tell(session, user, PASSWORD_CHANGED)
