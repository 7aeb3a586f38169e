"""Tables of payments: the attempts, their refunds, what providers told us, and what nobody could decide."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
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
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from billing.gateways.facts import Method, ProviderState
from billing.gateways.settling import PaymentState, Reason
from marketplace.columns import choice, stamped


class EvidenceKind(StrEnum):
    """What proves a payment: exactly one kind for each (부가가치세법 제33조제2항)."""

    card_slip = "card_slip"
    invoice = "invoice"


EVIDENCE_OF = {
    method: EvidenceKind.invoice
    if method in {Method.transfer, Method.virtual_account}
    else EvidenceKind.card_slip
    for method in Method
}
"""Wallets charge a card or prepaid money and count as cards."""


class Payment(SQLModel, table=True):
    """One attempt to pay an order: the intention, and what became of it.

    ``state`` is ours; ``provider_state`` and ``provider_status`` mirror the provider and may regress.
    ``asked_at`` is when the truth was asked for that was applied last, ``ask_at`` when it is asked for next.
    ``account`` is where a virtual account waits for its deposit, ``kit`` what the provider's script needs.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_won > 0", name="amount_won"),
        CheckConstraint("refunded_won between 0 and amount_won", name="refunded_won"),
        CheckConstraint(
            "(evidence = 'invoice') = (method in ('transfer', 'virtual_account'))",
            name="one_evidence",
        ),
        CheckConstraint(
            "(state = 'refunded') <= (refunded_won = amount_won)", name="refunded_is_whole"
        ),
        Index(
            "uq_payment_open",
            "order_id",
            unique=True,
            postgresql_where=text("state in ('created', 'awaiting_deposit')"),
        ),
        Index(
            "uq_payment_kept",
            "order_id",
            unique=True,
            postgresql_where=text("state in ('paid', 'partly_refunded')"),
        ),
        Index("ix_payment_order_id", "order_id"),
        Index("ix_payment_organization_id", "organization_id"),
        Index("ix_payment_ask_at", "ask_at", postgresql_where=text("ask_at is not null")),
        Index("ix_payment_started_at_id", "started_at", "id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    order_id: UUID = Field(sa_column_args=[ForeignKey("purchase_order.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    method: Method = Field(sa_type=choice(Method, "method"))
    gateway: str = Field(max_length=20)
    evidence: EvidenceKind = Field(sa_type=choice(EvidenceKind, "evidence"))
    amount_won: int = Field(sa_type=BigInteger)
    live: bool
    title: str = Field(max_length=100)
    state: PaymentState = Field(default=PaymentState.created, sa_type=choice(PaymentState, "state"))
    provider_state: ProviderState = Field(
        default=ProviderState.absent, sa_type=choice(ProviderState, "provider_state")
    )
    provider_status: str = Field(default="", max_length=60)
    provider_key: str = Field(default="", max_length=200)
    redirect_url: str = Field(default="", max_length=2000)
    kit: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    refunded_won: int = Field(default=0, sa_type=BigInteger)
    account: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    receipt_url: str = Field(default="", max_length=2000)
    failure_code: str = Field(default="", max_length=100)
    failure_message: str = Field(default="", max_length=500)
    created_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    started_at: datetime
    expires_at: datetime
    asked_at: datetime | None = None
    ask_at: datetime | None = None
    paid_at: datetime | None = None


class RefundState(StrEnum):
    """How far a refund is at the provider."""

    wanted = "wanted"
    done = "done"
    refused = "refused"
    """The provider said no: the operator pays it by hand or tries again."""


class PaymentRefund(SQLModel, table=True):
    """Money that goes back to the payer: ours, or one that the provider made without us.

    ``id`` is the key under which the provider makes it once. ``case_id`` names the matter that wanted it; none for
    money that came too late or twice. ``provider_key`` is the provider's own number. ``account_asked_at`` is when the
    buyer was asked for the account that the deposit of a virtual account goes back to.
    """

    __tablename__ = "payment_refund"
    __table_args__ = (
        CheckConstraint("amount_won > 0", name="amount_won"),
        CheckConstraint("(state = 'done') = (booked_at is not null)", name="done_is_booked"),
        Index(
            "uq_payment_refund_provider_key",
            "payment_id",
            "provider_key",
            unique=True,
            postgresql_where=text("provider_key <> ''"),
        ),
        Index("ix_payment_refund_payment_id", "payment_id"),
        Index("ix_payment_refund_organization_id", "organization_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    payment_id: UUID = Field(sa_column_args=[ForeignKey("payment.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    case_id: UUID | None = None
    amount_won: int = Field(sa_type=BigInteger)
    reason: str = Field(max_length=60)
    state: RefundState = Field(default=RefundState.wanted, sa_type=choice(RefundState, "state"))
    provider_key: str = Field(default="", max_length=200)
    failure: str = Field(default="", max_length=500)
    wanted_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    booked_at: datetime | None = None
    account_asked_at: datetime | None = None


class PaymentQuestion(SQLModel, table=True):
    """A payment that no rule could settle: it waits for an operator."""

    __tablename__ = "payment_question"
    __table_args__ = (
        Index(
            "uq_payment_question_open",
            "payment_id",
            "reason",
            unique=True,
            postgresql_where=text("closed_at is null"),
        ),
        CheckConstraint(
            "(closed_at is null) = (outcome is null) and (closed_at is null) = (closed_by is null)",
            name="closed",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    payment_id: UUID = Field(sa_column_args=[ForeignKey("payment.id")])
    reason: Reason = Field(sa_type=choice(Reason, "reason"))
    detail: str = Field(default="", max_length=500)
    raised_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    closed_at: datetime | None = None
    closed_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    outcome: str | None = Field(default=None, max_length=1000)


class PaymentWebhook(SQLModel, table=True):
    """A notification of a provider, once for each of its events, however often it is sent."""

    __tablename__ = "payment_webhook"
    __table_args__ = (
        UniqueConstraint("gateway", "event_id", name="uq_payment_webhook_event"),
        Index("ix_payment_webhook_received_at", "received_at"),
    )

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True)],
    )
    gateway: str = Field(max_length=20)
    event_id: str = Field(max_length=200)
    kind: str = Field(max_length=100)
    payment_id: UUID | None = None
    signed: bool
    received_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class Reconciliation(SQLModel, table=True):
    """That a day of a gateway was compared with our rows, and what came of it the last time."""

    __tablename__ = "reconciliation"

    gateway: str = Field(max_length=20, primary_key=True)
    day: date = Field(primary_key=True)
    movement_count: int
    difference_count: int
    done_at: datetime


class DifferenceKind(StrEnum):
    """How a provider's list and our rows differ."""

    unknown_there = "unknown_there"
    """The provider lists a payment that is none of ours."""
    unpaid_here = "unpaid_here"
    missing_there = "missing_there"
    amount_differs = "amount_differs"
    refund_unbooked = "refund_unbooked"
    refund_differs = "refund_differs"


class Difference(SQLModel, table=True):
    """One line on which a provider's list of a day and our rows differ; an operator explains it."""

    __tablename__ = "reconciliation_difference"
    __table_args__ = (
        Index(
            "uq_reconciliation_difference_line",
            "gateway",
            "day",
            "kind",
            "provider_key",
            "payment_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(
            "(closed_at is null) = (outcome is null) and (closed_at is null) = (closed_by is null)",
            name="closed",
        ),
        Index(
            "ix_reconciliation_difference_open", "day", postgresql_where=text("closed_at is null")
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    gateway: str = Field(max_length=20)
    day: date
    kind: DifferenceKind = Field(sa_type=choice(DifferenceKind, "kind"))
    payment_id: UUID | None = Field(default=None, sa_column_args=[ForeignKey("payment.id")])
    provider_key: str = Field(max_length=200)
    theirs_won: int | None = Field(default=None, sa_type=BigInteger)
    ours_won: int | None = Field(default=None, sa_type=BigInteger)
    found_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    closed_at: datetime | None = None
    closed_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    outcome: str | None = Field(default=None, max_length=1000)


class SandboxPaymentRow(SQLModel, table=True):
    """A payment as the sandbox gateway keeps it; the document is the gateway's own."""

    __tablename__ = "sandbox_payment"

    id: UUID = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=JSONB)
    version: int
    started_at: datetime
    changed_at: datetime


class SandboxWebhookRow(SQLModel, table=True):
    """A notification that the sandbox gateway will send."""

    __tablename__ = "sandbox_webhook"
    __table_args__ = (Index("ix_sandbox_webhook_due_at", "due_at"),)

    id: int | None = Field(
        default=None,
        primary_key=True,
        sa_type=BigInteger,
        sa_column_args=[Identity(always=True)],
    )
    event_id: str = Field(max_length=200)
    kind: str = Field(max_length=100)
    payment_id: UUID
    due_at: datetime
