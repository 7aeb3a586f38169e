"""Tables of products: the product with its price, and its contents, one row per version.

The price lies on the product, because a change of it takes effect at once for new orders; everything
else that a buyer relies on lies in a content, which is examined before it is shown (E6).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class ProductState(StrEnum):
    """Where a product stands: only a listed one is found and sold (E6)."""

    draft = "draft"
    listed = "listed"
    withdrawn = "withdrawn"
    suspended = "suspended"


class ContentState(StrEnum):
    """Where one version of a product's content stands in its examination (E5)."""

    draft = "draft"
    submitted = "submitted"
    returned = "returned"
    rejected = "rejected"
    approved = "approved"
    superseded = "superseded"
    discarded = "discarded"


class Purpose(StrEnum):
    """What the data are good for, in the words of the KAMP catalogue."""

    quality_assurance = "quality_assurance"
    predictive_maintenance = "predictive_maintenance"
    process_optimisation = "process_optimisation"
    resource_optimisation = "resource_optimisation"
    anomaly_detection = "anomaly_detection"
    other = "other"


class DataKind(StrEnum):
    """The shape of the data (데이터 형태)."""

    tabular = "tabular"
    time_series = "time_series"
    image = "image"
    sound = "sound"
    mixed = "mixed"


class SamplePolicy(StrEnum):
    """What somebody sees before buying."""

    none = "none"
    rows = "rows"
    on_request = "on_request"


class Product(SQLModel, table=True):
    """What a seller lists (상품): its place on the market and its price.

    ``price_won`` is the supply value without VAT [won]; ``number`` is what people read out.
    """

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("price_won between 1000 and 10000000000", name="price_won"),
        CheckConstraint("state = 'draft' or price_won is not null", name="listed_has_price"),
        CheckConstraint(
            "(state = 'suspended') = (suspended_reason is not null)", name="suspended_has_reason"
        ),
        Index("ix_product_organization_id_created_at", "organization_id", "created_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: int | None = Field(
        default=None,
        nullable=False,
        unique=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True, start=1001)],
    )
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    state: ProductState = Field(default=ProductState.draft, sa_type=choice(ProductState, "state"))
    price_won: int | None = Field(default=None, sa_type=BigInteger)
    suspended_reason: str | None = Field(default=None, max_length=1000)
    listed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    created_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class PriceChange(SQLModel, table=True):
    """A price that a product had from an instant on. Append-only; public for listed products."""

    __tablename__ = "price_change"
    __table_args__ = (
        CheckConstraint("price_won between 1000 and 10000000000", name="price_won"),
        Index("ix_price_change_product_id_id", "product_id", "id"),
    )

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True)],
    )
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    price_won: int = Field(sa_type=BigInteger)
    changed_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class ProductContent(SQLModel, table=True):
    """One version of what a product says of itself, and of the data and terms that go with it.

    At most one content of a product is being written or examined, and at most one is approved.
    ``revision`` counts the saves, so that two windows or persons do not overwrite each other.
    ``column_dictionary`` holds ``name, meaning, unit, low, high, codes`` for each column, ``licence``
    the answers to the twelve questions, ``declarations`` what the seller vouches for, ``sample`` which
    rows may be seen; their shapes are those of ``schemas.py``. ``rules`` is a suite in its stored form, with
    its hash. ``licence_ko`` is the contract's text as
    it was submitted; it is frozen from then on.
    """

    __tablename__ = "product_content"
    __table_args__ = (
        Index("uq_product_content_number", "product_id", "number", unique=True),
        Index(
            "uq_product_content_open",
            "product_id",
            unique=True,
            postgresql_where=text("state in ('draft', 'submitted', 'returned')"),
        ),
        Index(
            "uq_product_content_approved",
            "product_id",
            unique=True,
            postgresql_where=text("state = 'approved'"),
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(rules is null) = (rules_sha256 is null)", name="rules_are_hashed"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("collected_from <= collected_to", name="collected_in_order"),
        CheckConstraint("interval_s > 0", name="interval_s"),
        CheckConstraint("industry_section ~ '^[A-U]$'", name="industry_section"),
        CheckConstraint("industry_division ~ '^[0-9]{2}$'", name="industry_division"),
        CheckConstraint(
            "state in ('draft', 'returned', 'discarded') or (submitted_at is not null and"
            " dataset_version_id is not null and licence_ko is not null)",
            name="submitted_is_whole",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    number: int
    state: ContentState = Field(default=ContentState.draft, sa_type=choice(ContentState, "state"))
    revision: int = 1

    title_ko: str = Field(default="", max_length=120)
    title_en: str = Field(default="", max_length=120)
    summary_ko: str = Field(default="", max_length=200)
    summary_en: str = Field(default="", max_length=200)
    description_ko: str = Field(default="", sa_type=Text)
    description_en: str = Field(default="", sa_type=Text)
    industry_section: str | None = Field(default=None, max_length=1)
    industry_division: str | None = Field(default=None, max_length=2)
    industry_code: str = Field(default="", max_length=10)
    process: str = Field(default="", max_length=60)
    equipment: str = Field(default="", max_length=60)
    purpose: Purpose | None = Field(default=None, sa_type=choice(Purpose, "purpose"))
    data_kind: DataKind | None = Field(default=None, sa_type=choice(DataKind, "data_kind"))
    collected_from: date | None = None
    collected_to: date | None = None
    collection_method: str = Field(default="", max_length=1000)
    interval_s: float | None = Field(default=None, sa_type=Double)
    label_definition: str = Field(default="", max_length=2000)
    credit: str = Field(default="", max_length=500)
    column_dictionary: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    sample_policy: SamplePolicy = Field(
        default=SamplePolicy.none, sa_type=choice(SamplePolicy, "sample_policy")
    )
    sample: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    rules: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    rules_sha256: str | None = Field(default=None, max_length=64)
    licence: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    licence_ko: str | None = Field(default=None, sa_type=Text)
    licence_sha256: str | None = Field(default=None, max_length=64)
    declarations: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    dataset_version_id: UUID | None = Field(
        default=None, sa_column_args=[ForeignKey("dataset_version.id")]
    )

    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    saved_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    saved_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
