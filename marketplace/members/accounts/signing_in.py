"""Signing in with a password, showing the second factor, proving oneself again, signing out."""

from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.db import Scope
from marketplace.errors import Refusal, TooManyRequests
from marketplace.members.accounts.addresses import normal_email
from marketplace.members.accounts.attempts import count_code, count_mail, count_proof, count_sign_in
from marketplace.members.accounts.errors import (
    AccountSuspended,
    CodeRefused,
    PasswordNotRight,
    SignInFailed,
)
from marketplace.members.accounts.links import lock_person
from marketplace.members.accounts.models import LinkPurpose, User, UserState
from marketplace.members.accounts.second_factor import check_code
from marketplace.members.accounts.sessions import end_session, open_session, renew_session
from marketplace.members.accounts.telling import mail_link
from marketplace.members.accounts.visit import Visit

CodeKind = Literal["authenticator", "recovery_code"]


async def sign_in(visit: Visit, *, email: str, password: str) -> str:
    """Sign a person in with mail address and password.

    An unknown person costs one hash and leaves one row, like a known one with a wrong password.

    Returns:
        The value of the session's cookie; the second factor may still be due.

    Raises:
        TooManyRequests: too many tries
        SignInFailed: unknown, unconfirmed, or the password is wrong
        AccountSuspended: the password is right, the account is not
    """
    typed = normal_email(email)
    await count_sign_in(visit, typed)
    async with visit.phases(Scope.system()) as session:
        known = await person_at(session, typed)
        stored = known.password_hash if known else None
    matched = await visit.passwords.verify(password, stored)
    newer = None
    if matched and stored is not None and visit.passwords.needs_rehash(stored):
        newer = await visit.passwords.hash(password)
    async with visit.phases(Scope.system()) as session:
        user = await lock_person(session, known.id) if known and matched else None
        if user is not None and user.state is UserState.active and user.password_hash == stored:
            user.password_hash = newer or stored
            return await let_in(session, visit, user, second_factor=False, by="password")
        await _record_failure(session, known, user)
    raise await _refusal(visit, user)


async def person_at(session: AsyncSession, email: str) -> User | None:
    """Return who has a mail address, in the form of ``normal_email``."""
    found: User | None = await session.scalar(select(User).where(col(User.email) == email))
    return found


async def let_in(
    session: AsyncSession, visit: Visit, user: User, *, second_factor: bool, by: str
) -> str:
    """Open a session for a person who has proven who they are, and write it down.

    Args:
        by: how it was proven: ``password``, ``passkey``, ``first_sign_in``, ``reset``
    """
    cookie = await open_session(
        session,
        user,
        second_factor=second_factor,
        lifetimes=visit.rules.lifetimes,
        user_agent=visit.user_agent,
        replacing=visit.cookie,
    )
    thing = Thing("user_account", user.id)
    await record(session, "account.signed_in", thing, facts={"by": by}, actor_user_id=user.id)
    return cookie


async def _record_failure(session: AsyncSession, known: User | None, matched: User | None) -> None:
    reason = matched.state.value if matched else "password"
    await record(
        session,
        "account.sign_in_failed",
        Thing("user_account", known.id if known else "-"),
        facts={"reason": reason if known else "unknown"},
    )


async def _refusal(visit: Visit, matched: User | None) -> Refusal:
    """Return why a sign-in was refused; who knows the password of an unconfirmed account gets mail."""
    if matched is not None and matched.state is UserState.suspended:
        return AccountSuspended()
    if matched is not None and matched.state is UserState.unconfirmed:
        await send_confirmation(visit, matched.email)
    return SignInFailed()


async def send_confirmation(visit: Visit, email: str) -> None:
    """Mail the link again for which an unconfirmed account waits; without one do nothing.

    An account that somebody else made has no password yet and gets the link of its first sign-in.
    """
    try:
        await count_mail(visit, "confirm", email)
    except TooManyRequests:
        return
    async with visit.phases(Scope.system()) as session:
        user = await person_at(session, email)
        if user is not None and user.state is UserState.unconfirmed:
            own = user.password_hash is not None
            purpose = LinkPurpose.confirm_email if own else LinkPurpose.first_sign_in
            await mail_link(session, user, purpose, public_url=visit.rules.public_url)


async def show_second_factor(
    visit: Visit, principal: Principal, *, code: str, kind: CodeKind
) -> str:
    """Show the second factor after the password; the session gets a new cookie value.

    Raises:
        TooManyRequests: too many codes
        CodeRefused: the code is wrong or was used
    """
    return await _with_code(visit, principal, code=code, kind=kind, action="second_factor")


async def reauthenticate_with_code(
    visit: Visit, principal: Principal, *, code: str, kind: CodeKind
) -> str:
    """Prove oneself again with a code; the session is fresh for sensitive acts after it.

    Raises:
        TooManyRequests: too many codes
        CodeRefused: the code is wrong or was used
    """
    return await _with_code(visit, principal, code=code, kind=kind, action="reauthenticated")


async def _with_code(
    visit: Visit, principal: Principal, *, code: str, kind: CodeKind, action: str
) -> str:
    assert principal.session_id is not None, "policies without a scope keep tokens out"
    await count_code(visit, principal.user_id)
    async with visit.phases() as session:
        right = await check_code(session, visit.keyring, principal.user_id, code=code, kind=kind)
        outcome = f"account.{action}" if right else f"account.{action}_failed"
        thing = Thing("user_account", principal.user_id)
        await record(session, outcome, thing, facts={"by": kind})
        if right:
            return await renew_session(session, principal.session_id, second_factor=True)
    raise CodeRefused


async def reauthenticate_with_password(visit: Visit, principal: Principal, *, password: str) -> str:
    """Prove oneself again with the password; the session gets a new cookie value.

    Raises:
        TooManyRequests: too many tries
        PasswordNotRight: it is not
    """
    assert principal.session_id is not None, "policies without a scope keep tokens out"
    await prove_password(visit, principal, password)
    async with visit.phases() as session:
        thing = Thing("user_account", principal.user_id)
        await record(session, "account.reauthenticated", thing, facts={"by": "password"})
        return await renew_session(session, principal.session_id)


async def prove_password(
    visit: Visit, principal: Principal, password: str, *, field: str = "password"
) -> str:
    """Compare a password with the person's present one and return the stored form.

    Raises:
        TooManyRequests: too many tries
        PasswordNotRight: it is another; names the field
    """
    await count_proof(visit, principal.user_id)
    async with visit.phases() as session:
        user = await session.get_one(User, principal.user_id)
        stored = user.password_hash
    if not await visit.passwords.verify(password, stored) or stored is None:
        async with visit.phases() as session:
            thing = Thing("user_account", principal.user_id)
            await record(session, "account.password_not_right", thing)
        raise PasswordNotRight(field)
    return stored


async def sign_out(visit: Visit, principal: Principal) -> None:
    """End the session of this browser."""
    if principal.session_id is None:
        return
    async with visit.phases() as session:
        if await end_session(session, principal.user_id, principal.session_id, reason="signed_out"):
            await record(session, "account.signed_out", Thing("user_account", principal.user_id))
