"""Tables of the public side of products."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlmodel import Field, SQLModel


class ProductView(SQLModel, table=True):
    """That a visitor looked at a product on a day in Seoul; a second look that day adds nothing.

    ``visitor`` is a keyed hash that changes each day, so it follows nobody from one day to the next.
    """

    __tablename__ = "product_view"
    __table_args__ = (
        CheckConstraint("octet_length(visitor) = 16", name="visitor"),
        Index("ix_product_view_organization_id", "organization_id"),
    )

    product_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("product.id")])
    day: date = Field(primary_key=True)
    visitor: bytes = Field(primary_key=True, sa_type=LargeBinary)
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
