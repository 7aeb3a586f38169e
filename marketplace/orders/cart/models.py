"""Table of carts: one row for each product that an organization means to buy."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlmodel import Field, SQLModel

from marketplace.columns import stamped


class CartItem(SQLModel, table=True):
    """A product in an organization's cart, with what it was when it was put there.

    Title, price and version are kept, so that the cart can say what changed, and name what has left
    the market. ``price_won`` is the supply value without VAT [won].
    """

    __tablename__ = "cart_item"
    __table_args__ = (CheckConstraint("price_won > 0", name="price_won"),)

    organization_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("organization.id")])
    product_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("product.id")])
    title_ko: str = Field(max_length=120)
    title_en: str = Field(max_length=120)
    price_won: int = Field(sa_type=BigInteger)
    version_id: UUID = Field(sa_column_args=[ForeignKey("dataset_version.id")])
    added_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    added_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
