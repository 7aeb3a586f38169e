"""The pages behind links of mail: confirm an address, reset a password, sign in for the first time.

Opening a link changes nothing, since mail programs open links too; its page has one button.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec import Struct

from marketplace.auth import EVERYONE, allow
from marketplace.members.accounts import consents, email_change, password_change
from marketplace.members.accounts.cookies import give_session
from marketplace.members.accounts.links import LinkNotUsable
from marketplace.members.accounts.models import LegalKind, LinkPurpose
from marketplace.members.accounts.password_policy import LENGTH_MAX, LENGTH_MIN
from marketplace.members.accounts.schemas import Password, PersonName, Secret, TypedEmail
from marketplace.members.accounts.visit import Visit
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render, see_other

Act = Callable[[Any], Awaitable[Page]]
Token = FromQuery[str]


class AddressForm(Struct):
    """Where to send a link."""

    email: TypedEmail


class LinkForm(Struct):
    """The secret of a link."""

    token: Secret


class PasswordForm(Struct):
    """The secret of a link and a password: the one of the sign-up, or the new one."""

    token: Secret
    password: Password


class FirstForm(Struct):
    """The secret of the link, and what a new account needs."""

    token: Secret
    name: PersonName
    password: Password
    terms: bool = False
    privacy: bool = False

    @property
    def agreed(self) -> list[LegalKind]:
        """The texts that were agreed to."""
        return [kind for kind in LegalKind if getattr(self, kind.value)]


def expired(request: AnyRequest, purpose: LinkPurpose) -> Page:
    """Show that a link is not usable, and the way to a new one."""
    return render(request, "link_expired.html", status=404, purpose=purpose.value, plain=True)


async def used(
    request: AnyRequest, purpose: LinkPurpose, form: Form[Any], act: Act, again: Act
) -> Page:
    """Act on the form of a link's page; a link that is not usable leads to a new one."""
    try:
        return await submitted(form, _unless_expired(act), again)
    except _Expired:
        return expired(request, purpose)


class _Expired(Exception):
    """A link that is not usable, on its way past the form."""


def _unless_expired(act: Act) -> Act:
    async def acting(content: Any) -> Page:
        try:
            return await act(content)
        except LinkNotUsable as error:
            raise _Expired from error

    return acting


async def opened(
    request: AnyRequest, visit: Visit, purpose: LinkPurpose, token: str, template: str
) -> Page:
    """Show the page of a link that is still usable."""
    try:
        holder = await password_change.holder_of(visit, token, purpose)
    except LinkNotUsable:
        return expired(request, purpose)
    return await _page(request, visit, template, EMPTY, token, name=holder.name, to=holder.email)


async def _page(
    request: AnyRequest, visit: Visit, template: str, form: Form[Any], token: str, **more: Any
) -> Page:
    async with visit.phases() as session:
        texts = await consents.current_texts(session)
    limits = {"shortest": LENGTH_MIN, "longest": LENGTH_MAX}
    return render(
        request,
        template,
        status=form.status,
        form=form,
        token=token,
        texts=texts,
        **limits,
        **({"name": "", "to": "", "plain": True} | more),
    )


@get("/confirm-email", opt=allow(EVERYONE), include_in_schema=False)
async def show_confirmation(
    request: AnyRequest, visit: NamedDependency[Visit], token: Token = ""
) -> Page:
    """Ask for the password of the sign-up, which confirms the address."""
    return await opened(request, visit, LinkPurpose.confirm_email, token, "confirm_email.html")


@post("/confirm-email", opt=allow(EVERYONE), include_in_schema=False)
async def submit_confirmation(request: AnyRequest, visit: NamedDependency[Visit]) -> Page:
    """Confirm the address; the account can sign in then."""
    form = await read_form(request, PasswordForm)

    async def act(content: PasswordForm) -> Page:
        await email_change.confirm_email(visit, token=content.token, password=content.password)
        return see_other("/sign-in", "email-confirmed")

    async def again(wrong: Form[PasswordForm]) -> Page:
        token = wrong.value("token")
        holder = await password_change.holder_of(visit, token, LinkPurpose.confirm_email)
        return await _page(request, visit, "confirm_email.html", wrong, token, to=holder.email)

    return await used(request, LinkPurpose.confirm_email, form, act, again)


