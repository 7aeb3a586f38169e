"""Table of disputes: what the buyer says is wrong with a line, the seller's answer, the exchange's decision."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class DisputeState(StrEnum):
    """Where a dispute stands."""

    open = "open"
    proposed = "proposed"
    """Decided for the buyer, and its refund waits for a second person of the exchange."""
    for_seller = "for_seller"
    for_buyer = "for_buyer"
    """Rescission (계약의 해제): everything that is left goes back."""
    price_cut = "price_cut"
    withdrawn = "withdrawn"
    """Given up by the buyer."""


class Dispute(SQLModel, table=True):
    """What a buyer holds against a delivered line; one is open for each line.

    ``known_on`` is the day on which the buyer found it: with the day of supply it sets the last day of the right.
    ``case_id`` names the refund that it led to.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("(answer is null) = (answered_at is null)", name="answered_has_time"),
        CheckConstraint(
            "(state in ('open', 'proposed')) = (decided_at is null)", name="decided_has_time"
        ),
        CheckConstraint("cut_won is null or cut_won > 0", name="cut_won"),
        Index(
            "uq_dispute_open",
            "order_line_id",
            unique=True,
            postgresql_where=text("state in ('open', 'proposed')"),
        ),
        Index("ix_dispute_order_line_id", "order_line_id"),
        Index("ix_dispute_organization_id", "organization_id"),
        Index("ix_dispute_seller_id_opened_at", "seller_id", "opened_at"),
        Index("ix_dispute_state_opened_at", "state", "opened_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_line_id: UUID = Field(sa_column_args=[ForeignKey("order_line.id")])
    order_id: UUID = Field(sa_column_args=[ForeignKey("purchase_order.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    seller_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    state: DisputeState = Field(default=DisputeState.open, sa_type=choice(DisputeState, "state"))
    statement: str = Field(sa_type=Text)
    known_on: date
    opened_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    opened_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    answer: str | None = Field(default=None, sa_type=Text)
    answered_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    answered_at: datetime | None = None
    decision: str | None = Field(default=None, max_length=2000)
    decided_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    decided_at: datetime | None = None
    cut_won: int | None = Field(default=None, sa_type=BigInteger)
    case_id: UUID | None = None
