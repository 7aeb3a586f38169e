"""Tables of orders: the order with its buyer, and its lines with seller, price and terms, as all were."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from billing.money import Split, Taxation
from marketplace.catalog.products.models import Purpose
from marketplace.columns import choice, stamped


class OrderState(StrEnum):
    """Where an order stands. What its payment does at the provider is told by the payment."""

    awaiting_payment = "awaiting_payment"
    paid = "paid"
    cancelled = "cancelled"
    """Given up by the buyer before anything was paid."""
    expired = "expired"
    refunded = "refunded"
    """Everything was paid back."""
    taken_back = "taken_back"
    """The bank took the deposit back: nothing is paid any more."""


class Order(SQLModel, table=True):
    """What an organization buys, with the buyer as it was then.

    ``sequence`` counts all orders; with the year it is the number that people read out. Sums are whole won.
    """

    __tablename__ = "purchase_order"
    __table_args__ = (
        CheckConstraint("supply_won > 0 and vat_won >= 0", name="sums"),
        CheckConstraint("line_count > 0", name="line_count"),
        CheckConstraint(
            "state not in ('paid', 'refunded', 'taken_back') or paid_at is not null",
            name="paid_has_time",
        ),
        Index("ix_purchase_order_organization_id_sequence", "organization_id", "sequence"),
        Index("ix_purchase_order_state_expires_at", "state", "expires_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    sequence: int | None = Field(
        default=None,
        nullable=False,
        unique=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True)],
    )
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    organization_name: str = Field(max_length=120)
    organization_number: str = Field(max_length=10)
    organization_representative: str = Field(max_length=80)
    organization_address: str = Field(max_length=300)
    organization_business_type: str = Field(max_length=100)
    organization_business_item: str = Field(max_length=100)
    invoice_email: str = Field(max_length=254)
    placed_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    purpose: Purpose = Field(sa_type=choice(Purpose, "purpose"))
    purpose_note: str = Field(max_length=1000)
    state: OrderState = Field(
        default=OrderState.awaiting_payment, sa_type=choice(OrderState, "state")
    )
    supply_won: int = Field(sa_type=BigInteger)
    vat_won: int = Field(sa_type=BigInteger)
    line_count: int
    placed_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    expires_at: datetime
    paid_at: datetime | None = None

    @property
    def total_won(self) -> int:
        """What is paid [won]."""
        return self.supply_won + self.vat_won


class OrderLine(SQLModel, table=True):
    """One version of one product, with seller, price, tax and terms as they were [won].

    ``licence`` are the answers to the twelve questions, ``licence_ko`` the contract's text that was agreed to.
    What was refunded is counted here, so that the database refuses more than was paid. ``funding_id`` is opaque:
    a programme's agreement that pays a part.
    """

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("supply_won > 0 and vat_won >= 0", name="sums"),
        CheckConstraint(
            "refunded_supply_won between 0 and supply_won and refunded_vat_won between 0 and vat_won",
            name="refunded",
        ),
        CheckConstraint("position > 0", name="position"),
        CheckConstraint("acceptance_days between 0 and 90", name="acceptance_days"),
        CheckConstraint("organization_id <> seller_id", name="not_own_product"),
        Index("uq_order_line_order_id_position", "order_id", "position", unique=True),
        Index("uq_order_line_order_id_version_id", "order_id", "version_id", unique=True),
        Index("ix_order_line_organization_id", "organization_id"),
        Index("ix_order_line_seller_id", "seller_id"),
        Index("ix_order_line_version_id", "version_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_id: UUID = Field(sa_column_args=[ForeignKey("purchase_order.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    position: int
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    product_number: int = Field(sa_type=BigInteger)
    title_ko: str = Field(max_length=120)
    title_en: str = Field(max_length=120)
    version_id: UUID = Field(sa_column_args=[ForeignKey("dataset_version.id")])
    version_number: int
    licence: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    licence_ko: str = Field(sa_type=Text)
    licence_sha256: str = Field(max_length=64)
    terms_accepted_at: datetime
    acceptance_days: int
    seller_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    seller_name: str = Field(max_length=120)
    seller_number: str = Field(max_length=10)
    seller_representative: str = Field(max_length=80)
    seller_address: str = Field(max_length=300)
    seller_phone: str = Field(max_length=30)
    seller_email: str = Field(max_length=254)
    seller_business_type: str = Field(max_length=100)
    seller_business_item: str = Field(max_length=100)
    seller_kind: str = Field(max_length=40)
    seller_tax_type: str = Field(max_length=2)
    taxation: Taxation = Field(sa_type=choice(Taxation, "taxation"))
    supply_won: int = Field(sa_type=BigInteger)
    vat_won: int = Field(sa_type=BigInteger)
    refunded_supply_won: int = Field(default=0, sa_type=BigInteger)
    refunded_vat_won: int = Field(default=0, sa_type=BigInteger)
    funding_id: UUID | None = None

    @property
    def paid(self) -> Split:
        """What was paid for the line."""
        return Split(self.supply_won, self.vat_won)

    @property
    def refunded(self) -> Split:
        """What was paid back of the line so far."""
        return Split(self.refunded_supply_won, self.refunded_vat_won)

    @property
    def left_won(self) -> int:
        """What was paid and not paid back [won]."""
        return self.paid.total_won - self.refunded.total_won
