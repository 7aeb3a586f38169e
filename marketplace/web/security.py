"""The pages of password, second factor, recovery codes and passkeys."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from marketplace.auth import SIGNED_IN, SIGNED_IN_FRESH, UNFINISHED_FRESH, Principal, allow
from marketplace.members.accounts import passkeys, password_change, second_factor, totp
from marketplace.members.accounts.cookies import give_session
from marketplace.members.accounts.models import User
from marketplace.members.accounts.password_policy import LENGTH_MAX, LENGTH_MIN
from marketplace.members.accounts.schemas import Code, Label, Password
from marketplace.members.accounts.second_factor import SetUp, compulsory_for
from marketplace.members.accounts.visit import Visit
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, back, next_of, render, see_other
from marketplace.web.sign_in import SET_UP, Next, with_next

SECURITY = "/account/security"
FRESH_HERE = allow(SIGNED_IN_FRESH) | back(SECURITY)


class PasswordForm(Struct):
    """The present password and the new one."""

    present_password: Password
    new_password: Password


class ConfirmForm(Struct):
    """The first code of an app, and where to go then."""

    code: Code
    next: Next = "/"


class NextForm(Struct):
    """Where to go then."""

    next: Next = "/"


class LabelForm(Struct):
    """What a passkey is called."""

    label: Label


async def _security_page(
    request: AnyRequest, visit: Visit, principal: Principal, form: Form[Any] = EMPTY
) -> Page:
    async with visit.phases() as session:
        user = await session.get_one(User, principal.user_id)
        factors = await second_factor.factors_of(session, user.id)
        keys = await passkeys.list_passkeys(session, user.id)
    return render(
        request,
        "account_security.html",
        status=form.status,
        form=form,
        user=user,
        factors=factors,
        passkeys=keys,
        party=visit.rules.party,
        compulsory=compulsory_for(principal),
    )


@get(SECURITY, opt=allow(SIGNED_IN), include_in_schema=False)
async def show_security(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Show password, second factor, recovery codes and passkeys."""
    return await _security_page(request, visit, principal)


@get("/account/security/password", opt=allow(SIGNED_IN), include_in_schema=False)
async def show_password(request: AnyRequest) -> Page:
    """Ask for the present password and the new one."""
    return _password_page(request, EMPTY)


def _password_page(request: AnyRequest, form: Form[PasswordForm]) -> Page:
    limits = {"shortest": LENGTH_MIN, "longest": LENGTH_MAX}
    return render(request, "account_password.html", status=form.status, form=form, **limits)


@post("/account/security/password", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_password(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Change the password."""
    form = await read_form(request, PasswordForm)

    async def act(content: PasswordForm) -> Page:
        cookie = await password_change.change_password(
            visit, principal, present=content.present_password, new=content.new_password
        )
        return give_session(request, see_other(SECURITY, "password-changed"), cookie)

    async def again(wrong: Form[PasswordForm]) -> Page:
        return _password_page(request, wrong)

    return await submitted(form, act, again)


@get(SET_UP, opt=allow(UNFINISHED_FRESH), include_in_schema=False)
async def show_set_up(
    request: AnyRequest,
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
    next: FromQuery[str | None] = None,  # noqa: A002 - the name in the address
) -> Page:
    """Explain the second factor, and show the app's secret while it waits for its first code."""
    pending = await second_factor.pending_set_up(visit, principal)
    return _set_up_page(request, visit, EMPTY, pending, next_of(next, SECURITY))


def _set_up_page(
    request: AnyRequest, visit: Visit, form: Form[Any], pending: SetUp | None, to: str
) -> Page:
    return render(
        request,
        "second_factor_set_up.html",
        status=form.status,
        form=form,
        pending=pending,
        code=totp.qr_code(pending.otpauth_uri) if pending else None,
        party=visit.rules.party,
        next=to,
    )


@post(
    "/account/security/second-factor/begin",
    opt=allow(UNFINISHED_FRESH) | back(SET_UP),
    include_in_schema=False,
)
async def submit_begin(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Make a secret for an app and show it."""
    form = await read_form(request, NextForm)
    await second_factor.begin_set_up(visit, principal)
    return see_other(with_next(SET_UP, next_of(form.value("next"), SECURITY)))


@post(SET_UP, opt=allow(UNFINISHED_FRESH) | back(SET_UP), include_in_schema=False)
async def submit_set_up(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Confirm the app by its first code and show the recovery codes this once."""
    form = await read_form(request, ConfirmForm)
    to = next_of(form.value("next"), SECURITY)

    async def act(content: ConfirmForm) -> Page:
        codes, cookie = await second_factor.confirm_set_up(visit, principal, code=content.code)
        page = render(request, "recovery_codes.html", codes=codes, next=to, plain=True, first=True)
        return give_session(request, page, cookie)

    async def again(wrong: Form[ConfirmForm]) -> Page:
        pending = await second_factor.pending_set_up(visit, principal)
        return _set_up_page(request, visit, wrong, pending, to)

    return await submitted(form, act, again)


@post("/account/security/recovery-codes", opt=FRESH_HERE, include_in_schema=False, status_code=200)
async def submit_recovery_codes(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Make ten new recovery codes and show them this once."""
    codes = await second_factor.renew_recovery_codes(visit, principal)
    return render(
        request, "recovery_codes.html", codes=codes, next=SECURITY, plain=True, first=False
    )


@post("/account/security/authenticator/remove", opt=FRESH_HERE, include_in_schema=False)
async def submit_authenticator_removal(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Remove the authenticator app."""

    async def act(_content: NextForm) -> Page:
        async with visit.phases() as session:
            await second_factor.remove_authenticator(session, principal)
        return see_other(SECURITY, "authenticator-removed")

    async def again(wrong: Form[NextForm]) -> Page:
        return await _security_page(request, visit, principal, wrong)

    return await submitted(await read_form(request, NextForm), act, again)


@post(
    "/account/security/passkeys/{passkey_id:uuid}/remove", opt=FRESH_HERE, include_in_schema=False
)
async def submit_passkey_removal(
    request: AnyRequest,
    passkey_id: FromPath[UUID],
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
) -> Page:
    """Remove a passkey."""

    async def act(_content: NextForm) -> Page:
        async with visit.phases() as session:
            await passkeys.remove(session, principal, passkey_id)
        return see_other(SECURITY, "passkey-removed")

    async def again(wrong: Form[NextForm]) -> Page:
        return await _security_page(request, visit, principal, wrong)

    return await submitted(await read_form(request, NextForm), act, again)


@post("/account/security/passkeys/{passkey_id:uuid}", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_passkey_label(
    request: AnyRequest,
    passkey_id: FromPath[UUID],
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
) -> Page:
    """Give a passkey another label."""

    async def act(content: LabelForm) -> Page:
        async with visit.phases() as session:
            await passkeys.rename(session, principal, passkey_id, label=content.label)
        return see_other(SECURITY, "saved")

    async def again(wrong: Form[LabelForm]) -> Page:
        return await _security_page(request, visit, principal, wrong)

    return await submitted(await read_form(request, LabelForm), act, again)


HANDLERS = (
    show_security,
    show_password,
    submit_password,
    show_set_up,
    submit_begin,
    submit_set_up,
    submit_recovery_codes,
    submit_authenticator_removal,
    submit_passkey_removal,
    submit_passkey_label,
)
