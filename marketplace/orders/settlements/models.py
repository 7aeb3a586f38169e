"""Tables of settlements: the month, what a seller gets for it, its lines, its payout, and the exchange's fee."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class PeriodState(StrEnum):
    """Whether something of a month is still to be decided or paid."""

    open = "open"
    closed = "closed"


class FeeBase(StrEnum):
    """What the exchange counts its fee on."""

    supply = "supply"
    total = "total"


class SettlementState(StrEnum):
    """Where a settlement stands."""

    drafted = "drafted"
    approved_once = "approved_once"
    approved = "approved"
    """By two persons. Where nothing is paid out it ends here, and what is left goes into the next one."""
    paying = "paying"
    """Its payout stands in a file for the bank."""
    paid = "paid"
    cancelled = "cancelled"


class CarryReason(StrEnum):
    """Why what a seller has is not paid out with this settlement."""

    below_least = "below_least"
    no_account = "no_account"
    suspended = "suspended"
    debt = "debt"
    """The seller owes more than there is."""


class StatementOutcome(StrEnum):
    """What became of a line of the bank's statement that names a payout."""

    paid = "paid"
    amount_differs = "amount_differs"
    not_sent = "not_sent"
    """Its payout was not in a file for the bank."""
    paid_before = "paid_before"
    unknown = "unknown"


