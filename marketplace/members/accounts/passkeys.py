"""Passkeys of a person: registered, used to sign in or to prove oneself, renamed, removed."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal
from marketplace.db import Scope, constraint_of, now
from marketplace.members.accounts import webauthn_ceremony as ceremony
from marketplace.members.accounts.addresses import normal_name
from marketplace.members.accounts.attempts import count_passkey, count_proof
from marketplace.members.accounts.errors import (
    AccountSuspended,
    PasskeyMissing,
    PasskeyNotRegistered,
    PasskeyRefused,
    PasskeysTooMany,
    PasskeysUnavailable,
    PasskeyTaken,
)
from marketplace.members.accounts.links import lock_person
from marketplace.members.accounts.models import Passkey, PasskeyChallenge, User, UserState
from marketplace.members.accounts.notice_kinds import PASSKEY_ADDED, PASSKEY_REMOVED
from marketplace.members.accounts.second_factor import (
    end_last_factor,
    factors_of,
    refuse_half_signed_in,
)
from marketplace.members.accounts.sessions import renew_session
from marketplace.members.accounts.signing_in import let_in
from marketplace.members.accounts.telling import tell
from marketplace.members.accounts.visit import Visit

PASSKEYS_MAX: Final = 20


async def list_passkeys(session: AsyncSession, user_id: UUID) -> list[Passkey]:
    """Return the person's passkeys, the oldest first."""
    rows = await session.scalars(
        select(Passkey)
        .where(col(Passkey.user_id) == user_id)
        .order_by(col(Passkey.created_at), col(Passkey.id))
    )
    return list(rows)


async def begin_registration(visit: Visit, principal: Principal) -> tuple[UUID, dict[str, Any]]:
    """Begin to register a passkey.

    Returns:
        Id of the challenge, and the options for the browser.

    Raises:
        PasskeysUnavailable: no passkeys at this address
        SecondFactorRequired: half signed in
        PasskeysTooMany: the person has as many as one may keep
    """
    party = _party(visit)
    async with visit.phases() as session:
        await refuse_half_signed_in(session, principal)
        held = await list_passkeys(session, principal.user_id)
        if len(held) >= PASSKEYS_MAX:
            raise PasskeysTooMany(most=PASSKEYS_MAX)
        begun = ceremony.begin_registration(
            party,
            user_id=principal.user_id,
            email=principal.email,
            name=principal.name,
            existing=[passkey.credential_id for passkey in held],
        )
        return await _keep(session, begun, principal.user_id), begun.options


async def register(
    visit: Visit, principal: Principal, *, challenge_id: UUID, answer: dict[str, Any], label: str
) -> tuple[Passkey, str]:
    """Store the passkey that the browser made; it counts as both factors from now on.

    Returns:
        The passkey, and the new value of the session's cookie.

    Raises:
        PasskeysUnavailable, SecondFactorRequired, PasskeysTooMany: as when beginning
        PasskeyNotRegistered: the challenge is not usable or the answer does not hold
        PasskeyTaken: the credential is registered already
    """
    party = _party(visit)
    assert principal.session_id is not None, "policies without a scope keep tokens out"
    challenge = await _use_challenge(visit, challenge_id, principal.user_id)
    if challenge is None:
        raise PasskeyNotRegistered
    async with visit.phases() as session:
        user = await lock_person(session, principal.user_id)
        assert user is not None, "the principal exists"
        await refuse_half_signed_in(session, principal)
        new = ceremony.finish_registration(party, answer, challenge=challenge)
        passkey = await _store(session, user, new, label)
        await record(
            session, "account.passkey_added", Thing("passkey", passkey.id), facts={"label": label}
        )
        await tell(session, user, PASSKEY_ADDED, label=label)
        cookie = await renew_session(session, principal.session_id, second_factor=True)
    return passkey, cookie


async def begin_sign_in(visit: Visit, principal: Principal | None) -> tuple[UUID, dict[str, Any]]:
    """Begin a sign-in, or a proof by somebody who is signed in.

    Args:
        visit: of this request
        principal: who is signed in, None where the authenticator shall say who comes

    Raises:
        PasskeysUnavailable: no passkeys at this address
        TooManyRequests: too many tries
    """
    party = _party(visit)
    if principal is None:
        await count_passkey(visit)
    else:
        await count_proof(visit, principal.user_id)
    async with visit.phases() as session:
        user_id = principal.user_id if principal else None
        held = await list_passkeys(session, user_id) if user_id else []
        begun = ceremony.begin_sign_in(party, allowed=[each.credential_id for each in held])
        return await _keep(session, begun, user_id), begun.options


async def sign_in(visit: Visit, *, challenge_id: UUID, answer: dict[str, Any]) -> str:
    """Sign a person in by passkey alone, which counts as both factors.

    Returns:
        The value of the session's cookie.

    Raises:
        PasskeysUnavailable: no passkeys at this address
        PasskeyRefused: the challenge is not usable or the answer does not hold
        AccountSuspended: it holds, the account does not
    """
    challenge = await _use_challenge(visit, challenge_id, None)
    try:
        async with visit.phases(Scope.system()) as session:
            user = await _verified(session, _party(visit), challenge, answer, user_id=None)
            if user.state is UserState.active:
                return await let_in(session, visit, user, second_factor=True, by="passkey")
            await _record_failure(session, user.id, user.state.value)
    except PasskeyRefused:
        async with visit.phases(Scope.system()) as session:
            await _record_failure(session, "-", "passkey")
        raise
    raise AccountSuspended if user.state is UserState.suspended else PasskeyRefused


