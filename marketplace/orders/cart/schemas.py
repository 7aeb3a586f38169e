"""What crosses the wire about the cart, apart from the table."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from billing.money import Taxation


class CartLine(Struct, frozen=True, kw_only=True):
    """A product of the cart as it is sold now [won].

    ``price_was_won`` is its price when it was put in, where it is another now; ``newer`` says that a
    newer version is on sale than the one that was put in.
    """

    product_id: UUID
    product_number: int
    title_ko: str
    title_en: str
    version_id: UUID
    version_number: int
    supply_won: int
    vat_won: int
    total_won: int
    price_was_won: int | None
    newer: bool
    added_at: datetime


class CartSeller(Struct, frozen=True, kw_only=True):
    """The lines of one seller, with their sums [won]; the seller's kind of tax decides on VAT."""

    seller_id: UUID
    name: str
    taxation: Taxation
    lines: list[CartLine]
    supply_won: int
    vat_won: int
    total_won: int


class CartGone(Struct, frozen=True, kw_only=True):
    """A product of the cart that is no longer on sale, by the title it had."""

    product_id: UUID
    title_ko: str
    title_en: str


class Cart(Struct, frozen=True, kw_only=True):
    """What an organization means to buy, by seller, with the sums of what is on sale [won]."""

    sellers: list[CartSeller]
    gone: list[CartGone]
    count: int
    supply_won: int
    vat_won: int
    total_won: int
    most: int
