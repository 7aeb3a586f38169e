"""The pages between cart and gateway: what is bought, on which terms, and how it is paid."""

from typing import Annotated, Final
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from billing.gateways.facts import Method
from marketplace.auth import Principal, allow
from marketplace.catalog.products.licence.contract import Clause, clauses
from marketplace.catalog.products.models import ContentState, ProductContent, Purpose
from marketplace.catalog.sellers.queries import tax_types_of
from marketplace.db import Phases
from marketplace.errors import Language
from marketplace.idempotency import Once
from marketplace.members.organizations.models import Organization
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.cart.policies import BUY
from marketplace.orders.cart.queries import get_cart
from marketplace.orders.cart.schemas import Cart
from marketplace.orders.checkout import placing
from marketplace.orders.checkout.placing import Buyer, limits_of
from marketplace.orders.checkout.schemas import AcceptedTerms, OrderIn
from marketplace.orders.delivery.queries import owned_versions
from marketplace.orders.payments.attempts import methods_of
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.models import EVIDENCE_OF, EvidenceKind
from marketplace.settings import Settings
from marketplace.web.forms import EMPTY, Form, read_form, submitted
from marketplace.web.pages import AnyRequest, Page, language_of, render, see_other

CHECKOUT: Final = "/checkout"

Term = Annotated[str, Meta(pattern=r"^[0-9a-f-]{36}:[0-9a-f]{64}$")]


class CheckoutForm(Struct, kw_only=True):
    """What a buyer ticks and types; each of ``terms`` is a product's id and the hash of its terms."""

    purpose: Purpose
    purpose_note: Annotated[str, Meta(min_length=2, max_length=1_000)]
    method: Method
    total_won: Annotated[int, Meta(ge=1)]
    terms: list[Term] = []
    again: bool = False

    def order(self) -> OrderIn:
        """Return the order that the form means."""
        pairs = [one.split(":") for one in self.terms]
        accepted = [
            AcceptedTerms(product_id=UUID(product), licence_sha256=sha) for product, sha in pairs
        ]
        return OrderIn(
            terms=accepted,
            purpose=self.purpose,
            purpose_note=self.purpose_note,
            method=self.method,
            total_won=self.total_won,
            again=self.again,
        )


class Terms(Struct, frozen=True):
    """The terms of one product as the buyer reads them before agreeing."""

    sha256: str
    clauses: list[Clause]
    differing: int


@get(CHECKOUT, opt=allow(BUY), include_in_schema=False)
async def show_checkout(
    request: AnyRequest,
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    gateways: NamedDependency[Gateways],
) -> Page:
    """Show what is bought, the terms, the purpose and the ways to pay."""
    return await _page(request, phases, principal, (settings, gateways), EMPTY)


@post(CHECKOUT, opt=allow(BUY), include_in_schema=False)
async def submit_checkout(
    request: AnyRequest,
    *,
    phases: NamedDependency[Phases],
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    gateways: NamedDependency[Gateways],
    once: NamedDependency[Once],
) -> Page:
    """Order what is in the cart and lead to its payment."""
    form = await read_form(request, CheckoutForm)

    async def act(content: CheckoutForm) -> Page:
        buyer = Buyer(own_organization_id(principal), principal.user_id)
        limits = limits_of(settings)

        async def place(session: AsyncSession) -> UUID:
            wish = content.order()
            made = await placing.place(session, buyer, wish, gateways=gateways, limits=limits)
            return made[1].id

        return await once.redirect(form.key, place, lambda made: f"/pay/{made}")

    async def again(wrong: Form[CheckoutForm]) -> Page:
        return await _page(request, phases, principal, (settings, gateways), wrong)

    return await submitted(form, act, again)


async def _page(
    request: AnyRequest,
    phases: Phases,
    principal: Principal,
    parts: tuple[Settings, Gateways],
    form: Form[CheckoutForm],
) -> Page:
    settings, gateways = parts
    own = own_organization_id(principal)
    async with phases() as session:
        cart = await get_cart(session, own, most=settings.cart_products_most)
        if not cart.sellers:
            return see_other("/cart")
        terms = await _terms(session, cart, language_of(request))
        tax_types = await tax_types_of(session, [one.seller_id for one in cart.sellers])
        versions = [line.version_id for seller in cart.sellers for line in seller.lines]
        owned = await owned_versions(session, own, versions)
        organization = await session.get_one(Organization, own)
    return render(
        request,
        "checkout.html",
        status=form.status,
        form=form,
        cart=cart,
        terms=terms,
        owned=owned,
        organization=organization,
        methods=[
            (one, EVIDENCE_OF[one] is EvidenceKind.invoice)
            for one in methods_of(gateways.choice, cart.total_won, list(tax_types.values()))
        ],
        exempt=[one.name for one in cart.sellers if one.taxation == "exempt"],
        deposit_days=settings.order_deposit_days,
        acceptance_days=settings.acceptance_days,
    )


async def _terms(session: AsyncSession, cart: Cart, language: Language) -> dict[UUID, Terms]:
    ids = [line.product_id for seller in cart.sellers for line in seller.lines]
    rows = await session.scalars(
        select(ProductContent).where(
            col(ProductContent.product_id).in_(ids),
            col(ProductContent.state) == ContentState.approved,
        )
    )
    found: dict[UUID, Terms] = {}
    for row in rows:
        articles = clauses(row.licence, language)
        differing = sum(1 for one in articles if one.standard)
        found[row.product_id] = Terms(row.licence_sha256 or "", articles, differing)
    return found


ROUTES: tuple[ControllerRouterHandler, ...] = (show_checkout, submit_checkout)
