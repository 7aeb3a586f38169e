"""The pages of joining: sign-up of a business, and the acceptance of an invitation."""

from typing import Annotated, Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, Parameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, SIGNED_IN, Principal, allow
from marketplace.db import Phases, Scope
from marketplace.http.facts import facts_of
from marketplace.idempotency import Once
from marketplace.members.accounts.passwords import PasswordHashing
from marketplace.members.organizations import inviting, signing_up
from marketplace.members.organizations.policies import own_url
from marketplace.members.organizations.schemas import AcceptInvitationIn, SignUpIn, TokenIn
from marketplace.members.registry.business_number import compact, holder_hint
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, language_of, render, see_other

Token = FromQuery[Annotated[str, Parameter(max_length=100)]]


def hint_for(form: Form[Any]) -> object:
    """Return what the middle digits of the typed number say, once ten digits were typed."""
    digits = compact(form.value("business_number"))
    return (
        holder_hint(digits) if len(digits) == 10 and digits.isascii() and digits.isdigit() else None
    )


@get("/sign-up", opt=allow(EVERYONE), include_in_schema=False, sync_to_thread=False)
def show_sign_up(request: AnyRequest, visitor: NamedDependency[Principal | None]) -> Page:
    """Show the form of a business that signs up; who is signed in registers on another page."""
    if visitor is not None:
        return see_other("/organization")
    return render(request, "sign_up.html", form=EMPTY, hint=None)


@post("/sign-up", opt=allow(EVERYONE), include_in_schema=False)
async def submit_sign_up(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    passwords: NamedDependency[PasswordHashing],
    settings: NamedDependency[Settings],
) -> Page:
    """Take a sign-up; the next page says the same to everybody."""
    form = await read_form(request, SignUpIn)

    async def act(content: SignUpIn) -> Page:
        content.language = language_of(request)
        address, url = facts_of(request.scope).address, own_url(settings)
        await signing_up.sign_up(
            phases, content, passwords=passwords, public_url=url, address=address
        )
        return see_other("/sign-up/sent")

    async def again(wrong: Form[SignUpIn]) -> Page:
        hint = hint_for(wrong)
        return render(request, "sign_up.html", status=wrong.status, form=wrong, hint=hint)

    return await submitted(form, act, again)


@get("/sign-up/sent", opt=allow(EVERYONE), include_in_schema=False, sync_to_thread=False)
def show_sent(request: AnyRequest) -> Page:
    """Say that a mail is on its way, whoever asked."""
    return render(request, "sign_up_sent.html", kept_days=signing_up.UNCONFIRMED_KEPT.days)


async def _invitation_page(
    request: AnyRequest, phases: Phases, form: Form[Any], secret: str
) -> Page:
    async with phases(Scope.system()) as session:
        offer = await inviting.look_at(session, secret)
    return render(
        request, "invitation.html", status=form.status, form=form, offer=offer, token=secret
    )


@get("/invitation", opt=allow(EVERYONE), include_in_schema=False)
async def show_invitation(
    request: AnyRequest, phases: NamedDependency[Phases], token: Token = ""
) -> Page:
    """Show what an invitation offers and how to accept it."""
    return await _invitation_page(request, phases, EMPTY, token)


@post("/invitation", opt=allow(EVERYONE), include_in_schema=False)
async def accept_as_new(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    passwords: NamedDependency[PasswordHashing],
) -> Page:
    """Accept an invitation as somebody new, then sign in."""
    form = await read_form(request, AcceptInvitationIn)

    async def act(content: AcceptInvitationIn) -> Page:
        content.language = language_of(request)
        address = facts_of(request.scope).address
        await inviting.accept_as_new(phases, content, passwords=passwords, address=address)
        return see_other("/sign-in", "invitation-accepted")

    async def again(wrong: Form[AcceptInvitationIn]) -> Page:
        return await _invitation_page(request, phases, wrong, wrong.value("token"))

    return await submitted(form, act, again)


@post("/invitation/accept", opt=allow(SIGNED_IN), include_in_schema=False)
async def accept_signed_in(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Accept an invitation as the person who is signed in."""
    form = await read_form(request, TokenIn)

    async def act(content: TokenIn) -> Page:
        async def join(session: AsyncSession) -> object:
            return await inviting.accept_as_member(
                session, content.token, user_id=principal.user_id
            )

        return await once.redirect(form.key, join, "/organization", "joined", scope=Scope.system())

    async def again(wrong: Form[TokenIn]) -> Page:
        return await _invitation_page(request, phases, wrong, wrong.value("token"))

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_sign_up,
    submit_sign_up,
    show_sent,
    show_invitation,
    accept_as_new,
    accept_signed_in,
)
