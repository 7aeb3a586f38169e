"""The operator's API of persons."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Function, Principal, Role, allow
from marketplace.idempotency import Once
from marketplace.members.accounts.models import UserState
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    Cursor,
    Limit,
    cursors_of,
    next_cursor,
    position_of,
)
from marketplace.members.oversight.people import queries, service
from marketplace.members.oversight.people.detail import person_detail
from marketplace.members.oversight.people.queries import PersonFilter
from marketplace.members.oversight.people.schemas import (
    EndedOut,
    PeopleOut,
    PersonDetailOut,
    PersonOut,
)
from marketplace.members.oversight.policies import ADMINISTRATORS, ADMINISTRATORS_FRESH
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.settings import Settings

LIST_NAME = "operator_people"
# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[UserState | None, QueryParameter(name="state")]


def provide_filter(
    text: FromQuery[str] = "",
    in_state: InState = None,
    function: FromQuery[Function | None] = None,
    role: FromQuery[Role | None] = None,
) -> PersonFilter:
    """Read the conditions of the list from the address."""
    return PersonFilter(text[:100], in_state, function, role)


@get(
    "/",
    opt=allow(ADMINISTRATORS),
    dependencies={"wanted": Provide(provide_filter, sync_to_thread=False)},
)
async def list_people(
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    wanted: NamedDependency[PersonFilter],
    limit: Limit = DEFAULT_ROWS,
    cursor: Cursor = "",
) -> PeopleOut:
    """List persons, the newest first."""
    cursors = cursors_of(settings, LIST_NAME)
    after = position_of(cursors, cursor)
    rows = await queries.list_people(session, wanted, after=after, rows_max=limit + 1)
    shown = {"items": rows[:limit], "next_cursor": next_cursor(cursors, rows, limit)}
    return msgspec.convert(shown, PeopleOut, from_attributes=True)


@get("/{user_id:uuid}", opt=allow(ADMINISTRATORS))
async def show_person(
    session: NamedDependency[AsyncSession], user_id: FromPath[UUID]
) -> PersonDetailOut:
    """Show a person with membership, second factors and sessions."""
    return await person_detail(session, user_id)


@post("/{user_id:uuid}/sessions/end", opt=allow(ADMINISTRATORS_FRESH))
async def end_sessions(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    user_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[EndedOut]:
    """Sign a person out everywhere."""

    async def act(session: AsyncSession) -> object:
        ended = await service.end_sessions(session, principal, user_id, reason=data.reason)
        return EndedOut(ended)

    return await once.answer(act, EndedOut)


@post("/{user_id:uuid}/suspension", opt=allow(ADMINISTRATORS_FRESH))
async def suspend_person(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    user_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[PersonOut]:
    """Suspend an account; all its sessions and tokens stop at once."""

    async def act(session: AsyncSession) -> object:
        return await service.suspend_person(session, principal, user_id, reason=data.reason)

    return await once.answer(act, PersonOut)


@post("/{user_id:uuid}/reinstatement", opt=allow(ADMINISTRATORS_FRESH))
async def reinstate_person(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    user_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
) -> Response[PersonOut]:
    """End the suspension of an account."""

    async def act(session: AsyncSession) -> object:
        return await service.reinstate_person(session, principal, user_id, reason=data.reason)

    return await once.answer(act, PersonOut)


@post("/{user_id:uuid}/confirmation", opt=allow(ADMINISTRATORS))
async def resend_confirmation(
    once: NamedDependency[Once],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    user_id: FromPath[UUID],
) -> Response[PersonOut]:
    """Send the link again to somebody whose address is not confirmed."""
    url = settings.public_url

    async def act(session: AsyncSession) -> object:
        return await service.resend_confirmation(session, principal, user_id, public_url=url)

    return await once.answer(act, PersonOut)


ROUTES = (
    Router(
        "/api/v1/operator/people",
        route_handlers=[
            list_people,
            show_person,
            end_sessions,
            suspend_person,
            reinstate_person,
            resend_confirmation,
        ],
        tags=["operator: people"],
    ),
)