async def _record_failure(session: AsyncSession, user_id: UUID | str, reason: str) -> None:
    facts = {"reason": reason, "by": "passkey"}
    await record(session, "account.sign_in_failed", Thing("user_account", user_id), facts=facts)


async def prove(
    visit: Visit, principal: Principal, *, challenge_id: UUID, answer: dict[str, Any]
) -> str:
    """Show a passkey while signed in, as second factor or to be fresh for a sensitive act.

    Returns:
        The new value of the session's cookie.

    Raises:
        PasskeysUnavailable: no passkeys at this address
        PasskeyRefused: the challenge is not usable or the answer does not hold
    """
    assert principal.session_id is not None, "policies without a scope keep tokens out"
    challenge = await _use_challenge(visit, challenge_id, principal.user_id)
    async with visit.phases() as session:
        user = await _verified(session, _party(visit), challenge, answer, user_id=principal.user_id)
        await record(
            session,
            "account.reauthenticated",
            Thing("user_account", user.id),
            facts={"by": "passkey"},
        )
        return await renew_session(session, principal.session_id, second_factor=True)


async def rename(
    session: AsyncSession, principal: Principal, passkey_id: UUID, *, label: str
) -> Passkey:
    """Give a passkey another label.

    Raises:
        PasskeyMissing: the person has no such passkey
    """
    passkey = await _own(session, principal, passkey_id)
    passkey.label = normal_name(label)
    await session.flush()
    return passkey


async def remove(session: AsyncSession, principal: Principal, passkey_id: UUID) -> None:
    """Remove a passkey.

    Raises:
        PasskeyMissing: the person has no such passkey
        SecondFactorCompulsory: it is the last factor of somebody whose role demands one
    """
    user = await lock_person(session, principal.user_id)
    assert user is not None, "the principal exists"
    passkey = await _own(session, principal, passkey_id)
    factors = await factors_of(session, user.id)
    if factors.passkeys == 1 and not factors.authenticator:
        await end_last_factor(session, principal)
    await session.execute(delete(Passkey).where(col(Passkey.id) == passkey.id))
    await record(
        session,
        "account.passkey_removed",
        Thing("passkey", passkey.id),
        facts={"label": passkey.label},
    )
    await tell(session, user, PASSKEY_REMOVED, label=passkey.label)


async def _own(session: AsyncSession, principal: Principal, passkey_id: UUID) -> Passkey:
    found: Passkey | None = await session.scalar(
        select(Passkey).where(
            col(Passkey.id) == passkey_id, col(Passkey.user_id) == principal.user_id
        )
    )
    if found is None:
        raise PasskeyMissing
    return found


async def _store(
    session: AsyncSession, user: User, new: ceremony.NewPasskey, label: str
) -> Passkey:
    held = await session.scalar(
        select(func.count()).select_from(Passkey).where(col(Passkey.user_id) == user.id)
    )
    if (held or 0) >= PASSKEYS_MAX:
        raise PasskeysTooMany(most=PASSKEYS_MAX)
    passkey = Passkey(
        user_id=user.id,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        label=normal_name(label),
        created_at=now(session),
    )
    session.add(passkey)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "uq_passkey_credential_id":
            raise PasskeyTaken from error
        raise
    return passkey


async def _verified(
    session: AsyncSession,
    party: ceremony.RelyingParty,
    challenge: bytes | None,
    answer: dict[str, Any],
    *,
    user_id: UUID | None,
) -> User:
    """Check an answer against its challenge and the stored passkey, and store the new count."""
    passkey: Passkey | None = await session.scalar(
        select(Passkey)
        .where(col(Passkey.credential_id) == ceremony.credential_id_of(answer))
        .with_for_update()
    )
    if challenge is None or passkey is None or user_id not in {None, passkey.user_id}:
        raise PasskeyRefused
    passkey.sign_count = ceremony.finish_sign_in(
        party,
        answer,
        challenge=challenge,
        user_id=passkey.user_id,
        held=ceremony.NewPasskey(
            credential_id=passkey.credential_id,
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
            backed_up=False,
        ),
    )
    passkey.last_used_at = now(session)
    await session.flush()
    return await session.get_one(User, passkey.user_id)


async def _keep(session: AsyncSession, begun: ceremony.Ceremony, user_id: UUID | None) -> UUID:
    """Store the challenge of a ceremony, and forget the person's old ones."""
    await session.execute(
        delete(PasskeyChallenge).where(
            col(PasskeyChallenge.user_id).is_not_distinct_from(user_id),
            col(PasskeyChallenge.expires_at) < now(session),
        )
    )
    kept = PasskeyChallenge(
        user_id=user_id,
        challenge=begun.challenge,
        expires_at=now(session) + ceremony.LIFETIME,
    )
    session.add(kept)
    await session.flush()
    return kept.id


async def _use_challenge(visit: Visit, challenge_id: UUID, user_id: UUID | None) -> bytes | None:
    """Take a challenge out of use for good and return it; None where this person cannot use it."""
    async with visit.phases(None if user_id else Scope.system()) as session:
        used = await session.scalars(
            update(PasskeyChallenge)
            .where(
                col(PasskeyChallenge.id) == challenge_id,
                col(PasskeyChallenge.user_id).is_not_distinct_from(user_id),
                col(PasskeyChallenge.used_at).is_(None),
                col(PasskeyChallenge.expires_at) > now(session),
            )
            .values(used_at=now(session))
            .returning(col(PasskeyChallenge.challenge))
        )
        return used.one_or_none()


def _party(visit: Visit) -> ceremony.RelyingParty:
    if visit.rules.party is None:
        raise PasskeysUnavailable
    return visit.rules.party
