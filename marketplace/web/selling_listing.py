"""The seller's pages around a product on the market: taking it off, putting it back."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.catalog.listings import service
from marketplace.catalog.products import queries
from marketplace.catalog.products.policies import SELL
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.members.oversight.schemas import ReasonIn
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, render
from marketplace.web.selling import OWN, PATH, product_page


@get(OWN + "/withdraw", opt=allow(SELL), include_in_schema=False)
async def confirm_withdrawal(
    request: AnyRequest,
    product_id: FromPath[UUID],
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
) -> Page:
    """Ask whether the product is really taken off."""
    return await _withdrawal_page(request, phases, principal, product_id, EMPTY)


async def _withdrawal_page(
    request: AnyRequest, phases: Phases, principal: Principal, product_id: UUID, form: Form[Any]
) -> Page:
    async with phases() as session:
        own = await queries.get_own(session, own_organization_id(principal), product_id)
    return render(request, "selling_withdraw.html", status=form.status, form=form, own=own)


@post(OWN + "/withdraw", opt=allow(SELL), include_in_schema=False)
async def submit_withdrawal(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Take the product off the market."""
    form = await read_form(request, ReasonIn)
    own = own_organization_id(principal)

    async def act(content: ReasonIn) -> Page:
        async def withdraw(session: AsyncSession) -> object:
            return await service.withdraw(session, own, product_id, reason=content.reason)

        return await once.redirect(form.key, withdraw, f"{PATH}/{product_id}", "withdrawn")

    async def again(wrong: Form[ReasonIn]) -> Page:
        return await _withdrawal_page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


@post(OWN + "/relist", opt=allow(SELL), include_in_schema=False)
async def submit_relisting(
    request: AnyRequest,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Put the product back on the market."""
    form = await read_form(request, Nothing)
    own = own_organization_id(principal)

    async def act(_content: Nothing) -> Page:
        async def relist(session: AsyncSession) -> object:
            return await service.relist(session, own, product_id)

        return await once.redirect(form.key, relist, f"{PATH}/{product_id}", "relisted")

    async def again(wrong: Form[Nothing]) -> Page:
        return await product_page(request, phases, principal, product_id, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    confirm_withdrawal,
    submit_withdrawal,
    submit_relisting,
)
