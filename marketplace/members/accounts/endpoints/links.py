"""What the links of mails do: confirm an address, reset a password, sign in for the first time."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from marketplace.auth import EVERYONE, allow
from marketplace.errors import TooManyRequests
from marketplace.http.openapi import answers
from marketplace.idempotency import repeatable
from marketplace.members.accounts import email_change, password_change
from marketplace.members.accounts.consents import ConsentMissing
from marketplace.members.accounts.email_change import SignUpPasswordNotRight
from marketplace.members.accounts.endpoints.sign_in import signed_in
from marketplace.members.accounts.errors import NewEmailTaken, PasswordRefused
from marketplace.members.accounts.links import LinkNotUsable
from marketplace.members.accounts.schemas import (
    ConfirmIn,
    FirstSignInIn,
    LinkIn,
    ResetAskIn,
    ResetIn,
    SignedInOut,
)
from marketplace.members.accounts.visit import Visit

TAGS = ["links"]
MAIL = repeatable("a repeat sends another link and ends the earlier one; limited per day")
LINK = repeatable("a link works once; a repeat is refused")


@post(
    "/password-resets",
    opt=allow(EVERYONE) | MAIL | answers(TooManyRequests),
    tags=TAGS,
    status_code=204,
)
async def ask_password_reset(data: JSONBody[ResetAskIn], visit: NamedDependency[Visit]) -> None:
    """Ask for a link to reset a password; the answer is the same whether somebody has the address."""
    await password_change.ask_reset(visit, email=data.email)


@post(
    "/password-resets/use",
    opt=allow(EVERYONE) | LINK | answers(LinkNotUsable, PasswordRefused),
    tags=TAGS,
    status_code=204,
)
async def reset_password(data: JSONBody[ResetIn], visit: NamedDependency[Visit]) -> None:
    """Set a new password by the secret of the link; all sessions end, the second factor stays."""
    await password_change.reset_password(visit, token=data.token, password=data.password)


@post("/email-confirmations", opt=allow(EVERYONE) | MAIL, tags=TAGS, status_code=204)
async def ask_email_confirmation(data: JSONBody[ResetAskIn], visit: NamedDependency[Visit]) -> None:
    """Ask for the link again that confirms an address; the answer is always the same."""
    await password_change.ask_confirmation(visit, email=data.email)


@post(
    "/email-confirmations/use",
    opt=allow(EVERYONE) | LINK | answers(LinkNotUsable, SignUpPasswordNotRight),
    tags=TAGS,
    status_code=204,
)
async def confirm_email(data: JSONBody[ConfirmIn], visit: NamedDependency[Visit]) -> None:
    """Confirm the address of a new account by the secret of the link and its password."""
    await email_change.confirm_email(visit, token=data.token, password=data.password)


@post(
    "/email-changes/use",
    opt=allow(EVERYONE) | LINK | answers(LinkNotUsable, NewEmailTaken),
    tags=TAGS,
    status_code=204,
)
async def change_email(data: JSONBody[LinkIn], visit: NamedDependency[Visit]) -> None:
    """Change the address of an account by the secret of the link sent to the new one."""
    await email_change.change_email(visit, token=data.token)


@post(
    "/first-sign-in",
    opt=allow(EVERYONE) | LINK | answers(LinkNotUsable, PasswordRefused, ConsentMissing),
    tags=TAGS,
    status_code=200,
)
async def first_sign_in(
    request: Request[Any, Any, Any], data: JSONBody[FirstSignInIn], visit: NamedDependency[Visit]
) -> Response[SignedInOut]:
    """Set name and password of an account that was made for somebody, and sign in."""
    cookie = await password_change.first_sign_in(
        visit, token=data.token, name=data.name, password=data.password, agreed=data.agreed
    )
    return await signed_in(request, cookie)


HANDLERS = (
    ask_password_reset,
    reset_password,
    ask_email_confirmation,
    confirm_email,
    change_email,
    first_sign_in,
)
