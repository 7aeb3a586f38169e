"""The own passkeys: listed, registered, renamed, removed."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import (
    SIGNED_IN,
    SIGNED_IN_FRESH,
    UNFINISHED_FRESH,
    Principal,
    allow,
)
from marketplace.http.openapi import answers
from marketplace.idempotency import repeatable
from marketplace.members.accounts import passkeys
from marketplace.members.accounts.cookies import give_session
from marketplace.members.accounts.endpoints.sign_in import CHALLENGE
from marketplace.members.accounts.errors import (
    PasskeyMissing,
    PasskeyNotRegistered,
    PasskeysTooMany,
    PasskeysUnavailable,
    PasskeyTaken,
    SecondFactorCompulsory,
)
from marketplace.members.accounts.schemas import (
    ChallengeOut,
    PasskeyIn,
    PasskeyLabelIn,
    PasskeyOut,
)
from marketplace.members.accounts.visit import Visit

TAGS = ["passkeys"]


@get("/me/passkeys", opt=allow(SIGNED_IN), tags=TAGS)
async def list_passkeys(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> list[PasskeyOut]:
    """List the own passkeys."""
    return [PasskeyOut.of(row) for row in await passkeys.list_passkeys(session, principal.user_id)]


@post(
    "/me/passkeys/challenge",
    opt=allow(UNFINISHED_FRESH) | CHALLENGE | answers(PasskeysUnavailable, PasskeysTooMany),
    tags=TAGS,
    status_code=200,
)
async def begin_passkey(
    visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> ChallengeOut:
    """Begin to register a passkey."""
    return ChallengeOut(*await passkeys.begin_registration(visit, principal))


@post(
    "/me/passkeys",
    opt=allow(UNFINISHED_FRESH)
    | repeatable("a challenge works once; a repeat is refused")
    | answers(PasskeyNotRegistered, PasskeyTaken, PasskeysTooMany, PasskeysUnavailable),
    tags=TAGS,
)
async def register_passkey(
    request: Request[Any, Any, Any],
    data: JSONBody[PasskeyIn],
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
) -> Response[PasskeyOut]:
    """Store the passkey that the browser made; the session gets a new cookie."""
    passkey, cookie = await passkeys.register(
        visit, principal, challenge_id=data.challenge_id, answer=data.answer, label=data.label
    )
    return give_session(request, Response(PasskeyOut.of(passkey), status_code=201), cookie)


@patch("/me/passkeys/{passkey_id:uuid}", opt=allow(SIGNED_IN) | answers(PasskeyMissing), tags=TAGS)
async def rename_passkey(
    passkey_id: FromPath[UUID],
    data: JSONBody[PasskeyLabelIn],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> PasskeyOut:
    """Give a passkey another label."""
    return PasskeyOut.of(await passkeys.rename(session, principal, passkey_id, label=data.label))


@delete(
    "/me/passkeys/{passkey_id:uuid}",
    opt=allow(SIGNED_IN_FRESH) | answers(PasskeyMissing, SecondFactorCompulsory),
    tags=TAGS,
    status_code=204,
)
async def remove_passkey(
    passkey_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> None:
    """Remove a passkey, where the roles allow it or another factor is left."""
    await passkeys.remove(session, principal, passkey_id)


HANDLERS = (list_passkeys, begin_passkey, register_passkey, rename_passkey, remove_passkey)
