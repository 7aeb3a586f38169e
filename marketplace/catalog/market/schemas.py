"""What crosses the wire about products on sale."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from marketplace.catalog.market.columns import ColumnGroup
from marketplace.catalog.products.models import DataKind, Purpose
from marketplace.catalog.products.schemas import ClauseOut
from marketplace.catalog.sellers.schemas import SellerCard
from quality import Index
from quality.claims import Level, Weight


class PriceOut(Struct, frozen=True):
    """What is paid for one product [won]."""

    supply_won: int
    vat_won: int
    total_won: int


class ListedFile(Struct, frozen=True):
    """A file that the buyer gets; ``scanned_by`` is its malware scanner, none means not scanned."""

    path: str
    size_bytes: int
    sha256: str
    scanned_by: str | None


class ListedVersion(Struct, frozen=True):
    """The dataset version that is sold now."""

    number: int
    ready_at: datetime
    sha256: str
    size_bytes: int
    row_count: int
    files: list[ListedFile]


class QualityOut(Struct, frozen=True):
    """The quality card: the grade and what it rests on.

    ``total_pct`` is not to be shown without ``blocker_count`` and the ``preset`` of its weights; ``level`` judges
    declared rules alone in the words of certification, and is no certificate.
    """

    grade: str
    grade_ko: str
    grade_en: str
    total_pct: float | None
    blocker_count: int
    warning_count: int
    preset: str
    weights: list[Weight]
    level: Level | None
    indices: list[Index]
    engine: str


class ListingOut(Struct, frozen=True, kw_only=True):
    """A product on sale as everybody sees it."""

    id: UUID
    number: int
    title_ko: str
    title_en: str
    summary_ko: str
    summary_en: str
    description_ko: str
    description_en: str
    industry_division: str | None
    industry_code: str
    process: str
    equipment: str
    purpose: Purpose | None
    data_kind: DataKind | None
    collected_from: date | None
    collected_to: date | None
    collection_method: str
    interval_s: float | None
    label_definition: str
    credit: str
    provenance: str
    augmentation: str
    listed_at: datetime
    price: PriceOut
    seller: SellerCard
    version: ListedVersion
    quality: QualityOut
    columns: list[ColumnGroup]
    licence: list[ClauseOut]
    licence_sha256: str
    odrl: dict[str, Any]
