"""The own API tokens: made, listed, revoked. A token cannot make or revoke tokens."""

from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import SIGNED_IN, SIGNED_IN_FRESH, Principal, allow
from marketplace.http.openapi import answers
from marketplace.idempotency import repeatable
from marketplace.members.accounts import api_tokens
from marketplace.members.accounts.errors import TokenNameTaken, TokensTooMany
from marketplace.members.accounts.schemas import NewTokenOut, TokenIn, TokenOut

TAGS = ["tokens"]


@get("/me/tokens", opt=allow(SIGNED_IN), tags=TAGS)
async def list_tokens(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> list[TokenOut]:
    """List the own tokens by their beginnings."""
    return [TokenOut.of(row) for row in await api_tokens.list_tokens(session, principal.user_id)]


@post(
    "/me/tokens",
    opt=allow(SIGNED_IN_FRESH)
    | repeatable("a repeat meets the name and makes no second token")
    | answers(TokenNameTaken, TokensTooMany),
    tags=TAGS,
)
async def create_token(
    data: JSONBody[TokenIn],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> NewTokenOut:
    """Make a token; it is shown this once."""
    row, secret = await api_tokens.create_token(
        session, principal, name=data.name, scopes=data.scopes, days=data.days
    )
    return NewTokenOut(secret, row.id, row.name, row.hint, row.scopes, row.expires_at)


@delete(
    "/me/tokens/{token_id:uuid}",
    opt=allow(SIGNED_IN) | answers(api_tokens.TokenMissing),
    tags=TAGS,
    status_code=204,
)
async def revoke_token(
    token_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> None:
    """Revoke a token; it opens nothing from the next request on."""
    await api_tokens.revoke_token(session, principal, token_id)


HANDLERS = (list_tokens, create_token, revoke_token)
