"""What crosses the wire about orders, apart from the tables."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from billing.gateways.facts import Method
from billing.gateways.settling import PaymentState
from billing.money import Taxation
from marketplace.catalog.products.models import Purpose
from marketplace.orders.payments.models import EvidenceKind
from marketplace.orders.purchases.models import OrderState

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", examples=["0123456789abcdef" * 4])]


class AcceptedTerms(Struct, forbid_unknown_fields=True, kw_only=True):
    """That the terms of a product were read and agreed to, by the hash of their text."""

    product_id: UUID
    licence_sha256: Sha256


class OrderIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """An order of everything in the cart.

    ``total_won`` is what the buyer saw, with VAT [won]: another price is not charged. ``again`` says that a version
    that the organization has already is bought once more.
    """

    terms: Annotated[list[AcceptedTerms], Meta(min_length=1, max_length=1_000)]
    purpose: Purpose
    purpose_note: Annotated[str, Meta(min_length=2, max_length=1_000)]
    method: Method
    total_won: Annotated[int, Meta(ge=1)]
    again: bool = False


class PaymentIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """How an order is to be paid."""

    method: Method


class OrderLineOut(Struct, frozen=True, kw_only=True):
    """One product of an order as it was bought [won]."""

    id: UUID
    position: int
    product_id: UUID
    product_number: int
    title_ko: str
    title_en: str
    version_id: UUID
    version_number: int
    licence_sha256: str
    acceptance_days: int
    seller_id: UUID
    seller_name: str
    seller_number: str
    taxation: Taxation
    supply_won: int
    vat_won: int
    refunded_supply_won: int
    refunded_vat_won: int


class DepositOut(Struct, frozen=True, kw_only=True):
    """Where the deposit of a virtual account goes."""

    bank: str
    number: str
    holder: str
    due_at: datetime | None = None


class PaymentOut(Struct, frozen=True, kw_only=True):
    """One attempt to pay an order [won]; ``pay_url`` leads to the page on which it goes on."""

    id: UUID
    method: Method
    gateway: str
    evidence: EvidenceKind
    amount_won: int
    refunded_won: int
    state: PaymentState
    pay_url: str
    receipt_url: str
    account: DepositOut | None
    failure_message: str
    started_at: datetime
    expires_at: datetime
    paid_at: datetime | None


class OrderOut(Struct, frozen=True, kw_only=True):
    """An order as its organization sees it [won]; ``lines`` and ``payments`` are empty in lists."""

    id: UUID
    number: str
    state: OrderState
    organization_name: str
    organization_number: str
    purpose: Purpose
    purpose_note: str
    supply_won: int
    vat_won: int
    total_won: int
    line_count: int
    title: str
    placed_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    lines: list[OrderLineOut]
    payments: list[PaymentOut]


class Orders(Struct, frozen=True):
    """The organization's orders, the newest first."""

    items: list[OrderOut]
    next_cursor: str | None
