"""Tables of delivery: who may use which version, and what was downloaded."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import INET
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class EndReason(StrEnum):
    """Why the right to use a version ended before its date."""

    refunded = "refunded"
    taken_back = "taken_back"


class Entitlement(SQLModel, table=True):
    """The right of an organization to use a version it bought (이용권).

    It holds while ``ended_at`` is empty, ``ends_on`` [day in Seoul, the last one] has not passed and the version is
    not revoked. ``first_access_at`` is when provision of the content began; before it the buyer was told, and ticked,
    that withdrawal ends with it (``told_at``).
    """

    __tablename__ = "entitlement"
    __table_args__ = (
        UniqueConstraint("order_line_id", name="uq_entitlement_order_line_id"),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="ended_has_reason"),
        CheckConstraint(
            "first_access_at is null or told_at is not null", name="told_before_access"
        ),
        Index("ix_entitlement_organization_id_granted_at", "organization_id", "granted_at"),
        Index("ix_entitlement_version_id", "version_id"),
        Index("ix_entitlement_seller_id", "seller_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    order_id: UUID = Field(sa_column_args=[ForeignKey("purchase_order.id")])
    order_line_id: UUID = Field(sa_column_args=[ForeignKey("order_line.id")])
    seller_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    version_id: UUID = Field(sa_column_args=[ForeignKey("dataset_version.id")])
    granted_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    ends_on: date | None = None
    told_at: datetime | None = None
    told_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    first_access_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = Field(default=None, sa_type=choice(EndReason, "end_reason"))


class ReceiptKind(StrEnum):
    """What was downloaded: one file by its link, or the whole version as one archive."""

    file = "file"
    whole = "whole"


class DownloadReceipt(SQLModel, table=True):
    """One download as evidence for buyer and seller (수령 기록); append-only.

    ``size_bytes`` and ``sha256`` are those of the file, or of all files of the version together: the archive
    around them counts for nothing. The row is written when the link is given out or the stream begins.
    """

    __tablename__ = "download_receipt"
    __table_args__ = (
        CheckConstraint("(kind = 'file') = (file_id is not null)", name="file_is_named"),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        Index("ix_download_receipt_organization_id_sequence", "organization_id", "sequence"),
        Index("ix_download_receipt_seller_id_sequence", "seller_id", "sequence"),
        Index("ix_download_receipt_entitlement_id", "entitlement_id"),
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
    seller_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    entitlement_id: UUID = Field(sa_column_args=[ForeignKey("entitlement.id")])
    user_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    address: str | None = Field(default=None, sa_type=INET)
    kind: ReceiptKind = Field(sa_type=choice(ReceiptKind, "kind"))
    file_id: UUID | None = Field(default=None, sa_column_args=[ForeignKey("data_file.id")])
    path: str = Field(default="", max_length=500)
    size_bytes: int = Field(sa_type=BigInteger)
    sha256: str = Field(max_length=64)
    downloaded_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
