"""What crosses the wire about quotations, apart from the tables."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from billing.money import Taxation


class QuotationLineOut(Struct, frozen=True, kw_only=True):
    """One product of a quotation [won]."""

    position: int
    product_id: UUID
    product_number: int
    title_ko: str
    title_en: str
    version_number: int
    licence_sha256: str
    seller_id: UUID
    seller_name: str
    seller_number: str
    taxation: Taxation
    supply_won: int
    vat_won: int


class QuotationOut(Struct, frozen=True, kw_only=True):
    """A quotation as its organization sees it [won]; ``lines`` are empty in lists."""

    id: UUID
    number: str
    organization_name: str
    organization_number: str
    made_on: date
    valid_until: date
    supply_won: int
    vat_won: int
    total_won: int
    line_count: int
    made_at: datetime
    lines: list[QuotationLineOut]


class Quotations(Struct, frozen=True):
    """The organization's quotations, the newest first."""

    items: list[QuotationOut]
