"""The table of inquiries."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class InquiryKind(StrEnum):
    """What is asked for."""

    question = "question"
    sample = "sample"


class Inquiry(SQLModel, table=True):
    """A question or a sample request, and its answer; public but for who asked.

    ``organization_id`` is the seller, who answers.
    """

    __tablename__ = "inquiry"
    __table_args__ = (
        Index("ix_inquiry_product_id_asked_at", "product_id", "asked_at"),
        Index("ix_inquiry_organization_id_asked_at", "organization_id", "asked_at"),
        CheckConstraint("(answer is null) = (answered_at is null)", name="answered_has_time"),
        CheckConstraint("(hidden_at is null) = (hidden_reason is null)", name="hidden_has_reason"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    kind: InquiryKind = Field(sa_type=choice(InquiryKind, "kind"))
    body: str = Field(max_length=1000)
    asker_organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    asked_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    asked_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    answer: str | None = Field(default=None, max_length=2000)
    answered_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    answered_at: datetime | None = None
    hidden_reason: str | None = Field(default=None, max_length=1000)
    hidden_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    hidden_at: datetime | None = None
