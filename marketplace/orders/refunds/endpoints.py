"""The API of refunds for a buyer: what can be withdrawn from, withdrawing, and how far refunds are."""

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
from marketplace.orders.acceptance.endpoints import TAGS
from marketplace.orders.cart.policies import BUY, BUY_READ
from marketplace.orders.purchases.errors import OrderNotFound
from marketplace.orders.purchases.models import Order
from marketplace.orders.purchases.queries import get_own, lines_of
from marketplace.orders.refunds import queries, withdrawing
from marketplace.orders.refunds.errors import NothingToRefund, WithdrawalOver
from marketplace.orders.refunds.making import Wish
from marketplace.orders.refunds.models import RefundReason
from marketplace.orders.refunds.schemas import (
    OrderRefunds,
    RefundCaseOut,
    WithdrawableOut,
    WithdrawalIn,
)
from marketplace.orders.refunds.withdrawing import Withdrawable

PATH: Final = "/api/v1/organization/orders/{order_id:uuid}/refunds"


def _line(one: Withdrawable) -> WithdrawableOut:
    return WithdrawableOut(
        line_id=one.line.id, title=one.line.title_ko, version_number=one.line.version_number,
        seller_name=one.line.seller_name, left_won=one.line.left_won, downloaded=one.downloaded,
        ends_on=one.ends_on, allowed=one.allowed,
    )  # fmt: skip


async def refunds_of(session: AsyncSession, order: Order) -> OrderRefunds:
    """Return what can be withdrawn from in an order, and its refunds."""
    lines = await lines_of(session, order.id)
    found = await withdrawing.withdrawable(session, order, lines)
    cases = await queries.list_of_order(session, order.id)
    return OrderRefunds(lines=[_line(one) for one in found], cases=cases)


@get(PATH, opt=allow(BUY_READ) | answers(OrderNotFound), tags=TAGS)
async def list_refunds(
    order_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> OrderRefunds:
    """Show what can be withdrawn from in an order, and its refunds."""
    return await refunds_of(
        session, await get_own(session, own_organization_id(principal), order_id)
    )


@post(
    PATH,
    opt=allow(BUY) | answers(OrderNotFound, NothingToRefund, WithdrawalOver),
    tags=TAGS,
)
async def withdraw(
    order_id: FromPath[UUID],
    data: JSONBody[WithdrawalIn],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Response[RefundCaseOut]:
    """Withdraw from lines that were not downloaded; everything that is left of them goes back."""
    own, wish = own_organization_id(principal), Wish(RefundReason.withdrawal, principal.user_id)

    async def act(session: AsyncSession) -> RefundCaseOut:
        case = await withdrawing.withdraw(session, own, order_id, data.line_ids, wish)
        return (await queries.shaped(session, [case]))[0]

    return await once.answer(act, RefundCaseOut, scope=Scope.system())


ROUTES: tuple[ControllerRouterHandler, ...] = (list_refunds, withdraw)
