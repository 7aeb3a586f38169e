"""Tables of quotations; append-only, a paper that was given out stays as it was."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlmodel import Field, SQLModel

from billing.money import Taxation
from marketplace.columns import choice, stamped


class Quotation(SQLModel, table=True):
    """What the products of a cart cost an organization on the day it asked [won].

    ``sequence`` gives the number that people read. The name and number of the organization are kept
    as they were.
    """

    __tablename__ = "quotation"
    __table_args__ = (
        CheckConstraint("supply_won > 0 and vat_won >= 0", name="sums"),
        CheckConstraint("line_count > 0", name="line_count"),
        Index("ix_quotation_organization_id_sequence", "organization_id", "sequence"),
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
    made_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    made_on: date
    valid_until: date
    supply_won: int = Field(sa_type=BigInteger)
    vat_won: int = Field(sa_type=BigInteger)
    line_count: int
    made_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class QuotationLine(SQLModel, table=True):
    """One product of a quotation, with its seller, as both were [won]; ``licence_sha256`` names the terms."""

    __tablename__ = "quotation_line"
    __table_args__ = (
        CheckConstraint("supply_won > 0 and vat_won >= 0", name="sums"),
        CheckConstraint("position > 0", name="position"),
        Index("ix_quotation_line_organization_id", "organization_id"),
    )

    quotation_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("quotation.id")])
    position: int = Field(primary_key=True)
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    product_number: int = Field(sa_type=BigInteger)
    title_ko: str = Field(max_length=120)
    title_en: str = Field(max_length=120)
    version_id: UUID = Field(sa_column_args=[ForeignKey("dataset_version.id")])
    version_number: int
    licence_sha256: str = Field(max_length=64)
    seller_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    seller_name: str = Field(max_length=120)
    seller_number: str = Field(max_length=10)
    seller_representative: str = Field(max_length=80)
    seller_address: str = Field(max_length=300)
    seller_phone: str = Field(max_length=30)
    taxation: Taxation = Field(sa_type=choice(Taxation, "taxation"))
    supply_won: int = Field(sa_type=BigInteger)
    vat_won: int = Field(sa_type=BigInteger)
