"""The table of reports."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class ReportReason(StrEnum):
    """What is wrong with the product."""

    personal_data = "personal_data"
    rights = "rights"
    description = "description"
    illegal = "illegal"
    other = "other"


class ReportOutcome(StrEnum):
    """What came of a report."""

    unfounded = "unfounded"
    seller_asked = "seller_asked"
    sale_stopped = "sale_stopped"


class ProductReport(SQLModel, table=True):
    """That an organization finds something wrong with a product; its seller never sees who.

    ``organization_id`` is the reporter. ``answer`` is what the reporter reads with the outcome.
    """

    __tablename__ = "product_report"
    __table_args__ = (
        Index(
            "uq_product_report_open",
            "product_id",
            "organization_id",
            unique=True,
            postgresql_where=text("outcome is null"),
        ),
        Index("ix_product_report_outcome_reported_at", "outcome", "reported_at"),
        CheckConstraint(
            "(outcome is null) = (closed_at is null) and (outcome is null) = (answer is null)",
            name="closed_is_answered",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    reason: ReportReason = Field(sa_type=choice(ReportReason, "reason"))
    body: str = Field(max_length=2000)
    reported_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    reported_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    outcome: ReportOutcome | None = Field(default=None, sa_type=choice(ReportOutcome, "outcome"))
    answer: str | None = Field(default=None, max_length=2000)
    closed_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    closed_at: datetime | None = None
