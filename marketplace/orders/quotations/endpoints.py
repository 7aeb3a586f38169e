"""The API of quotations."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import convert
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.auth import Principal, allow
from marketplace.http.openapi import answers
from marketplace.idempotency import Once
from marketplace.members.organizations.policies import own_organization_id
from marketplace.orders.cart.policies import BUY, BUY_READ
from marketplace.orders.quotations import queries, service
from marketplace.orders.quotations.errors import CartChanged, CartEmpty, QuotationNotFound
from marketplace.orders.quotations.models import Quotation, QuotationLine
from marketplace.orders.quotations.papers import number_of
from marketplace.orders.quotations.schemas import QuotationLineOut, QuotationOut, Quotations
from marketplace.orders.quotations.service import QuotationLimits
from marketplace.settings import Settings

PATH: Final = "/api/v1/organization/quotations"
ONE: Final = PATH + "/{quotation_id:uuid}"
TAGS: Final = ["orders"]


def limits_of(settings: Settings) -> QuotationLimits:
    """Return what quotations are made under."""
    return QuotationLimits(settings.cart_products_most, settings.quotation_valid_days)


def out_of(quotation: Quotation, lines: Sequence[QuotationLine] = ()) -> QuotationOut:
    """Shape a quotation as its organization sees it."""
    assert quotation.made_at is not None, "a saved row has its time"
    return QuotationOut(
        id=quotation.id,
        number=number_of(quotation),
        organization_name=quotation.organization_name,
        organization_number=quotation.organization_number,
        made_on=quotation.made_on,
        valid_until=quotation.valid_until,
        supply_won=quotation.supply_won,
        vat_won=quotation.vat_won,
        total_won=quotation.supply_won + quotation.vat_won,
        line_count=quotation.line_count,
        made_at=quotation.made_at,
        lines=[convert(one, QuotationLineOut, from_attributes=True) for one in lines],
    )


@get(PATH, opt=allow(BUY_READ), tags=TAGS)
async def list_quotations(
    session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
) -> Quotations:
    """List the newest hundred quotations of your organization."""
    own = await queries.list_own(session, own_organization_id(principal))
    return Quotations([out_of(one) for one in own])


@post(PATH, opt=allow(BUY) | answers(CartEmpty, CartChanged), tags=TAGS)
async def make_quotation(
    principal: NamedDependency[Principal],
    settings: NamedDependency[Settings],
    once: NamedDependency[Once],
) -> Response[QuotationOut]:
    """Make a quotation of what is in the cart, at the prices of now."""
    own, limits = own_organization_id(principal), limits_of(settings)

    async def act(session: AsyncSession) -> QuotationOut:
        made = await service.make(session, own, actor_id=principal.user_id, limits=limits)
        return out_of(*made)

    return await once.answer(act, QuotationOut)


@get(ONE, opt=allow(BUY_READ) | answers(QuotationNotFound), tags=TAGS)
async def show_quotation(
    quotation_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
) -> QuotationOut:
    """Show a quotation with its lines."""
    own = own_organization_id(principal)
    return out_of(*await queries.get_own(session, own, quotation_id))


ROUTES: tuple[ControllerRouterHandler, ...] = (list_quotations, make_quotation, show_quotation)
