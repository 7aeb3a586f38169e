"""Table of acceptances: one for each paid line, from payment until its money is the seller's, or goes back."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlmodel import Field, SQLModel

from marketplace.columns import choice


class AcceptanceState(StrEnum):
    """Where the examination of a delivered line stands."""

    open = "open"
    accepted = "accepted"
    lapsed = "lapsed"
    """The window ended without a word: it counts as accepted."""
    disputed = "disputed"
    ended = "ended"
    """Everything was paid back before it was accepted."""


class Acceptance(SQLModel, table=True):
    """The buyer's window to examine a line: until it closes the money is held."""

    __tablename__ = "acceptance"
    __table_args__ = (
        CheckConstraint(
            "(state in ('open', 'disputed')) = (decided_at is null)", name="decided_has_time"
        ),
        Index("ix_acceptance_state_closes_at", "state", "closes_at"),
        Index("ix_acceptance_organization_id", "organization_id"),
        Index("ix_acceptance_seller_id", "seller_id"),
    )

    # Of the order line.
    id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("order_line.id")])
    order_id: UUID = Field(sa_column_args=[ForeignKey("purchase_order.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    seller_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    state: AcceptanceState = Field(
        default=AcceptanceState.open, sa_type=choice(AcceptanceState, "state")
    )
    opened_at: datetime
    closes_at: datetime
    decided_at: datetime | None = None
    decided_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