class SettlementPeriod(SQLModel, table=True):
    """A month in Seoul that is settled."""

    __tablename__ = "settlement_period"
    __table_args__ = (
        UniqueConstraint("begins_on", name="uq_settlement_period_begins_on"),
        CheckConstraint("begins_on < ends_on", name="in_order"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    begins_on: date
    ends_on: date
    state: PeriodState = Field(default=PeriodState.open, sa_type=choice(PeriodState, "state"))
    made_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    drafted_at: datetime | None = None

    @property
    def month(self) -> str:
        """The month as people write it in addresses: 2026-11."""
        return f"{self.begins_on:%Y-%m}"


class Settlement(SQLModel, table=True):
    """What a seller gets for a month [won]; ``organization_id`` is the seller.

    ``carried_in_won`` is what earlier settlements did not pay out, below nothing where the bank or a refund has
    taken it since; ``set_off_won`` is what the seller owed from refunds of what was paid out before, and
    ``debt_left_won`` what of that is still owed. ``sequence`` is the number that people read out, and the reference
    on the bank's statement.
    """

    __tablename__ = "settlement"
    __table_args__ = (
        CheckConstraint(
            "gross_won >= 0 and fee_supply_won >= 0 and fee_vat_won >= 0 and set_off_won >= 0"
            " and paid_won >= 0 and debt_left_won >= 0",
            name="sums",
        ),
        CheckConstraint(
            "paid_won + carried_out_won"
            " = gross_won + carried_in_won - fee_supply_won - fee_vat_won - set_off_won",
            name="adds_up",
        ),
        CheckConstraint("paid_won = 0 or carried_out_won = 0", name="paid_or_carried"),
        CheckConstraint(
            "(carried_out_won = 0) = (carry_reason is null)", name="carried_has_reason"
        ),
        CheckConstraint("fee_bps between 0 and 5000", name="fee_bps"),
        CheckConstraint("approved_by <> first_approved_by", name="second_person"),
        CheckConstraint(
            "state not in ('approved', 'paying', 'paid')"
            " or (first_approved_by is not null and approved_by is not null)",
            name="approved_by_two",
        ),
        Index(
            "uq_settlement_period_id_organization_id",
            "period_id",
            "organization_id",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index(
            "uq_settlement_undecided",
            "organization_id",
            unique=True,
            postgresql_where=text("state in ('drafted', 'approved_once')"),
        ),
        Index("ix_settlement_organization_id_sequence", "organization_id", "sequence"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    sequence: int | None = Field(
        default=None,
        nullable=False,
        unique=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True)],
    )
    period_id: UUID = Field(sa_column_args=[ForeignKey("settlement_period.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    begins_on: date
    ends_on: date
    seller_name: str = Field(max_length=120)
    seller_number: str = Field(max_length=10)
    state: SettlementState = Field(
        default=SettlementState.drafted, sa_type=choice(SettlementState, "state")
    )
    gross_won: int = Field(sa_type=BigInteger)
    fee_bps: int
    fee_base: FeeBase = Field(sa_type=choice(FeeBase, "fee_base"))
    fee_supply_won: int = Field(sa_type=BigInteger)
    fee_vat_won: int = Field(sa_type=BigInteger)
    set_off_won: int = Field(sa_type=BigInteger)
    carried_in_won: int = Field(sa_type=BigInteger)
    paid_won: int = Field(sa_type=BigInteger)
    carried_out_won: int = Field(sa_type=BigInteger)
    carry_reason: CarryReason | None = Field(
        default=None, sa_type=choice(CarryReason, "carry_reason")
    )
    debt_left_won: int = Field(sa_type=BigInteger)
    drafted_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    first_approved_by: UUID | None = Field(
        default=None, sa_column_args=[ForeignKey("user_account.id")]
    )
    first_approved_at: datetime | None = None
    approved_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    approved_at: datetime | None = None
    paid_at: datetime | None = None

    @property
    def number(self) -> str:
        """What people read out, and what stands on the bank's statement."""
        return f"S{self.sequence:06d}"

    @property
    def fee_won(self) -> int:
        """The exchange's fee with its tax [won]."""
        return self.fee_supply_won + self.fee_vat_won


class SettlementLine(SQLModel, table=True):
    """A sold line that is settled, once; ``released_at`` lets it go where the draft was given up [won]."""

    __tablename__ = "settlement_line"
    __table_args__ = (
        CheckConstraint("amount_won > 0 and fee_base_won > 0", name="sums"),
        Index(
            "uq_settlement_line_order_line_id",
            "order_line_id",
            unique=True,
            postgresql_where=text("released_at is null"),
        ),
        Index("ix_settlement_line_settlement_id", "settlement_id"),
        Index("ix_settlement_line_organization_id", "organization_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    settlement_id: UUID = Field(sa_column_args=[ForeignKey("settlement.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    order_line_id: UUID = Field(sa_column_args=[ForeignKey("order_line.id")])
    accepted_at: datetime
    amount_won: int = Field(sa_type=BigInteger)
    fee_base_won: int = Field(sa_type=BigInteger)
    released_at: datetime | None = None


class Payout(SQLModel, table=True):
    """Money that goes to a seller: one for each settlement, paid once [won]."""

    __tablename__ = "payout"
    __table_args__ = (
        UniqueConstraint("settlement_id", name="uq_payout_settlement_id"),
        CheckConstraint("amount_won > 0", name="amount_won"),
        CheckConstraint(
            "(paid_at is null) = (paid_on is null) and (paid_at is null) = (paid_cause is null)",
            name="paid",
        ),
        Index("ix_payout_organization_id", "organization_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    settlement_id: UUID = Field(sa_column_args=[ForeignKey("settlement.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    amount_won: int = Field(sa_type=BigInteger)
    bank_account_id: UUID | None = Field(
        default=None, sa_column_args=[ForeignKey("bank_account.id")]
    )
    sent_at: datetime | None = None
    paid_on: date | None = None
    paid_at: datetime | None = None
    # What showed it: the bank's words, or what a person wrote.
    paid_cause: str | None = Field(default=None, max_length=1000)


class FeeInvoice(SQLModel, table=True):
    """The exchange's own tax invoice to a seller for its fee: what it says, and by when it is issued [won]."""

    __tablename__ = "fee_invoice"
    __table_args__ = (
        UniqueConstraint("settlement_id", name="uq_fee_invoice_settlement_id"),
        CheckConstraint("supply_won > 0 and vat_won >= 0", name="sums"),
        CheckConstraint("(issued_at is null) = (paper_id is null)", name="issued_is_named"),
        Index("ix_fee_invoice_organization_id", "organization_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    settlement_id: UUID = Field(sa_column_args=[ForeignKey("settlement.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    supply_won: int = Field(sa_type=BigInteger)
    vat_won: int = Field(sa_type=BigInteger)
    written_on: date
    issue_due_on: date
    issued_at: datetime | None = None
    # Of the paper that was issued for it; opaque here.
    paper_id: UUID | None = None


class PayoutStatementRow(SQLModel, table=True):
    """A line of the bank's statement that names a payout; the same line is taken once."""

    __tablename__ = "payout_statement_row"
    __table_args__ = (
        UniqueConstraint("fingerprint", name="uq_payout_statement_row_fingerprint"),
        CheckConstraint("length(fingerprint) = 64", name="fingerprint"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    fingerprint: str = Field(max_length=64)
    booked_on: date
    amount_won: int = Field(sa_type=BigInteger)
    description: str = Field(max_length=300)
    settlement_id: UUID | None = Field(default=None, sa_column_args=[ForeignKey("settlement.id")])
    outcome: StatementOutcome = Field(sa_type=choice(StatementOutcome, "outcome"))
    imported_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    imported_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
