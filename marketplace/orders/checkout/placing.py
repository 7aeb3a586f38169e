"""Placing an order of what is in the cart, at the prices and terms that were seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from marketplace.audit import Thing, record
from marketplace.catalog.products.models import ContentState, ProductContent
from marketplace.catalog.sellers.queries import cards_of, tax_types_of
from marketplace.catalog.sellers.schemas import SellerCard
from marketplace.db import now, take_turns
from marketplace.errors import Conflict
from marketplace.failpoints import failpoint
from marketplace.members.organizations.models import Organization
from marketplace.orders.cart.models import CartItem
from marketplace.orders.cart.queries import get_cart
from marketplace.orders.cart.schemas import Cart, CartLine, CartSeller
from marketplace.orders.checkout.schemas import OrderIn
from marketplace.orders.delivery.queries import owned_versions
from marketplace.orders.payments.attempts import Attempt, begin
from marketplace.orders.payments.choosing import Gateways
from marketplace.orders.payments.models import Payment
from marketplace.orders.purchases import queries
from marketplace.orders.purchases.errors import (
    AlreadyOwned,
    OrderChanged,
    TermsNotAccepted,
    TrainingRequired,
)
from marketplace.orders.purchases.models import Order, OrderLine
from marketplace.orders.quotations.errors import CartEmpty
from marketplace.settings import Settings
from marketplace.training.queries import has_trained_member


class TooManyOpenOrders(Conflict):
    """As many orders wait for their payment as may."""

    code = "too_many_open_orders"
    ko = "결제를 기다리는 주문이 {most}건입니다. 먼저 결제하거나 취소하십시오."
    en = "{most} orders wait for their payment. Pay or cancel one first."


@dataclass(frozen=True)
class OrderLimits:
    """What orders are made under.

    Args:
        products_most: how many products a cart may hold
        open_most: how many orders of an organization may wait for payment
        expires_h: how long an order waits for its payment [h]
        deposit_days: how long a virtual account waits for its deposit [days]
        acceptance_days: how long the buyer may examine what was delivered [days]
        need_training: whether a person of the buying organization must have completed the training
    """

    products_most: int
    open_most: int
    expires_h: int
    deposit_days: int
    acceptance_days: int
    need_training: bool = False


def limits_of(settings: Settings) -> OrderLimits:
    """Return what orders are made under."""
    return OrderLimits(
        settings.cart_products_most,
        settings.orders_open_most,
        settings.order_expires_h,
        settings.order_deposit_days,
        settings.acceptance_days,
        settings.orders_need_training,
    )


@dataclass(frozen=True)
class Buyer:
    """Who buys: the organization, and the person who acts for it."""

    organization_id: UUID
    user_id: UUID


async def place(
    session: AsyncSession, buyer: Buyer, wish: OrderIn, *, gateways: Gateways, limits: OrderLimits
) -> tuple[Order, Payment]:
    """Order what is in the cart and begin its payment; the cart is empty afterwards.

    Raises:
        CartEmpty: nothing in the cart is on sale
        OrderChanged: something is no longer on sale, or its price, version or terms are others
        TermsNotAccepted: the terms of a product were not agreed to
        AlreadyOwned: the organization has the right to use a version already
        MethodNotOffered, SellerTaxUndecided: it cannot be paid so
        TooManyOpenOrders: too many orders wait for their payment
        TrainingRequired: the exchange asks buyers for the training, and nobody has completed it
    """
    if limits.need_training and not await has_trained_member(session, buyer.organization_id):
        raise TrainingRequired
    # Nobody changes the cart or orders it a second time meanwhile.
    await take_turns(session, "cart_item", buyer.organization_id)
    cart = await get_cart(session, buyer.organization_id, most=limits.products_most)
    if not cart.sellers:
        raise CartEmpty
    if cart.gone or cart.total_won != wish.total_won:
        raise OrderChanged
    if await queries.count_open(session, buyer.organization_id) >= limits.open_most:
        raise TooManyOpenOrders(most=limits.open_most)
    contents = await _agreed(session, cart, wish)
    await _refuse_owned(session, buyer, cart, wish)
    order = await _order(session, buyer, cart, wish, limits)
    lines = await _lines(session, order, cart, contents, limits)
    session.add_all(lines)
    await session.flush()
    attempt = Attempt(wish.method, buyer.user_id, limits.deposit_days)
    payment = await begin(session, order, lines, attempt, gateways=gateways)
    await session.execute(
        delete(CartItem).where(col(CartItem.organization_id) == buyer.organization_id)
    )
    await record(
        session, "order.placed", Thing("purchase_order", order.id, buyer.organization_id),
        facts={"number": queries.number_of(order), "total_won": order.total_won, "lines": len(lines)},
    )  # fmt: skip
    failpoint("order.placed")
    return order, payment


async def _agreed(session: AsyncSession, cart: Cart, wish: OrderIn) -> dict[UUID, ProductContent]:
    """Return the content of each product, whose very terms were agreed to."""
    lines = [line for seller in cart.sellers for line in seller.lines]
    rows = await session.scalars(
        select(ProductContent).where(
            col(ProductContent.product_id).in_([line.product_id for line in lines]),
            col(ProductContent.state) == ContentState.approved,
        )
    )
    contents = {row.product_id: row for row in rows}
    accepted = {one.product_id: one.licence_sha256 for one in wish.terms}
    for line in lines:
        if line.product_id not in accepted:
            raise TermsNotAccepted(title=line.title_ko)
        if contents[line.product_id].licence_sha256 != accepted[line.product_id]:
            raise OrderChanged
        if contents[line.product_id].dataset_version_id != line.version_id:
            raise OrderChanged
    return contents


async def _refuse_owned(session: AsyncSession, buyer: Buyer, cart: Cart, wish: OrderIn) -> None:
    if wish.again:
        return
    lines = {line.version_id: line for seller in cart.sellers for line in seller.lines}
    owned = await owned_versions(session, buyer.organization_id, list(lines))
    for version_id in owned:
        raise AlreadyOwned(title=lines[version_id].title_ko)


async def _order(
    session: AsyncSession, buyer: Buyer, cart: Cart, wish: OrderIn, limits: OrderLimits
) -> Order:
    organization = await session.get_one(Organization, buyer.organization_id)
    at = now(session)
    order = Order(
        organization_id=organization.id,
        organization_name=organization.name,
        organization_number=organization.business_number,
        organization_representative=organization.representative,
        organization_address=organization.address,
        organization_business_type=organization.business_type,
        organization_business_item=organization.business_item,
        invoice_email=organization.invoice_email,
        placed_by=buyer.user_id,
        purpose=wish.purpose,
        purpose_note=wish.purpose_note,
        supply_won=cart.supply_won,
        vat_won=cart.vat_won,
        line_count=sum(len(seller.lines) for seller in cart.sellers),
        placed_at=at,
        expires_at=at + timedelta(hours=limits.expires_h),
    )
    session.add(order)
    await session.flush()
    return order


async def _lines(
    session: AsyncSession,
    order: Order,
    cart: Cart,
    contents: dict[UUID, ProductContent],
    limits: OrderLimits,
) -> list[OrderLine]:
    seller_ids = [seller.seller_id for seller in cart.sellers]
    cards = await cards_of(session, seller_ids)
    tax_types = await tax_types_of(session, seller_ids)
    sold = [
        _Sold(
            seller, line, cards[seller.seller_id], contents[line.product_id],
            tax_types[seller.seller_id],
        )
        for seller in cart.sellers for line in seller.lines
    ]  # fmt: skip
    return [
        _line(order, position, one, now(session), limits.acceptance_days)
        for position, one in enumerate(sold, 1)
    ]


@dataclass(frozen=True)
class _Sold:
    """What is sold in one line, and by whom."""

    seller: CartSeller
    line: CartLine
    card: SellerCard
    content: ProductContent
    tax_type: str


def _line(
    order: Order, position: int, sold: _Sold, at: datetime, acceptance_days: int
) -> OrderLine:
    line, card, content = sold.line, sold.card, sold.content
    assert content.licence_ko is not None, "approved terms have their text"
    assert content.licence_sha256 is not None, "and its hash"
    return OrderLine(
        order_id=order.id, organization_id=order.organization_id, position=position,
        product_id=line.product_id, product_number=line.product_number,
        title_ko=line.title_ko, title_en=line.title_en,
        version_id=line.version_id, version_number=line.version_number,
        licence=content.licence, licence_ko=content.licence_ko,
        licence_sha256=content.licence_sha256, terms_accepted_at=at,
        acceptance_days=acceptance_days,
        seller_id=card.id, seller_name=card.name, seller_number=card.business_number,
        seller_representative=card.representative, seller_address=card.address,
        seller_phone=card.contact_phone, seller_email=card.contact_email,
        seller_business_type=card.business_type, seller_business_item=card.business_item,
        seller_kind=card.kind.value, seller_tax_type=sold.tax_type,
        taxation=sold.seller.taxation, supply_won=line.supply_won, vat_won=line.vat_won,
    )  # fmt: skip


def sellers_of(lines: Sequence[OrderLine]) -> dict[UUID, list[OrderLine]]:
    """Return the lines of each seller, sellers in the order of their first line."""
    found: dict[UUID, list[OrderLine]] = {}
    for line in lines:
        found.setdefault(line.seller_id, []).append(line)
    return found
