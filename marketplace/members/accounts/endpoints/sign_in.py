"""Signing in and out, the second factor, and proving oneself again, for programs and scripts."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from marketplace.auth import EVERYONE, UNFINISHED, Principal, allow
from marketplace.errors import FieldError, Malformed, TooManyRequests
from marketplace.http.openapi import answers
from marketplace.idempotency import repeatable
from marketplace.members.accounts import passkeys, signing_in
from marketplace.members.accounts.cookies import give_session, principal_of, take_session
from marketplace.members.accounts.errors import (
    AccountSuspended,
    CodeRefused,
    PasskeyRefused,
    PasskeysUnavailable,
    PasswordNotRight,
    SignInFailed,
)
from marketplace.members.accounts.schemas import (
    ChallengeOut,
    CodeIn,
    PasskeyAnswerIn,
    ProofIn,
    SignedInOut,
    SignInIn,
)
from marketplace.members.accounts.visit import Visit

AnyRequest = Request[Any, Any, Any]
TAGS = ["sign-in"]
SESSION = repeatable("each time gives another session; the answer holds a secret")
CHALLENGE = repeatable("each time gives another challenge, which does nothing by itself")


async def signed_in(request: AnyRequest, cookie: str) -> Response[SignedInOut]:
    """Return the answer to a sign-in: the cookie, the cross-site token, what is due."""
    who = await principal_of(request, cookie)
    content = SignedInOut(who.csrf_token, who.second_factor_due, who.consent_due)
    return give_session(request, Response(content, status_code=200), cookie)


@post(
    "/sign-in",
    opt=allow(EVERYONE) | SESSION | answers(SignInFailed, AccountSuspended, TooManyRequests),
    tags=TAGS,
    status_code=200,
)
async def sign_in(
    request: AnyRequest, data: JSONBody[SignInIn], visit: NamedDependency[Visit]
) -> Response[SignedInOut]:
    """Sign in with mail address and password; sets the session's cookie."""
    cookie = await signing_in.sign_in(visit, email=data.email, password=data.password)
    return await signed_in(request, cookie)


@post(
    "/sign-in/second-factor",
    opt=allow(UNFINISHED) | SESSION | answers(CodeRefused, TooManyRequests),
    tags=TAGS,
    status_code=200,
)
async def show_second_factor(
    request: AnyRequest,
    data: JSONBody[CodeIn],
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
) -> Response[SignedInOut]:
    """Show a code of the authenticator app or a recovery code after the password."""
    cookie = await signing_in.show_second_factor(visit, principal, code=data.code, kind=data.kind)
    return await signed_in(request, cookie)


@post(
    "/sign-in/passkey/challenge",
    opt=allow(EVERYONE) | CHALLENGE | answers(PasskeysUnavailable, TooManyRequests),
    tags=TAGS,
    status_code=200,
)
async def begin_passkey_sign_in(
    visit: NamedDependency[Visit], visitor: NamedDependency[Principal | None]
) -> ChallengeOut:
    """Begin to sign in by passkey, or to show it as second factor or again while signed in."""
    return ChallengeOut(*await passkeys.begin_sign_in(visit, visitor))


@post(
    "/sign-in/passkey",
    opt=allow(EVERYONE) | SESSION | answers(PasskeyRefused, PasskeysUnavailable, AccountSuspended),
    tags=TAGS,
    status_code=200,
)
async def sign_in_by_passkey(
    request: AnyRequest,
    data: JSONBody[PasskeyAnswerIn],
    visit: NamedDependency[Visit],
    visitor: NamedDependency[Principal | None],
) -> Response[SignedInOut]:
    """Sign in by passkey, which counts as both factors; while signed in it proves oneself again."""
    # An API token is no session to prove oneself in: its holder signs in like anybody else.
    if visitor is None or visitor.session_id is None:
        cookie = await passkeys.sign_in(visit, challenge_id=data.challenge_id, answer=data.answer)
    else:
        cookie = await passkeys.prove(
            visit, visitor, challenge_id=data.challenge_id, answer=data.answer
        )
    return await signed_in(request, cookie)


@post(
    "/reauthenticate",
    opt=allow(UNFINISHED) | SESSION | answers(PasswordNotRight, CodeRefused, TooManyRequests),
    tags=TAGS,
    status_code=200,
)
async def reauthenticate(
    request: AnyRequest,
    data: JSONBody[ProofIn],
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
) -> Response[SignedInOut]:
    """Prove oneself again by password or code; sensitive acts are open for ten minutes after it."""
    return await signed_in(request, await proven(visit, principal, data))


async def proven(visit: Visit, principal: Principal, proof: ProofIn) -> str:
    """Check a proof and return the session's new cookie value.

    Raises:
        Malformed: neither password nor code
    """
    if proof.password is not None:
        return await signing_in.reauthenticate_with_password(
            visit, principal, password=proof.password
        )
    if proof.code is not None:
        return await signing_in.reauthenticate_with_code(
            visit, principal, code=proof.code, kind=proof.kind
        )
    ko, en = "비밀번호나 코드를 입력하십시오.", "Enter the password or a code."
    raise Malformed([FieldError("password", "required", ko, en)])


@post(
    "/sign-out",
    opt=allow(UNFINISHED) | repeatable("ends what has ended already"),
    tags=TAGS,
    status_code=204,
)
async def sign_out(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Response[None]:
    """End this session and remove its cookie."""
    await signing_in.sign_out(visit, principal)
    return take_session(request, Response(None, status_code=204))


HANDLERS = (
    sign_in,
    show_second_factor,
    begin_passkey_sign_in,
    sign_in_by_passkey,
    reauthenticate,
    sign_out,
)
