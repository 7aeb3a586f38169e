"""The own account: who am I, details, password, address, consent, sessions, export, deletion."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.audit import Thing, record
from marketplace.auth import (
    SIGNED_IN,
    SIGNED_IN_FRESH,
    UNFINISHED,
    Principal,
    TokenScope,
    allow,
)
from marketplace.db import Scope
from marketplace.errors import NotFound, TooManyRequests
from marketplace.http.openapi import answers
from marketplace.members.accounts import (
    consents,
    deletion,
    email_change,
    export,
    password_change,
    profile,
    sessions,
)
from marketplace.members.accounts.cookies import take_session
from marketplace.members.accounts.endpoints.sign_in import signed_in
from marketplace.members.accounts.errors import LastOwner, PasswordNotRight, PasswordRefused
from marketplace.members.accounts.models import User
from marketplace.members.accounts.schemas import (
    ConsentIn,
    EmailIn,
    MeOut,
    PasswordIn,
    ProfileIn,
    ProfileOut,
    SessionOut,
    SignedInOut,
)
from marketplace.members.accounts.second_factor import refuse_half_signed_in
from marketplace.members.accounts.visit import Visit

AnyRequest = Request[Any, Any, Any]
TAGS = ["account"]
READABLE = replace(UNFINISHED, token_scope=TokenScope.account_read)
DETAILS = replace(SIGNED_IN, token_scope=TokenScope.account_read)


@get("/me", opt=allow(READABLE), tags=TAGS, sync_to_thread=False)
def show_me(principal: NamedDependency[Principal]) -> MeOut:
    """Say who asks, for which organization, with which roles, and what is due."""
    return MeOut.of(principal)


@delete("/me", opt=allow(SIGNED_IN_FRESH) | answers(LastOwner), tags=TAGS, status_code=204)
async def delete_account(
    request: AnyRequest, visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Response[None]:
    """Delete the own account; the last owner of an organization cannot."""
    await deletion.delete_account(visit, principal)
    return take_session(request, Response(None, status_code=204))


@get("/me/profile", opt=allow(DETAILS), tags=TAGS)
async def show_profile(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> ProfileOut:
    """Return the own details."""
    user = await session.get_one(User, principal.user_id)
    return msgspec.convert(user, ProfileOut, from_attributes=True)


@patch("/me/profile", opt=allow(SIGNED_IN), tags=TAGS)
async def change_profile(
    data: JSONBody[ProfileIn],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> ProfileOut:
    """Change the own details; what is left out stays."""
    change = profile.ProfileChange(**msgspec.structs.asdict(data))
    user = await profile.change_profile(session, principal, change)
    return msgspec.convert(user, ProfileOut, from_attributes=True)


@put(
    "/me/password",
    opt=allow(SIGNED_IN) | answers(PasswordNotRight, PasswordRefused, TooManyRequests),
    tags=TAGS,
)
async def change_password(
    request: AnyRequest,
    data: JSONBody[PasswordIn],
    visit: NamedDependency[Visit],
    principal: NamedDependency[Principal],
) -> Response[SignedInOut]:
    """Change the password; other sessions end and this one gets a new cookie."""
    cookie = await password_change.change_password(
        visit, principal, present=data.present_password, new=data.new_password
    )
    return await signed_in(request, cookie)


@put(
    "/me/email",
    opt=allow(SIGNED_IN_FRESH) | answers(email_change.EmailUnchanged, TooManyRequests),
    tags=TAGS,
    status_code=204,
)
async def ask_email_change(
    data: JSONBody[EmailIn], visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> None:
    """Ask for another mail address; it changes when the link sent to it is used."""
    await email_change.ask_email_change(visit, principal, email=data.email)


@put("/me/consents", opt=allow(UNFINISHED), tags=TAGS, status_code=204)
async def give_consents(
    data: JSONBody[ConsentIn],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> None:
    """Agree to the texts in force, after the second factor where there is one."""
    await refuse_half_signed_in(session, principal)
    await consents.record_consents(session, principal.user_id, data.kinds)


@get("/me/sessions", opt=allow(SIGNED_IN), tags=TAGS)
async def list_sessions(
    visit: NamedDependency[Visit],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> list[SessionOut]:
    """List the browsers in which the person is signed in."""
    found = await sessions.list_sessions(session, principal.user_id, idle=visit.rules.idle)
    return [SessionOut.of(row, present=principal.session_id) for row in found]


@delete("/me/sessions/{session_id:uuid}", opt=allow(SIGNED_IN), tags=TAGS, status_code=204)
async def end_session(
    session_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> None:
    """End one of the own sessions."""
    ended = await sessions.end_session(session, principal.user_id, session_id, reason="ended")
    if not ended:
        raise NotFound
    await record(session, "account.session_ended", Thing("user_session", session_id))


@delete("/me/sessions", opt=allow(SIGNED_IN), tags=TAGS, status_code=204)
async def end_other_sessions(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> None:
    """End all own sessions but this one."""
    count = await sessions.end_sessions(
        session, principal.user_id, reason="ended", but=principal.session_id
    )
    thing = Thing("user_account", principal.user_id)
    await record(session, "account.sessions_ended", thing, facts={"count": count})


@get("/me/export", opt=allow(SIGNED_IN_FRESH), tags=TAGS)
async def export_account(
    visit: NamedDependency[Visit], principal: NamedDependency[Principal]
) -> Response[dict[str, Any]]:
    """Return everything that the exchange keeps about the person, as a file."""
    async with visit.phases(Scope.system()) as session:
        document = await export.export_account(session, principal.user_id)
    disposition = 'attachment; filename="account.json"'
    return Response(document, headers={"content-disposition": disposition})


HANDLERS = (
    show_me,
    delete_account,
    show_profile,
    change_profile,
    change_password,
    ask_email_change,
    give_consents,
    list_sessions,
    end_session,
    end_other_sessions,
    export_account,
)
