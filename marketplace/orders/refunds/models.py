"""Tables of refunds: the case, and what it takes from each line."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class RefundReason(StrEnum):
    """Why money goes back to a buyer."""

    withdrawal = "withdrawal"
    """The buyer's right, as long as nothing was downloaded (전자상거래법 제17조제1항)."""
    dispute_lost = "dispute_lost"
    """Rescission after a dispute: everything that is left of the line."""
    price_cut = "price_cut"
    operator = "operator"
    gateway_made = "gateway_made"
    """The gateway paid it back without us: by its own console, or because a card company asked."""


class CaseState(StrEnum):
    """How far a refund is."""

    waiting_second_person = "waiting_second_person"
    decided = "decided"
    """Booked; the gateway is asked."""
    sent = "sent"
    """The gateway took it and has not paid it yet."""
    paid = "paid"
    refused = "refused"
    """The second person said no: nothing was moved."""


class RefundCase(SQLModel, table=True):
    """One refund of an order: who wanted it, who agreed, and how far it is [won].

    A withdrawal is decided by the buyer's person, a refund that the gateway made by nobody.
    """

    __tablename__ = "refund_case"
    __table_args__ = (
        CheckConstraint("amount_won > 0", name="amount_won"),
        CheckConstraint("approved_by is null or approved_by <> decided_by", name="second_person"),
        CheckConstraint(
            "(state in ('decided', 'sent', 'paid')) = (decided_at is not null)",
            name="decided_has_time",
        ),
        CheckConstraint("(state = 'paid') = (paid_at is not null)", name="paid_has_time"),
        Index("ix_refund_case_order_id", "order_id"),
        Index("ix_refund_case_organization_id", "organization_id"),
        Index("ix_refund_case_payment_id", "payment_id"),
        Index("ix_refund_case_state_made_at", "state", "made_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_id: UUID = Field(sa_column_args=[ForeignKey("purchase_order.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    payment_id: UUID = Field(sa_column_args=[ForeignKey("payment.id")])
    reason: RefundReason = Field(sa_type=choice(RefundReason, "reason"))
    note: str = Field(default="", max_length=1000)
    amount_won: int = Field(sa_type=BigInteger)
    state: CaseState = Field(default=CaseState.decided, sa_type=choice(CaseState, "state"))
    made_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    decided_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    approved_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    decided_at: datetime | None = None
    paid_at: datetime | None = None


class RefundLine(SQLModel, table=True):
    """What a case takes from one line, as supply value and tax [won]."""

    __tablename__ = "refund_line"
    __table_args__ = (
        CheckConstraint(
            "supply_won >= 0 and vat_won >= 0 and supply_won + vat_won > 0", name="sums"
        ),
        Index("ix_refund_line_order_line_id", "order_line_id"),
        Index("ix_refund_line_organization_id", "organization_id"),
        Index("ix_refund_line_seller_id", "seller_id"),
    )

    case_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("refund_case.id")])
    order_line_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("order_line.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    seller_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    supply_won: int = Field(sa_type=BigInteger)
    vat_won: int = Field(sa_type=BigInteger)

    @property
    def total_won(self) -> int:
        """What goes back of the line, with tax [won]."""
        return self.supply_won + self.vat_won
