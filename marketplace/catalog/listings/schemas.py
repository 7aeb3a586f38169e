"""What crosses the wire about products on the market, apart from the tables."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from marketplace.catalog.products.models import ProductState


class ListingRow(Struct, frozen=True):
    """A product in the operator's list."""

    id: UUID
    number: int
    title: str
    seller_id: UUID
    seller: str
    state: ProductState
    price_won: int
    created_at: datetime


class ListingRows(Struct, frozen=True):
    """A page of the operator's list."""

    items: list[ListingRow]
    next_cursor: str | None


class ListingState(Struct, frozen=True):
    """Where a product stands after an act."""

    id: UUID
    state: ProductState
    suspended_reason: str | None
