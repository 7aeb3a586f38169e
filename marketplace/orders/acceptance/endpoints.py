"""The API of accepting what was delivered."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Struct, convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Scope
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.acceptance import accepting, queries
from marketplace.orders.acceptance.errors import AcceptanceClosed, AcceptanceNotFound
from marketplace.orders.acceptance.schemas import AcceptanceOut
from marketplace.orders.cart.policies import BUY, BUY_READ
from marketplace.orders.purchases.errors import OrderNotFound
from marketplace.orders.purchases.queries import get_own

PATH: Final = "/api/v1/organization"
TAGS: Final = ["acceptance and refunds"]


class Acceptances(Struct, frozen=True):
    """The windows of an order's lines."""

    items: list[AcceptanceOut]


@get(
    PATH + "/orders/{order_id:uuid}/acceptances",
    opt=allow(BUY_READ) | answers(OrderNotFound),
    tags=TAGS,
)
async def list_acceptances(
    order_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> Acceptances:
    """List the windows of an order's lines; one that was never paid has none."""
    order = await get_own(session, own_organization_id(principal), order_id)
    found = await queries.windows_of(session, order.id)
    return Acceptances(
        [convert(one, AcceptanceOut, from_attributes=True) for one in found.values()]
    )


@post(
    PATH + "/acceptances/{line_id:uuid}/acceptance",
    status_code=200,
    opt=allow(BUY) | answers(AcceptanceNotFound, AcceptanceClosed),
    tags=TAGS,
)
async def accept_line(
    line_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[AcceptanceOut]:
    """Accept a delivered line; the seller's money is no longer held."""
    own = own_organization_id(principal)

    async def act(session: AsyncSession) -> object:
        return await accepting.accept(session, own, line_id, actor_id=principal.user_id)

    return await once.answer(act, AcceptanceOut, status=200, scope=Scope.system())


ROUTES: tuple[ControllerRouterHandler, ...] = (list_acceptances, accept_line)
