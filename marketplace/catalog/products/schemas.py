"""What crosses the wire about a seller's own products, apart from the tables."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from marketplace.catalog.products.models import (
    ContentState,
    DataKind,
    ProductState,
    Purpose,
    SamplePolicy,
)

COLUMNS_MAX = 2_000

Title = Annotated[str, Meta(max_length=120)]
Summary = Annotated[str, Meta(max_length=200)]
Prose = Annotated[str, Meta(max_length=20_000)]
Code = Annotated[str, Meta(max_length=10)]
Word = Annotated[str, Meta(max_length=60)]
Sentence = Annotated[str, Meta(max_length=1_000)]
Label = Annotated[str, Meta(max_length=2_000)]
Credit = Annotated[str, Meta(max_length=500)]
Division = Annotated[str, Meta(pattern="^[0-9]{2}$")]
Name = Annotated[str, Meta(min_length=1, max_length=300)]
Unit = Annotated[str, Meta(max_length=40)]
Codes = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=200)]
Seconds = Annotated[float, Meta(gt=0, le=31_536_000)]
Key = Annotated[str, Meta(max_length=40)]


class ColumnEntry(Struct, forbid_unknown_fields=True, kw_only=True):
    """What one column means: unit, allowed range or allowed codes."""

    name: Name
    meaning: Sentence = ""
    unit: Unit = ""
    low: float | None = None
    high: float | None = None
    codes: Codes = []


class Declarations(Struct, forbid_unknown_fields=True, kw_only=True):
    """What the seller vouches for; every one must be true but augmentation, which is told."""

    no_personal_data: bool = False
    no_trade_secrets: bool = False
    right_to_sell: bool = False
    provenance: Sentence = ""
    augmented: bool | None = None
    augmentation: Sentence = ""


class ProductIn(Struct, forbid_unknown_fields=True):
    """A new product; the title can come later."""

    title_ko: Title = ""


class DraftPatch(Struct, forbid_unknown_fields=True, kw_only=True):
    """What to change in the draft; what is left out stays, null empties where that makes sense.

    ``revision`` is the one that was shown; a save in between is refused instead of overwritten.
    """

    revision: int
    title_ko: Title | UnsetType = UNSET
    title_en: Title | UnsetType = UNSET
    summary_ko: Summary | UnsetType = UNSET
    summary_en: Summary | UnsetType = UNSET
    description_ko: Prose | UnsetType = UNSET
    description_en: Prose | UnsetType = UNSET
    industry_division: Division | UnsetType | None = UNSET
    industry_code: Code | UnsetType = UNSET
    process: Word | UnsetType = UNSET
    equipment: Word | UnsetType = UNSET
    purpose: Purpose | UnsetType | None = UNSET
    data_kind: DataKind | UnsetType | None = UNSET
    collected_from: date | UnsetType | None = UNSET
    collected_to: date | UnsetType | None = UNSET
    collection_method: Sentence | UnsetType = UNSET
    interval_s: Seconds | UnsetType | None = UNSET
    label_definition: Label | UnsetType = UNSET
    credit: Credit | UnsetType = UNSET
    column_dictionary: Annotated[list[ColumnEntry], Meta(max_length=COLUMNS_MAX)] | UnsetType = (
        UNSET
    )
    sample_policy: SamplePolicy | UnsetType = UNSET
    licence: dict[Key, Key] | UnsetType = UNSET
    declarations: Declarations | UnsetType = UNSET


class PriceIn(Struct, forbid_unknown_fields=True):
    """A new price without VAT [won]."""

    price_won: Annotated[int, Meta(ge=1_000, le=10_000_000_000)]


class ContentOut(Struct, frozen=True):
    """One version of a product's content as its seller sees it."""

    id: UUID
    number: int
    state: ContentState
    revision: int
    title_ko: str
    title_en: str
    summary_ko: str
    summary_en: str
    description_ko: str
    description_en: str
    industry_section: str | None
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
    column_dictionary: list[dict[str, Any]]
    sample_policy: SamplePolicy
    licence: dict[str, Any]
    declarations: dict[str, Any]
    dataset_version_id: UUID | None
    saved_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None


class ProductOut(Struct, frozen=True):
    """A product as its seller sees it; ``missing`` names what a registration request still needs."""

    id: UUID
    number: int
    state: ProductState
    price_won: int | None
    suspended_reason: str | None
    listed_at: datetime | None
    created_at: datetime
    draft: ContentOut | None
    approved: ContentOut | None
    missing: list[str]


class ProductLine(Struct, frozen=True):
    """A product in the list of an organization's own."""

    id: UUID
    number: int
    state: ProductState
    content_state: ContentState
    title_ko: str
    price_won: int | None
    saved_at: datetime


class ProductList(Struct, frozen=True):
    """A page of an organization's products, the last saved first."""

    items: list[ProductLine]
    next_cursor: str | None


class ClauseOut(Struct, frozen=True):
    """One article of the contract; ``standard`` is the usual text where this is another."""

    number: int
    question: str
    title: str
    text: str
    standard: str | None


class ContractOut(Struct, frozen=True):
    """The contract that the answers give, article by article, whole, and for programs."""

    clauses: list[ClauseOut]
    text_ko: str
    text_en: str
    sha256: str
    unanswered: list[str]
    odrl: dict[str, Any]
