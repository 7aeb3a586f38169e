"""The authenticator app and the recovery codes: set up, shown, renewed, removed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal, SecondFactorRequired
from marketplace.clock import world_time
from marketplace.db import now
from marketplace.encryption import Keyring, Place
from marketplace.members.accounts import totp
from marketplace.members.accounts.attempts import count_code
from marketplace.members.accounts.authentication import SECOND_FACTOR_ROLES
from marketplace.members.accounts.errors import (
    CodeRefused,
    SecondFactorCompulsory,
    SecondFactorMissing,
)
from marketplace.members.accounts.links import lock_person
from marketplace.members.accounts.models import Passkey, RecoveryCode, SecondFactor, User
from marketplace.members.accounts.notice_kinds import (
    AUTHENTICATOR_ADDED,
    AUTHENTICATOR_REMOVED,
    RECOVERY_CODE_USED,
    RECOVERY_CODES_RENEWED,
)
from marketplace.members.accounts.sessions import renew_session
from marketplace.members.accounts.telling import tell
from marketplace.members.accounts.visit import EXCHANGE_NAME, Visit

SET_UP_WITHIN: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Factors:
    """What a person has besides the password."""

    authenticator: bool
    passkeys: int
    recovery_codes: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all; recovery codes alone are none."""
        return self.authenticator or self.passkeys > 0


@dataclass(frozen=True)
class SetUp:
    """An authenticator app being set up: what to scan, what to type."""

    secret: str
    otpauth_uri: str


async def factors_of(session: AsyncSession, user_id: UUID) -> Factors:
    """Return what the person has besides the password."""
    app = await session.scalar(
        select(func.count())
        .select_from(SecondFactor)
        .where(col(SecondFactor.user_id) == user_id, col(SecondFactor.confirmed_at).is_not(None))
    )
    keys = await session.scalar(
        select(func.count()).select_from(Passkey).where(col(Passkey.user_id) == user_id)
    )
    return Factors(bool(app), keys or 0, await _codes_left(session, user_id))


def compulsory_for(principal: Principal) -> bool:
    """Whether the person's roles demand a second factor."""
    return not principal.roles.isdisjoint(SECOND_FACTOR_ROLES)


async def refuse_half_signed_in(session: AsyncSession, principal: Principal) -> None:
    """Keep somebody who showed the password alone from adding a factor beside those that exist.

    Raises:
        SecondFactorRequired: the person has a second factor and has not shown it
    """
    if principal.second_factor_due and (await factors_of(session, principal.user_id)).any:
        raise SecondFactorRequired


async def begin_set_up(visit: Visit, principal: Principal) -> SetUp:
    """Make a secret for an authenticator app; one that is in use stays until the new one is confirmed.

    Raises:
        SecondFactorRequired: half signed in
    """
    secret = totp.new_secret()
    async with visit.phases() as session:
        await lock_person(session, principal.user_id)
        await refuse_half_signed_in(session, principal)
        sealed = visit.keyring.seal(secret.encode(), _pending_place(principal.user_id))
        held = await _locked(session, principal.user_id)
        if held is None:
            # The column of the secret in use is never empty; it stays unconfirmed.
            unused = visit.keyring.seal(secret.encode(), _place(principal.user_id))
            held = SecondFactor(
                user_id=principal.user_id, secret_encrypted=unused, created_at=now(session)
            )
            session.add(held)
        held.pending_encrypted = sealed
        held.pending_at = now(session)
        await session.flush()
    return _shown(secret, principal)


async def pending_set_up(visit: Visit, principal: Principal) -> SetUp | None:
    """Return the set-up that waits for its first code, or None.

    Raises:
        SecondFactorRequired: half signed in
    """
    async with visit.phases() as session:
        await refuse_half_signed_in(session, principal)
        held = await session.get(SecondFactor, principal.user_id)
        if held is None or not _pending(session, held):
            return None
        assert held.pending_encrypted is not None
        secret = visit.keyring.unseal(held.pending_encrypted, _pending_place(principal.user_id))
    return _shown(secret.decode(), principal)


async def confirm_set_up(visit: Visit, principal: Principal, *, code: str) -> tuple[list[str], str]:
    """Confirm the app by its first code; the session counts as signed in with both factors.

    Returns:
        Recovery codes, shown this once, and the new value of the session's cookie.

    Raises:
        TooManyRequests: too many codes
        SecondFactorRequired: half signed in
        SecondFactorMissing: no set-up was begun, or too long ago
        CodeRefused: the code is wrong
    """
    assert principal.session_id is not None, "policies without a scope keep tokens out"
    await count_code(visit, principal.user_id)
    async with visit.phases() as session:
        user = await lock_person(session, principal.user_id)
        assert user is not None, "the principal exists"
        await refuse_half_signed_in(session, principal)
        held = await _locked(session, principal.user_id)
        if held is None or held.pending_encrypted is None or not _pending(session, held):
            raise SecondFactorMissing
        secret = visit.keyring.unseal(held.pending_encrypted, _pending_place(user.id))
        step = totp.verify(secret.decode(), code, at=world_time(), last_step=0)
        if step is None:
            raise CodeRefused
        held.secret_encrypted = visit.keyring.seal(secret, _place(user.id))
        held.confirmed_at, held.last_step = now(session), step
        held.pending_encrypted = held.pending_at = None
        codes = await _renew_codes(session, user.id)
        await record(session, "account.authenticator_added", Thing("user_account", user.id))
        await tell(session, user, AUTHENTICATOR_ADDED)
        cookie = await renew_session(session, principal.session_id, second_factor=True)
    return codes, cookie


