"""Tables of the comparison over the catalogue: fingerprints, what was found, and when a version was compared."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from marketplace.columns import stamped


class TableFingerprint(SQLModel, table=True):
    """What is kept of a table of a version that was ready; values can be guessed by it, so it stays with its owner.

    ``content`` is ``quality.across.resembling.Fingerprint``, ``keys`` the hashes by which it is found.
    """

    __tablename__ = "table_fingerprint"
    __table_args__ = (
        CheckConstraint("row_count >= 0", name="row_count"),
        Index("ix_table_fingerprint_keys", "keys", postgresql_using="gin"),
    )

    version_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("dataset_version.id")])
    position: int = Field(primary_key=True)
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    product_id: UUID = Field(index=True, sa_column_args=[ForeignKey("product.id")])
    table_name: str = Field(max_length=1000)
    row_count: int = Field(sa_type=BigInteger)
    content: dict[str, Any] = Field(sa_type=JSONB)
    keys: list[int] = Field(sa_type=ARRAY(BigInteger))


class DataMatch(SQLModel, table=True):
    """A table that shares data with a table of another product; each pair stands here from both sides.

    Shares are fractions [1]. A seller sees only those with products of its own or with versions on sale.
    """

    __tablename__ = "data_match"
    __table_args__ = (
        CheckConstraint("share > 0 and share <= 1", name="share"),
        CheckConstraint("product_id <> other_product_id", name="other_product"),
        Index("ix_data_match_other_version_id", "other_version_id"),
    )

    version_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("dataset_version.id")])
    position: int = Field(primary_key=True)
    other_version_id: UUID = Field(
        primary_key=True, sa_column_args=[ForeignKey("dataset_version.id")]
    )
    other_position: int = Field(primary_key=True)
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    other_organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    other_product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    table_name: str = Field(max_length=1000)
    other_table_name: str = Field(max_length=1000)
    share: float
    strong: bool
    same_bytes: bool
    row_share: float | None = None
    other_row_share: float | None = None
    exact: bool = False
    stretch_share: float | None = None
    columns: list[str] = Field(default_factory=list, sa_type=JSONB)
    found_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class MatchRun(SQLModel, table=True):
    """That a version was compared with the catalogue, when, and from which shares on [1]."""

    __tablename__ = "match_run"
    __table_args__ = (CheckConstraint("table_count >= 0", name="table_count"),)

    version_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("dataset_version.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    table_count: int
    least_share: float
    strong_share: float
    compared_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