@post("/confirm-email/again", opt=allow(EVERYONE), include_in_schema=False)
async def submit_confirmation_again(request: AnyRequest, visit: NamedDependency[Visit]) -> Page:
    """Send the link of a new account again; the answer is always the same."""
    form = await read_form(request, AddressForm)

    async def act(content: AddressForm) -> Page:
        await password_change.ask_confirmation(visit, email=content.email)
        return see_other("/reset-password?sent=1")

    async def again(wrong: Form[AddressForm]) -> Page:
        return render(request, "reset_password.html", status=wrong.status, form=wrong, sent=False)

    return await submitted(form, act, again)


@get("/change-email", opt=allow(EVERYONE), include_in_schema=False)
async def show_email_change(
    request: AnyRequest, visit: NamedDependency[Visit], token: Token = ""
) -> Page:
    """Show the button that makes the new address count."""
    return await opened(request, visit, LinkPurpose.change_email, token, "change_email.html")


@post("/change-email", opt=allow(EVERYONE), include_in_schema=False)
async def submit_email_change(request: AnyRequest, visit: NamedDependency[Visit]) -> Page:
    """Change the address of the account."""
    form = await read_form(request, LinkForm)

    async def act(content: LinkForm) -> Page:
        await email_change.change_email(visit, token=content.token)
        return see_other("/account", "email-changed")

    async def again(wrong: Form[LinkForm]) -> Page:
        return await _page(request, visit, "change_email.html", wrong, wrong.value("token"))

    return await used(request, LinkPurpose.change_email, form, act, again)


@get("/reset-password", opt=allow(EVERYONE), include_in_schema=False, sync_to_thread=False)
def show_reset(request: AnyRequest, sent: FromQuery[str] = "") -> Page:
    """Ask for the address to which a link shall go."""
    return render(request, "reset_password.html", form=EMPTY, sent=bool(sent))


@post("/reset-password", opt=allow(EVERYONE), include_in_schema=False)
async def submit_reset(request: AnyRequest, visit: NamedDependency[Visit]) -> Page:
    """Mail a link to reset the password; the answer is always the same."""
    form = await read_form(request, AddressForm)

    async def act(content: AddressForm) -> Page:
        await password_change.ask_reset(visit, email=content.email)
        return see_other("/reset-password?sent=1")

    async def again(wrong: Form[AddressForm]) -> Page:
        return render(request, "reset_password.html", status=wrong.status, form=wrong, sent=False)

    return await submitted(form, act, again)


@get("/reset-password/new", opt=allow(EVERYONE), include_in_schema=False)
async def show_new_password(
    request: AnyRequest, visit: NamedDependency[Visit], token: Token = ""
) -> Page:
    """Ask for the new password."""
    return await opened(request, visit, LinkPurpose.reset_password, token, "new_password.html")


@post("/reset-password/new", opt=allow(EVERYONE), include_in_schema=False)
async def submit_new_password(request: AnyRequest, visit: NamedDependency[Visit]) -> Page:
    """Set the new password; the person signs in with it then."""
    form = await read_form(request, PasswordForm)

    async def act(content: PasswordForm) -> Page:
        await password_change.reset_password(visit, token=content.token, password=content.password)
        return see_other("/sign-in", "password-reset")

    async def again(wrong: Form[PasswordForm]) -> Page:
        return await _page(request, visit, "new_password.html", wrong, wrong.value("token"))

    return await used(request, LinkPurpose.reset_password, form, act, again)


@get("/first-sign-in", opt=allow(EVERYONE), include_in_schema=False)
async def show_first_sign_in(
    request: AnyRequest, visit: NamedDependency[Visit], token: Token = ""
) -> Page:
    """Ask for name, password and consent of somebody whose account was made for them."""
    return await opened(request, visit, LinkPurpose.first_sign_in, token, "first_sign_in.html")


@post("/first-sign-in", opt=allow(EVERYONE), include_in_schema=False)
async def submit_first_sign_in(request: AnyRequest, visit: NamedDependency[Visit]) -> Page:
    """Set name and password and sign in; the second factor comes next where it is due."""
    form = await read_form(request, FirstForm)

    async def act(content: FirstForm) -> Page:
        cookie = await password_change.first_sign_in(
            visit,
            token=content.token,
            name=content.name,
            password=content.password,
            agreed=content.agreed,
        )
        return give_session(request, see_other("/"), cookie)

    async def again(wrong: Form[FirstForm]) -> Page:
        return await _page(request, visit, "first_sign_in.html", wrong, wrong.value("token"))

    return await used(request, LinkPurpose.first_sign_in, form, act, again)


HANDLERS = (
    show_confirmation,
    submit_confirmation,
    submit_confirmation_again,
    show_email_change,
    submit_email_change,
    show_reset,
    submit_reset,
    show_new_password,
    submit_new_password,
    show_first_sign_in,
    submit_first_sign_in,
)
