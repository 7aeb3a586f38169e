"""Tables of the examination: one review for each request, and the thread that both sides write in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class ReviewState(StrEnum):
    """Where a review stands; a returned content comes back as a new review."""

    waiting = "waiting"
    approved = "approved"
    returned = "returned"
    rejected = "rejected"
    recalled = "recalled"


class Review(SQLModel, table=True):
    """One registration request under examination.

    ``approved_by_first`` is the reviewer whose approval waits for a second look; the second is another.
    """

    __tablename__ = "review"
    __table_args__ = (
        Index(
            "uq_review_waiting",
            "content_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_review_state_submitted_at", "state", "submitted_at"),
        CheckConstraint("(state = 'waiting') = (decided_at is null)", name="decided_has_time"),
        CheckConstraint(
            "state not in ('returned', 'rejected') or reason is not null", name="refusal_has_reason"
        ),
        CheckConstraint("decided_by <> approved_by_first", name="second_person"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    content_id: UUID = Field(sa_column_args=[ForeignKey("product_content.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    state: ReviewState = Field(default=ReviewState.waiting, sa_type=choice(ReviewState, "state"))
    submitted_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    submitted_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    due_at: datetime
    assigned_to: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    approved_by_first: UUID | None = Field(
        default=None, sa_column_args=[ForeignKey("user_account.id")]
    )
    decided_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    decided_at: datetime | None = None
    reason: str | None = Field(default=None, max_length=2000)


class ReviewComment(SQLModel, table=True):
    """One contribution to the thread, about a field or finding where ``about`` names one. Append-only."""

    __tablename__ = "review_comment"
    __table_args__ = (Index("ix_review_comment_product_id_at", "product_id", "at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    review_id: UUID = Field(sa_column_args=[ForeignKey("review.id")])
    product_id: UUID = Field(sa_column_args=[ForeignKey("product.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    author_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    by_operator: bool
    about: str = Field(default="", max_length=80)
    body: str = Field(max_length=2000)
    at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
