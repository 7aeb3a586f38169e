"""Table of entitlements: who may use which version, for how long, and when it was first used."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
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
