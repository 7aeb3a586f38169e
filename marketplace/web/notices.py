"""The pages of notices: the inbox, and which kinds send mail."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, Parameter
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import SIGNED_IN, Principal, allow
from marketplace.members.accounts.endpoints.notices import cursor_after, position_of
from marketplace.members.accounts.visit import Visit
from marketplace.notices import inbox
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, language_of, next_of, render, see_other

Cursor = FromQuery[Annotated[str | None, Parameter(max_length=400)]]


class WantedForm(Struct):
    """The kinds of which mail is wanted; those not ticked are switched off."""

    kinds: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=200)] = []


@get("/notices", opt=allow(SIGNED_IN), include_in_schema=False)
async def show_notices(
    request: AnyRequest,
    *,
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    cursor: Cursor = None,
    unread: FromQuery[bool] = False,
) -> Page:
    """List the own notices, the newest first."""
    after = position_of(settings, cursor)
    rows = await inbox.list_notices(
        session, principal.user_id, language_of(request), unread=unread, after=after
    )
    following = cursor_after(settings, rows)
    more = ({"unread": "true"} if unread else {}) | {"cursor": following or ""}
    next_href = f"/notices?{urlencode(more)}" if following else ""
    return render(request, "notices.html", notices=rows, unread=unread, next_href=next_href)


@post("/notices/{notice_id:uuid}", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_open(
    notice_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Page:
    """Mark a notice as read and go to what it is about."""
    return see_other(
        next_of(await inbox.open_notice(session, principal.user_id, notice_id), "/notices")
    )


@post("/notices/read", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_read_all(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> Page:
    """Mark every own notice as read."""
    await inbox.read_all(session, principal.user_id)
    return see_other("/notices", "notices-read")


@get("/account/notices", opt=allow(SIGNED_IN), include_in_schema=False)
async def show_wanted(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Show which kinds send mail."""
    return await _wanted_page(request, visit, principal, EMPTY)


async def _wanted_page(
    request: AnyRequest, visit: Visit, principal: Principal, form: Form[WantedForm]
) -> Page:
    async with visit.phases() as session:
        muted = await inbox.muted_kinds(session, principal.user_id)
    kinds = [(kind.name, kind.label(language_of(request)), "") for kind in inbox.mutable_kinds()]
    wanted = [name for name, _, _ in kinds if name not in muted]
    return render(
        request, "account_notices.html", status=form.status, form=form, kinds=kinds, wanted=wanted
    )


@post("/account/notices", opt=allow(SIGNED_IN), include_in_schema=False)
async def submit_wanted(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Page:
    """Switch the mail of kinds off and on."""
    form = await read_form(request, WantedForm)

    async def act(content: WantedForm) -> Page:
        off = {kind.name for kind in inbox.mutable_kinds()} - set(content.kinds)
        async with visit.phases() as session:
            await inbox.mute(session, principal.user_id, off)
        return see_other("/account/notices", "saved")

    async def again(wrong: Form[WantedForm]) -> Page:
        return await _wanted_page(request, visit, principal, wrong)

    return await submitted(form, act, again)


HANDLERS = (
    show_notices,
    submit_open,
    submit_read_all,
    show_wanted,
    submit_wanted,
)
