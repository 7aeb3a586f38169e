"""The pages of the own account: details, address, sessions, what is kept, deletion."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import SIGNED_IN, SIGNED_IN_FRESH, Principal, allow
from marketplace.db import Scope
from marketplace.errors import NotFound
from marketplace.members.accounts import deletion, email_change, export, profile, sessions
from marketplace.members.accounts.addresses import EmailAddress
from marketplace.members.accounts.browsers import browser_name
from marketplace.members.accounts.consents import given_consents
from marketplace.members.accounts.cookies import take_session
from marketplace.members.accounts.models import User
from marketplace.members.accounts.schemas import PersonName, Phone
from marketplace.members.accounts.visit import Visit
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, back, render, see_other


class DetailsForm(Struct):
    """The own details and choices."""

    name: PersonName
    phone: Phone = ""
    language: Literal["ko", "en"] = "ko"
    theme: Literal["system", "light", "dark"] = "system"


class EmailForm(Struct):
    """The new mail address."""

    email: EmailAddress


class DeletionForm(Struct):
    """That the person means it."""

    sure: Annotated[Literal["on"], Meta()]


async def _account_page(
    request: AnyRequest, visit: Visit, principal: Principal, form: Form[DetailsForm]
) -> Page:
    async with visit.phases() as session:
        user = await session.get_one(User, principal.user_id)
        given = await given_consents(session, user.id)
    return render(request, "account.html", status=form.status, form=form, user=user, given=given)


@get("/account", opt=allow(SIGNED_IN), include_in_schema=False)
async def show_account(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Show the own details."""
    return await _account_page(request, visit, principal, EMPTY)


@post("/account", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_account(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Change the own details."""
    form = await read_form(request, DetailsForm)

    async def act(content: DetailsForm) -> Page:
        theme = None if content.theme == "system" else content.theme
        facts = msgspec.structs.asdict(content) | {"theme": theme}
        async with visit.phases() as session:
            await profile.change_profile(session, principal, profile.ProfileChange(**facts))
        return see_other("/account", "saved")

    async def again(wrong: Form[DetailsForm]) -> Page:
        return await _account_page(request, visit, principal, wrong)

    return await submitted(form, act, again)


@get("/account/email", opt=allow(SIGNED_IN_FRESH), include_in_schema=False, sync_to_thread=False)
def show_email(request: AnyRequest) -> Page:
    """Ask for the new mail address."""
    return render(request, "account_email.html", form=EMPTY)


@post(
    "/account/email", opt=allow(SIGNED_IN_FRESH) | back("/account/email"), include_in_schema=False
)
async def submit_email(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Mail a link to the new address."""
    form = await read_form(request, EmailForm)

    async def act(content: EmailForm) -> Page:
        await email_change.ask_email_change(visit, principal, email=content.email)
        return see_other("/account", "mail-sent")

    async def again(wrong: Form[EmailForm]) -> Page:
        return render(request, "account_email.html", status=wrong.status, form=wrong)

    return await submitted(form, act, again)


@get("/account/sessions", opt=allow(SIGNED_IN), include_in_schema=False)
async def show_sessions(
    request: AnyRequest,
    visit: NamedDependency[Visit],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """List the browsers in which the person is signed in."""
    rows = await sessions.list_sessions(session, principal.user_id, idle=visit.rules.idle)
    return render(
        request,
        "account_sessions.html",
        sessions=[(row, browser_name(row.user_agent)) for row in rows],
        present=principal.session_id,
    )


@post("/account/sessions/{session_id:uuid}", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_session_end(
    session_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """End one of the own sessions."""
    if not await sessions.end_session(session, principal.user_id, session_id, reason="ended"):
        raise NotFound
    await record(session, "account.session_ended", Thing("user_session", session_id))
    return see_other("/account/sessions", "session-ended")


@post("/account/sessions/others", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_other_sessions_end(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> Page:
    """End all own sessions but this one."""
    ended = await sessions.end_sessions(
        session, principal.user_id, reason="ended", but=principal.session_id
    )
    thing = Thing("user_account", principal.user_id)
    await record(session, "account.sessions_ended", thing, facts={"count": ended})
    return see_other("/account/sessions", "session-ended")


@get("/account/export", opt=allow(SIGNED_IN_FRESH), include_in_schema=False)
async def send_export(
    visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Response[dict[str, Any]]:
    """Send everything that the exchange keeps about the person as a file."""
    async with visit.phases(Scope.system()) as session:
        document = await export.export_account(session, principal.user_id)
    disposition = 'attachment; filename="account.json"'
    return Response(document, headers={"content-disposition": disposition})


@get("/account/delete", opt=allow(SIGNED_IN_FRESH), include_in_schema=False, sync_to_thread=False)
def show_deletion(request: AnyRequest) -> Page:
    """Say what deletion means and ask once more."""
    return render(request, "account_delete.html", form=EMPTY)


@post(
    "/account/delete", opt=allow(SIGNED_IN_FRESH) | back("/account/delete"), include_in_schema=False
)
async def submit_deletion(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Delete the own account."""
    form = await read_form(request, DeletionForm)

    async def act(_content: DeletionForm) -> Page:
        await deletion.delete_account(visit, principal)
        return take_session(request, see_other("/", "account-deleted"))

    async def again(wrong: Form[DeletionForm]) -> Page:
        return render(request, "account_delete.html", status=wrong.status, form=wrong)

    return await submitted(form, act, again)


HANDLERS = (
    show_account,
    submit_account,
    show_email,
    submit_email,
    show_sessions,
    submit_session_end,
    submit_other_sessions_end,
    send_export,
    show_deletion,
    submit_deletion,
)
