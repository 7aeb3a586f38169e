"""Tokens for programs: made, shown once, listed by their beginning, revoked."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.auth import Principal, TokenScope
from marketplace.db import constraint_of, now
from marketplace.errors import NotFound
from marketplace.members.accounts.addresses import normal_name
from marketplace.members.accounts.errors import TokenNameTaken, TokensTooMany
from marketplace.members.accounts.links import lock_person
from marketplace.members.accounts.models import ApiToken
from marketplace.members.accounts.notice_kinds import TOKEN_CREATED
from marketplace.members.accounts.telling import tell
from marketplace.members.accounts.tokens import api_token_hint, new_api_token

TOKENS_MAX: Final = 20
DAYS_MAX: Final = 365


class TokenMissing(NotFound):
    """The person has no such live token."""

    code = "token_missing"
    ko = "이 API 토큰은 이미 폐기했거나 없습니다. 목록을 새로 고치십시오."
    en = "This API token was revoked or never existed. Reload the list."


async def create_token(
    session: AsyncSession,
    principal: Principal,
    *,
    name: str,
    scopes: Collection[TokenScope],
    days: int,
) -> tuple[ApiToken, str]:
    """Make a token that acts for the person in their present organization.

    Args:
        name: unlike the person's other live tokens
        scopes: what it may do, at least one
        days: how long it lasts, 1 to ``DAYS_MAX``

    Returns:
        The token's row, and the token itself, which is shown this once.

    Raises:
        TokenNameTaken: a live token has the name
        TokensTooMany: the person has as many as one may keep
    """
    assert scopes, "the form asks for one scope at least"
    assert 1 <= days <= DAYS_MAX, "the form keeps the limits"
    user = await lock_person(session, principal.user_id)
    assert user is not None, "the principal exists"
    await _refuse_too_many(session, user.id)
    secret = new_api_token()
    ordered = sorted(scope.value for scope in set(scopes))
    token = ApiToken(
        user_id=user.id,
        organization_id=principal.organization_id,
        name=normal_name(name),
        hint=api_token_hint(secret.text),
        token_hash=secret.digest,
        scopes=ordered,
        created_at=now(session),
        expires_at=now(session) + timedelta(days=days),
    )
    session.add(token)
    await _flush_or_refuse(session)
    thing = Thing("api_token", token.id, principal.organization_id)
    await record(session, "account.token_created", thing, facts={"scopes": ordered, "days": days})
    facts = {"token_name": name, "hint": token.hint, "scopes": ", ".join(ordered)}
    await tell(session, user, TOKEN_CREATED, **facts)
    return token, secret.text


async def list_tokens(session: AsyncSession, user_id: UUID) -> list[ApiToken]:
    """Return the person's tokens that were not revoked, the newest first; expired ones as well."""
    rows = await session.scalars(
        select(ApiToken)
        .where(col(ApiToken.user_id) == user_id, col(ApiToken.revoked_at).is_(None))
        .order_by(col(ApiToken.created_at).desc(), col(ApiToken.id))
    )
    return list(rows)


async def revoke_token(session: AsyncSession, principal: Principal, token_id: UUID) -> None:
    """Revoke a token; it opens nothing from the next request on.

    Raises:
        TokenMissing: the person has no such live token
    """
    token: ApiToken | None = await session.scalar(
        select(ApiToken)
        .where(
            col(ApiToken.id) == token_id,
            col(ApiToken.user_id) == principal.user_id,
            col(ApiToken.revoked_at).is_(None),
        )
        .with_for_update()
    )
    if token is None:
        raise TokenMissing
    token.revoked_at = now(session)
    await session.flush()
    thing = Thing("api_token", token.id, token.organization_id)
    await record(session, "account.token_revoked", thing)


async def _refuse_too_many(session: AsyncSession, user_id: UUID) -> None:
    held = await session.scalar(
        select(func.count())
        .select_from(ApiToken)
        .where(col(ApiToken.user_id) == user_id, col(ApiToken.revoked_at).is_(None))
    )
    if (held or 0) >= TOKENS_MAX:
        raise TokensTooMany(most=TOKENS_MAX)


async def _flush_or_refuse(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "uq_api_token_user_id_name_live":
            raise TokenNameTaken from error
        raise
