"""The own second factor: what there is, the authenticator app, the recovery codes."""

from typing import Any

from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import (
    SIGNED_IN_FRESH,
    UNFINISHED,
    UNFINISHED_FRESH,
    Principal,
    allow,
)
from marketplace.errors import TooManyRequests
from marketplace.http.openapi import answers
from marketplace.idempotency import repeatable
from marketplace.members.accounts import second_factor
from marketplace.members.accounts.cookies import give_session
from marketplace.members.accounts.errors import (
    CodeRefused,
    SecondFactorCompulsory,
    SecondFactorMissing,
)
from marketplace.members.accounts.schemas import (
    CodeIn,
    FactorsOut,
    RecoveryCodesOut,
    SetUpOut,
)
from marketplace.members.accounts.visit import Visit

TAGS = ["second factor"]
SET_UP = repeatable("each time makes another secret that waits for its first code")


@get("/me/second-factor", opt=allow(UNFINISHED), tags=TAGS)
async def show_factors(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> FactorsOut:
    """Say what the person has besides the password, and whether the roles demand it."""
    factors = await second_factor.factors_of(session, principal.user_id)
    return FactorsOut.of(factors, compulsory=second_factor.compulsory_for(principal))


@post(
    "/me/second-factor/authenticator",
    opt=allow(UNFINISHED_FRESH) | SET_UP,
    tags=TAGS,
    status_code=200,
)
async def begin_authenticator(
    visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> SetUpOut:
    """Begin to set up an authenticator app; one in use stays until the new one is confirmed."""
    begun = await second_factor.begin_set_up(visit, principal)
    return SetUpOut(begun.secret, begun.otpauth_uri)


@put(
    "/me/second-factor/authenticator",
    opt=allow(UNFINISHED_FRESH) | answers(CodeRefused, SecondFactorMissing, TooManyRequests),
    tags=TAGS,
)
async def confirm_authenticator(
    request: Request[Any, Any, Any],
    data: JSONBody[CodeIn],
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
) -> Response[RecoveryCodesOut]:
    """Confirm the app by its first code; gives recovery codes, and the session a new cookie."""
    codes, cookie = await second_factor.confirm_set_up(visit, principal, code=data.code)
    return give_session(request, Response(RecoveryCodesOut(codes), status_code=200), cookie)


@delete(
    "/me/second-factor/authenticator",
    opt=allow(SIGNED_IN_FRESH) | answers(SecondFactorMissing, SecondFactorCompulsory),
    tags=TAGS,
    status_code=204,
)
async def remove_authenticator(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> None:
    """Remove the authenticator app, where the roles allow it or a passkey is left."""
    await second_factor.remove_authenticator(session, principal)


@put(
    "/me/second-factor/recovery-codes",
    opt=allow(SIGNED_IN_FRESH) | answers(SecondFactorMissing),
    tags=TAGS,
)
async def renew_recovery_codes(
    visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> RecoveryCodesOut:
    """Make ten new recovery codes; the earlier ones end."""
    return RecoveryCodesOut(await second_factor.renew_recovery_codes(visit, principal))


HANDLERS = (
    show_factors,
    begin_authenticator,
    confirm_authenticator,
    remove_authenticator,
    renew_recovery_codes,
)
