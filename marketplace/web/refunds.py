"""The buyer's page of refunds: withdrawing from what was not downloaded, and how far each refund is."""

from typing import Any, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from billing.duties import refund_due_on
from marketplace.auth import Principal, allow
from marketplace.clock import seoul_date
from marketplace.db import Phases, Scope, now
from marketplace.idempotency import Once
from marketplace.members.organizations.bank_accounts import account_in_use
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.cart.policies import BUY, BUY_READ
from marketplace.orders.payments.attempts import payments_of
from marketplace.orders.purchases.queries import get_own, number_of
from marketplace.orders.refunds import withdrawing
from marketplace.orders.refunds.deciding import KEPT
from marketplace.orders.refunds.endpoints import refunds_of
from marketplace.orders.refunds.making import Wish
from marketplace.orders.refunds.models import RefundReason
from marketplace.orders.refunds.schemas import WithdrawalIn
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render

HERE: Final = "/orders/{order_id:uuid}/refunds"


async def _page(
    request: AnyRequest,
    phases: Phases,
    principal: Principal,
    order_id: UUID,
    form: Form[Any] = EMPTY,
) -> Page:
    async with phases() as session:
        own = own_organization_id(principal)
        order = await get_own(session, own, order_id)
        found = await refunds_of(session, order)
        payments = await payments_of(session, order.id)
        payment = next((one for one in payments if one.state in KEPT), None)
        return render(
            request,
            "refunds.html",
            status=form.status,
            form=form,
            order=order,
            number=number_of(order),
            found=found,
            payment=payment,
            has_account=await account_in_use(session, own) is not None,
            due_on=refund_due_on(seoul_date(now(session))),
            may_buy=principal.has(*BUY.roles),
        )


@get(HERE, opt=allow(BUY_READ), include_in_schema=False)
async def show_refunds(
    request: AnyRequest,
    order_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Show what can be withdrawn from in an order, and its refunds."""
    return await _page(request, phases, principal, order_id)


@post(HERE, opt=allow(BUY), include_in_schema=False)
async def submit_withdrawal(
    request: AnyRequest,
    *,
    order_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    once: NamedDependency[Once],
) -> Page:
    """Withdraw from the chosen lines."""
    form = await read_form(request, WithdrawalIn)
    own, wish = own_organization_id(principal), Wish(RefundReason.withdrawal, principal.user_id)

    async def act(given: WithdrawalIn) -> Page:
        async def withdraw(session: AsyncSession) -> object:
            return await withdrawing.withdraw(session, own, order_id, given.line_ids, wish)

        path, system = f"/orders/{order_id}/refunds", Scope.system()
        return await once.redirect(form.key, withdraw, path, "refund-asked", scope=system)

    async def again(wrong: Form[WithdrawalIn]) -> Page:
        return await _page(request, phases, principal, order_id, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (show_refunds, submit_withdrawal)
