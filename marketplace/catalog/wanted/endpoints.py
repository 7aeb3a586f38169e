"""The API of wanted data: what everybody reads, asking, answering, the operator's list."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import EVERYONE, Principal, allow
from marketplace.catalog.market.queries import Offer
from marketplace.catalog.products.policies import SELL
from marketplace.catalog.wanted import queries, service, talking
from marketplace.catalog.wanted.errors import (
    OwnWanted,
    WantedClosed,
    WantedFull,
    WantedHidden,
    WantedInvalid,
    WantedNotFound,
    WantedProductWrong,
    WantedThreadFull,
    WantedThreadNotFound,
)
from marketplace.catalog.wanted.models import WantedMessage, WantedRequest, WantedState
from marketplace.catalog.wanted.policies import ASK, TAKE_PART, in_person
from marketplace.catalog.wanted.queries import Talk, WantedFilter
from marketplace.catalog.wanted.schemas import (
    AnswerIn,
    MessageIn,
    NamedProduct,
    WantedClosingIn,
    WantedDesk,
    WantedDeskLine,
    WantedDetail,
    WantedIn,
    WantedList,
    WantedMessageOut,
    WantedOut,
    WantedPage,
    WantedThreadOut,
    WantedThreads,
)
from marketplace.catalog.wanted.service import WantedLimits
from marketplace.clock import seoul_date
from marketplace.db import now
from marketplace.http.cursors import CursorRefused
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.errors import NoOrganization
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.errors import OwnAccount, ReasonMissing
from marketplace.members.oversight.listing import (
    DEFAULT_ROWS,
    Cursor,
    Limit,
    cursors_of,
    next_cursor,
    position_of,
)
from marketplace.members.oversight.policies import REVIEWERS
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.settings import Settings

PATH: Final = "/api/v1/wanted"
ONE: Final = PATH + "/{request_id:uuid}"
DESK: Final = "/api/v1/operator/wanted"
TAGS: Final = ["wanted"]
LIST_NAME: Final = "wanted"
# "state" is a word of the framework, so the argument has another name than the parameter.
InState = Annotated[WantedState | None, QueryParameter(name="state")]
Industry = Annotated[str, QueryParameter(max_length=2)]


def limits_of(settings: Settings) -> WantedLimits:
    """Return how much may be asked in this installation."""
    return WantedLimits(
        settings.wanted_open_most, settings.wanted_days_most, settings.wanted_messages_most
    )


def out_of(session: AsyncSession, request: WantedRequest) -> WantedOut:
    """Shape a request as everybody sees it."""
    return WantedOut(
        id=request.id,
        title=request.title,
        purpose=request.purpose,
        industry_division=request.industry_division,
        process=request.process,
        equipment=request.equipment,
        data_kind=request.data_kind,
        period=request.period,
        budget_from_won=request.budget_from_won,
        budget_to_won=request.budget_to_won,
        until_on=request.until_on,
        state=queries.state_at(request, seoul_date(now(session))),
        asker=request.asker_name,
        answer_count=request.answer_count,
        asked_at=request.created_at,
        closed_at=request.closed_at,
        hidden_reason=request.hidden_reason,
    )


async def desk_lines(
    session: AsyncSession, requests: Sequence[WantedRequest]
) -> list[WantedDeskLine]:
    """Shape requests as the operator sees them."""
    names = await queries.askers_of(session, requests)
    return [
        WantedDeskLine(out_of(session, one), one.organization_id, names[one.organization_id])
        for one in requests
    ]


def named(offer: Offer) -> NamedProduct:
    """Shape a product that a seller named."""
    assert offer.product.price_won is not None, "a listed product has its price"
    return NamedProduct(
        offer.product.id,
        offer.content.title_ko,
        offer.content.title_en,
        offer.seller.name,
        offer.product.price_won,
    )


def _thread(talk: Talk) -> WantedThreadOut:
    thread = talk.thread
    said = [convert(one, WantedMessageOut, from_attributes=True) for one in talk.messages]
    return WantedThreadOut(
        thread.id, thread.request_id, thread.organization_id, thread.seller_name, said
    )


def _said(message: WantedMessage) -> WantedMessageOut:
    return convert(message, WantedMessageOut, from_attributes=True)


@get(PATH, opt=allow(EVERYONE) | answers(CursorRefused), tags=TAGS)
async def list_wanted(
    *,
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    industry: Industry = "",
    in_state: InState = None,
    cursor: Cursor = "",
    limit: Limit = DEFAULT_ROWS,
) -> WantedPage:
    """List requests for data, the newest first, by industry and state."""
    cursors, given = cursors_of(settings, LIST_NAME), WantedFilter(industry, in_state)
    after = position_of(cursors, cursor)
    rows = await queries.list_public(session, given, after=after, rows_max=limit + 1)
    shown = [out_of(session, one) for one in rows[:limit]]
    return WantedPage(shown, next_cursor(cursors, rows, limit))


@post(PATH, opt=allow(ASK) | answers(NoOrganization, WantedInvalid, WantedFull), tags=TAGS)
async def ask_for_data(
    data: JSONBody[WantedIn],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[WantedOut]:
    """Ask for data that are not on the market; sellers of the industry are told."""
    own, limits = own_organization_id(principal), limits_of(settings)

    async def act(session: AsyncSession) -> WantedOut:
        asked = await service.ask(session, own, data, actor_id=principal.user_id, limits=limits)
        return out_of(session, asked)

    return await once.answer(act, WantedOut)


@get(ONE, opt=allow(EVERYONE) | answers(WantedNotFound), tags=TAGS)
async def show_wanted(
    request_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    visitor: NamedDependency[Principal | None],
) -> WantedDetail:
    """Read a request with the products that sellers named; a hidden one only as its asker."""
    reader = in_person(visitor)
    own, staff = (reader.organization_id, reader.staff) if reader else (None, False)
    found = await queries.get_visible(session, request_id, own, staff=staff)
    products = await queries.products_of(session, request_id)
    return WantedDetail(out_of(session, found), [named(one) for one in products])


@put(
    ONE,
    opt=allow(ASK)
    | answers(NoOrganization, WantedNotFound, WantedHidden, WantedClosed, WantedInvalid),
    tags=TAGS,
)
async def edit_wanted(
    request_id: FromPath[UUID],
    data: JSONBody[WantedIn],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> WantedOut:
    """Change an open request of your organization as a whole."""
    own = own_organization_id(principal)
    limits = limits_of(settings)
    return out_of(session, await service.edit(session, own, request_id, data, limits=limits))


@post(
    ONE + "/closing",
    status_code=200,
    opt=allow(ASK) | answers(NoOrganization, WantedNotFound, WantedHidden, WantedClosed),
    tags=TAGS,
)
async def close_wanted(
    request_id: FromPath[UUID],
    data: JSONBody[WantedClosingIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[WantedOut]:
    """Close a request: found, or no longer needed."""
    own, outcome = own_organization_id(principal), WantedState(data.outcome)

    async def act(session: AsyncSession) -> WantedOut:
        return out_of(session, await service.close(session, own, request_id, outcome=outcome))

    return await once.answer(act, WantedOut, status=200)


@post(
    ONE + "/answers",
    opt=allow(SELL)
    | answers(
        NoOrganization, WantedNotFound, OwnWanted, WantedHidden, WantedClosed, WantedThreadFull,
        WantedProductWrong,
    ),
    tags=TAGS,
)  # fmt: skip
async def answer_wanted(
    request_id: FromPath[UUID],
    data: JSONBody[AnswerIn],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[WantedMessageOut]:
    """Answer a request as a seller; only the asker and the operator read it, a product everybody."""
    own, limits, actor_id = own_organization_id(principal), limits_of(settings), principal.user_id

    async def act(session: AsyncSession) -> WantedMessageOut:
        return _said(
            await talking.answer(session, own, request_id, data, actor_id=actor_id, limits=limits)
        )

    return await once.answer(act, WantedMessageOut)


@get(ONE + "/threads", opt=allow(TAKE_PART) | answers(NoOrganization, WantedNotFound), tags=TAGS)
async def list_threads(
    request_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> WantedThreads:
    """List the threads of a request that your organization takes part in."""
    own = own_organization_id(principal)
    await queries.get_visible(session, request_id, own)
    return WantedThreads([_thread(one) for one in await queries.talks_of(session, request_id, own)])


@post(
    PATH + "/threads/{thread_id:uuid}/messages",
    opt=allow(ASK) | answers(NoOrganization, WantedThreadNotFound, WantedHidden, WantedThreadFull),
    tags=TAGS,
)
async def reply_in_thread(
    thread_id: FromPath[UUID],
    data: JSONBody[MessageIn],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[WantedMessageOut]:
    """Reply to a seller who has answered your request."""
    own, limits, actor_id = own_organization_id(principal), limits_of(settings), principal.user_id

    async def act(session: AsyncSession) -> WantedMessageOut:
        return _said(
            await talking.reply(
                session, own, thread_id, data.body, actor_id=actor_id, limits=limits
            )
        )

    return await once.answer(act, WantedMessageOut)


@get("/api/v1/organization/wanted", opt=allow(TAKE_PART) | answers(NoOrganization), tags=TAGS)
async def list_own_wanted(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> WantedList:
    """List what your organization has asked for, the newest first."""
    own = await queries.list_own(session, own_organization_id(principal))
    return WantedList([out_of(session, one) for one in own])


@get(DESK, opt=allow(REVIEWERS) | answers(CursorRefused), tags=["operator"])
async def list_wanted_for_staff(
    *,
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    hidden: FromQuery[bool] = False,
    cursor: Cursor = "",
    limit: Limit = DEFAULT_ROWS,
) -> WantedDesk:
    """List requests with who asks, or those that were hidden, the newest first."""
    cursors, given = cursors_of(settings, LIST_NAME), WantedFilter(hidden=hidden)
    after = position_of(cursors, cursor)
    rows = await queries.list_public(session, given, after=after, rows_max=limit + 1)
    return WantedDesk(await desk_lines(session, rows[:limit]), next_cursor(cursors, rows, limit))


@get(
    DESK + "/{request_id:uuid}/threads",
    opt=allow(REVIEWERS) | answers(WantedNotFound),
    tags=["operator"],
)
async def list_threads_for_staff(
    request_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> WantedThreads:
    """List all threads of a request."""
    await queries.get_visible(session, request_id, None, staff=True)
    talks = await queries.talks_of(session, request_id, None, staff=True)
    return WantedThreads([_thread(one) for one in talks])


@post(
    DESK + "/{request_id:uuid}/hiding",
    status_code=200,
    opt=allow(REVIEWERS) | answers(WantedNotFound, ReasonMissing, OwnAccount),
    tags=["operator"],
)
async def hide_wanted(
    request_id: FromPath[UUID],
    data: JSONBody[ReasonIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[WantedOut]:
    """Hide a request from everybody but its asker and the staff; the asker is told why."""

    async def act(session: AsyncSession) -> WantedOut:
        return out_of(
            session, await service.hide(session, principal, request_id, reason=data.reason)
        )

    return await once.answer(act, WantedOut, status=200)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_wanted,
    ask_for_data,
    show_wanted,
    edit_wanted,
    close_wanted,
    answer_wanted,
    list_threads,
    reply_in_thread,
    list_own_wanted,
    list_wanted_for_staff,
    list_threads_for_staff,
    hide_wanted,
)
