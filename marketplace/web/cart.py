"""The pages of the cart: putting a product in, looking at it, taking one out."""

from typing import Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.db import Phases
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.cart import queries, service
from marketplace.orders.cart.policies import BUY, BUY_READ
from marketplace.orders.delivery.queries import rights_to
from marketplace.orders.quotations import service as quotations
from marketplace.orders.quotations.endpoints import limits_of
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, Nothing, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, back, render

CART: Final = "/cart"


@get(CART, opt=allow(BUY_READ), include_in_schema=False)
async def show_cart(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
) -> Page:
    """Show what the organization means to buy, by seller."""
    return await _cart_page(request, phases, principal, settings, EMPTY)


async def _cart_page(
    request: AnyRequest,
    phases: Phases,
    principal: Principal,
    settings: Settings,
    form: Form[Nothing],
) -> Page:
    async with phases() as session:
        own = own_organization_id(principal)
        cart = await queries.get_cart(session, own, most=settings.cart_products_most)
        versions = [line.version_id for seller in cart.sellers for line in seller.lines]
        owned = await rights_to(session, own, versions)
    return render(
        request,
        "cart.html",
        status=form.status,
        form=form,
        cart=cart,
        owned=owned,
        may_buy=principal.has(*BUY.roles),
        valid_days=settings.quotation_valid_days,
    )


@post("/products/{product_id:uuid}/cart", opt=allow(BUY) | back("/market"), include_in_schema=False)
async def submit_product(
    request: AnyRequest,
    *,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Put a product into the cart."""
    form = await read_form(request, Nothing)

    async def act(_: Nothing) -> Page:
        own, most = own_organization_id(principal), settings.cart_products_most

        async def add(session: AsyncSession) -> None:
            await service.add(session, own, product_id, actor_id=principal.user_id, most=most)

        return await once.redirect(form.key, add, CART, "cart-added")

    async def again(wrong: Form[Nothing]) -> Page:
        return await _cart_page(request, phases, principal, settings, wrong)

    return await submitted(form, act, again)


@post(CART + "/{product_id:uuid}/removal", opt=allow(BUY), include_in_schema=False)
async def submit_removal(
    request: AnyRequest,
    *,
    product_id: FromPath[UUID],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Take a product out of the cart."""
    form = await read_form(request, Nothing)

    async def act(_: Nothing) -> Page:
        own = own_organization_id(principal)

        async def remove(session: AsyncSession) -> None:
            await service.remove(session, own, product_id)

        return await once.redirect(form.key, remove, CART, "cart-removed")

    async def again(wrong: Form[Nothing]) -> Page:
        return await _cart_page(request, phases, principal, settings, wrong)

    return await submitted(form, act, again)


@post(CART + "/quotation", opt=allow(BUY), include_in_schema=False)
async def submit_quotation(
    request: AnyRequest,
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    phases: NamedDependency[Phases],
    once: NamedDependency[Once],
) -> Page:
    """Make a quotation of what is in the cart."""
    form = await read_form(request, Nothing)

    async def act(_: Nothing) -> Page:
        own, limits = own_organization_id(principal), limits_of(settings)

        async def make(session: AsyncSession) -> UUID:
            made = await quotations.make(session, own, actor_id=principal.user_id, limits=limits)
            return made[0].id

        return await once.redirect(
            form.key, make, lambda made: f"/quotations/{made}", "quotation-made"
        )

    async def again(wrong: Form[Nothing]) -> Page:
        return await _cart_page(request, phases, principal, settings, wrong)

    return await submitted(form, act, again)


ROUTES: tuple[ControllerRouterHandler, ...] = (
    show_cart,
    submit_product,
    submit_removal,
    submit_quotation,
)