async def renew_recovery_codes(visit: Visit, principal: Principal) -> list[str]:
    """Make ten new recovery codes, shown this once; the earlier ones end.

    Raises:
        SecondFactorMissing: there is no second factor that they could stand in for
    """
    async with visit.phases() as session:
        user = await lock_person(session, principal.user_id)
        assert user is not None, "the principal exists"
        if not (await factors_of(session, user.id)).any:
            raise SecondFactorMissing
        codes = await _renew_codes(session, user.id)
        await record(session, "account.recovery_codes_renewed", Thing("user_account", user.id))
        await tell(session, user, RECOVERY_CODES_RENEWED)
    return codes


async def remove_authenticator(session: AsyncSession, principal: Principal) -> None:
    """Remove the authenticator app.

    Raises:
        SecondFactorMissing: there is none
        SecondFactorCompulsory: it is the last factor of somebody whose role demands one
    """
    user = await lock_person(session, principal.user_id)
    assert user is not None, "the principal exists"
    factors = await factors_of(session, user.id)
    if not factors.authenticator:
        raise SecondFactorMissing
    if factors.passkeys == 0:
        await end_last_factor(session, principal)
    await session.execute(delete(SecondFactor).where(col(SecondFactor.user_id) == user.id))
    await record(session, "account.authenticator_removed", Thing("user_account", user.id))
    await tell(session, user, AUTHENTICATOR_REMOVED)


async def end_last_factor(session: AsyncSession, principal: Principal) -> None:
    """Let the last factor go where the roles allow it, and with it the recovery codes.

    Raises:
        SecondFactorCompulsory: they do not
    """
    if compulsory_for(principal):
        raise SecondFactorCompulsory
    await session.execute(
        delete(RecoveryCode).where(col(RecoveryCode.user_id) == principal.user_id)
    )


async def check_code(
    session: AsyncSession,
    keyring: Keyring,
    user_id: UUID,
    *,
    code: str,
    kind: Literal["authenticator", "recovery_code"],
) -> bool:
    """Whether a code is right and unused; from now on it is used.

    The row is locked before the last used step is read, so that two requests with one code let
    one of them in.
    """
    if kind == "recovery_code":
        return await _use_recovery_code(session, user_id, code)
    held = await _locked(session, user_id)
    if held is None or held.confirmed_at is None:
        return False
    secret = keyring.unseal(held.secret_encrypted, _place(user_id)).decode()
    step = totp.verify(secret, code, at=world_time(), last_step=held.last_step)
    if step is None:
        return False
    held.last_step = step
    await session.flush()
    return True


async def _use_recovery_code(session: AsyncSession, user_id: UUID, typed: str) -> bool:
    code_hash = totp.recovery_code_hash(user_id, typed)
    if code_hash is None:
        return False
    used = await session.execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user_id,
            col(RecoveryCode.code_hash) == code_hash,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now(session))
        .returning(col(RecoveryCode.id))
    )
    if used.first() is None:
        return False
    user = await session.get_one(User, user_id)
    await tell(session, user, RECOVERY_CODE_USED, left=await _codes_left(session, user_id))
    return True


async def _codes_left(session: AsyncSession, user_id: UUID) -> int:
    left = await session.scalar(
        select(func.count())
        .select_from(RecoveryCode)
        .where(col(RecoveryCode.user_id) == user_id, col(RecoveryCode.used_at).is_(None))
    )
    return left or 0


async def _renew_codes(session: AsyncSession, user_id: UUID) -> list[str]:
    await session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    codes = totp.new_recovery_codes()
    for code in codes:
        code_hash = totp.recovery_code_hash(user_id, code)
        assert code_hash is not None, "a new code has the form of one"
        session.add(RecoveryCode(user_id=user_id, code_hash=code_hash))
    await session.flush()
    return codes


async def _locked(session: AsyncSession, user_id: UUID) -> SecondFactor | None:
    found: SecondFactor | None = await session.scalar(
        select(SecondFactor)
        .where(col(SecondFactor.user_id) == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def _pending(session: AsyncSession, held: SecondFactor) -> bool:
    return held.pending_at is not None and now(session) - held.pending_at <= SET_UP_WITHIN


def _shown(secret: str, principal: Principal) -> SetUp:
    return SetUp(
        secret,
        totp.provisioning_uri(secret, account=principal.email, issuer=EXCHANGE_NAME),
    )


def _place(user_id: UUID) -> Place:
    return Place("second_factor", "secret_encrypted", user_id)


def _pending_place(user_id: UUID) -> Place:
    return Place("second_factor", "pending_encrypted", user_id)
