"""What crosses the wire at the operator's desk of payments."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from billing.gateways.facts import Method, ProviderState
from billing.gateways.settling import PaymentState, Reason
from marketplace.orders.payments.models import DifferenceKind, EvidenceKind, RefundState


class OutcomeIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What was found out, and what was done about it."""

    outcome: Annotated[str, Meta(min_length=2, max_length=1_000)]


class PaymentLine(Struct, frozen=True, kw_only=True):
    """A payment as the operator's list shows it [won]."""

    id: UUID
    order_id: UUID
    order_number: str
    organization_name: str
    method: Method
    gateway: str
    evidence: EvidenceKind
    amount_won: int
    refunded_won: int
    state: PaymentState
    provider_state: ProviderState
    provider_status: str
    provider_key: str
    started_at: datetime
    paid_at: datetime | None
    asked_at: datetime | None


class PaymentPage(Struct, frozen=True):
    """Payments, the newest first."""

    items: list[PaymentLine]
    next_cursor: str | None


class QuestionOut(Struct, frozen=True, kw_only=True):
    """A payment that no rule could settle."""

    id: UUID
    payment_id: UUID
    reason: Reason
    detail: str
    raised_at: datetime
    closed_at: datetime | None
    outcome: str | None


class RefundOut(Struct, frozen=True, kw_only=True):
    """Money that goes back to the payer [won]."""

    id: UUID
    payment_id: UUID
    case_id: UUID | None
    amount_won: int
    reason: str
    state: RefundState
    failure: str
    wanted_at: datetime
    booked_at: datetime | None


class PaymentDetail(Struct, frozen=True, kw_only=True):
    """One payment with its refunds and questions."""

    payment: PaymentLine
    refunds: list[RefundOut]
    questions: list[QuestionOut]


class DifferenceOut(Struct, frozen=True, kw_only=True):
    """A line on which a provider's list of a day and our rows differ [won]."""

    id: UUID
    gateway: str
    day: date
    kind: DifferenceKind
    payment_id: UUID | None
    provider_key: str
    theirs_won: int | None
    ours_won: int | None
    found_at: datetime
    closed_at: datetime | None
    outcome: str | None


class ComparedDay(Struct, frozen=True, kw_only=True):
    """One day of a gateway that was compared."""

    gateway: str
    day: date
    movement_count: int
    difference_count: int
    done_at: datetime


class PaymentQueue(Struct, frozen=True, kw_only=True):
    """What waits for an operator, and the last comparisons."""

    questions: list[QuestionOut]
    differences: list[DifferenceOut]
    days: list[ComparedDay]
