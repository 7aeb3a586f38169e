"""The API of disputes for the two sides of a sale."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Scope
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.acceptance.endpoints import PATH, TAGS
from marketplace.orders.acceptance.errors import AcceptanceNotFound
from marketplace.orders.cart.policies import BUY, BUY_READ
from marketplace.orders.disputes import answering, opening, queries
from marketplace.orders.disputes.errors import (
    DisputeDecided,
    DisputeNotFound,
    DisputeOpen,
    DisputesTooMany,
    DisputeTooLate,
    NothingToDispute,
)
from marketplace.orders.disputes.policies import SELL, SELL_READ
from marketplace.orders.disputes.schemas import AnswerIn, DisputeIn, DisputeOut, Disputes

OWN: Final = PATH + "/disputes"
SOLD: Final = PATH + "/sales/disputes"


@get(OWN, opt=allow(BUY_READ), tags=TAGS)
async def list_own_disputes(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> Disputes:
    """List the disputes that your organization opened as a buyer."""
    return Disputes(await queries.list_bought(session, own_organization_id(principal)))


@post(
    PATH + "/acceptances/{line_id:uuid}/disputes",
    opt=allow(BUY)
    | answers(AcceptanceNotFound, NothingToDispute, DisputeOpen, DisputesTooMany, DisputeTooLate),
    tags=TAGS,
)
async def open_dispute(
    line_id: FromPath[UUID],
    data: JSONBody[DisputeIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[DisputeOut]:
    """Dispute a delivered line; while it is open the seller's money stays held."""
    own, actor_id = own_organization_id(principal), principal.user_id

    async def act(session: AsyncSession) -> DisputeOut:
        made = await opening.open_dispute(session, own, line_id, data, actor_id=actor_id)
        return (await queries.shaped(session, [made]))[0]

    return await once.answer(act, DisputeOut, scope=Scope.system())


@post(
    OWN + "/{dispute_id:uuid}/withdrawal",
    status_code=200,
    opt=allow(BUY) | answers(DisputeNotFound, DisputeDecided),
    tags=TAGS,
)
async def withdraw_dispute(
    dispute_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[DisputeOut]:
    """Give a dispute up; the line counts as accepted."""
    own, actor_id = own_organization_id(principal), principal.user_id

    async def act(session: AsyncSession) -> DisputeOut:
        found = await opening.withdraw(session, own, dispute_id, actor_id=actor_id)
        return (await queries.shaped(session, [found]))[0]

    return await once.answer(act, DisputeOut, status=200, scope=Scope.system())


@get(SOLD, opt=allow(SELL_READ), tags=TAGS)
async def list_sold_disputes(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> Disputes:
    """List the disputes of your organization's sales."""
    return Disputes(await queries.list_sold(session, own_organization_id(principal)))


@post(
    SOLD + "/{dispute_id:uuid}/answer",
    status_code=200,
    opt=allow(SELL) | answers(DisputeNotFound, DisputeDecided),
    tags=TAGS,
)
async def answer_dispute(
    dispute_id: FromPath[UUID],
    data: JSONBody[AnswerIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[DisputeOut]:
    """Answer a dispute of your sale, once."""
    own, actor_id = own_organization_id(principal), principal.user_id

    async def act(session: AsyncSession) -> DisputeOut:
        found = await answering.answer(session, own, dispute_id, data.answer, actor_id=actor_id)
        return (await queries.shaped(session, [found]))[0]

    return await once.answer(act, DisputeOut, status=200, scope=Scope.system())


ROUTES: tuple[ControllerRouterHandler, ...] = (
    list_own_disputes,
    open_dispute,
    withdraw_dispute,
    list_sold_disputes,
    answer_dispute,
)
