"""What a seller says of itself to buyers, besides the facts of its membership."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlmodel import Field, SQLModel

from marketplace.columns import stamped


class SellerProfile(SQLModel, table=True):
    """The public side of a seller (판매자 정보).

    ``mail_order_number`` is the number of the mail-order report (통신판매업 신고번호); who need not report
    says so by ``mail_order_exempt``.
    """

    __tablename__ = "seller_profile"
    __table_args__ = (
        CheckConstraint(
            "mail_order_exempt = (mail_order_number = '')", name="mail_order_said_once"
        ),
    )

    organization_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("organization.id")])
    contact_email: str = Field(max_length=254)
    contact_phone: str = Field(max_length=30)
    mail_order_number: str = Field(default="", max_length=40)
    mail_order_exempt: bool = False
    introduction_ko: str = Field(default="", max_length=2000)
    introduction_en: str = Field(default="", max_length=2000)
    saved_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    saved_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
