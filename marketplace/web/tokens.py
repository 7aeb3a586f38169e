"""The page of the own API tokens; a new one is shown once, in the answer to its form."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import SIGNED_IN, SIGNED_IN_FRESH, Principal, TokenScope, allow
from marketplace.db import now
from marketplace.members.accounts import api_tokens
from marketplace.members.accounts.schemas import Label
from marketplace.members.accounts.visit import Visit
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, back, render, see_other

TOKENS = "/account/tokens"
LASTING_DAYS = (30, 90, 180, 365)


class TokenForm(Struct):
    """A token to make."""

    name: Label
    scopes: Annotated[list[TokenScope], Meta(min_length=1, max_length=len(TokenScope))]
    days: Annotated[int, Meta(ge=1, le=api_tokens.DAYS_MAX)]


async def _page(
    request: AnyRequest, visit: Visit, principal: Principal, form: Form[TokenForm], secret: str = ""
) -> Page:
    async with visit.phases() as session:
        rows = await api_tokens.list_tokens(session, principal.user_id)
        at = now(session)
    return render(
        request,
        "account_tokens.html",
        status=form.status,
        form=form,
        tokens=rows,
        secret=secret,
        scopes=list(TokenScope),
        lasting=LASTING_DAYS,
        now=at,
    )


@get(TOKENS, opt=allow(SIGNED_IN), include_in_schema=False)
async def show_tokens(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """List the own tokens, and the form to make one."""
    return await _page(request, visit, principal, EMPTY)


@post(TOKENS, opt=allow(SIGNED_IN_FRESH) | back(TOKENS), include_in_schema=False)
async def submit_token(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Make a token and show it this once."""
    form = await read_form(request, TokenForm)

    async def act(content: TokenForm) -> Page:
        secret = await _made(visit, principal, content)
        return await _page(request, visit, principal, EMPTY, secret)

    async def again(wrong: Form[TokenForm]) -> Page:
        return await _page(request, visit, principal, wrong)

    return await submitted(form, act, again)


async def _made(visit: Visit, principal: Principal, wanted: TokenForm) -> str:
    async with visit.phases() as session:
        _, secret = await api_tokens.create_token(
            session, principal, name=wanted.name, scopes=wanted.scopes, days=wanted.days
        )
    return secret


@post("/account/tokens/{token_id:uuid}/revoke", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_revocation(
    token_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Revoke a token."""
    await api_tokens.revoke_token(session, principal, token_id)
    return see_other(TOKENS, "token-revoked")


HANDLERS = (show_tokens, submit_token, submit_revocation)
