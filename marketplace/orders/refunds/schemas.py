"""What crosses the wire about refunds."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.members.oversight.schemas import Reason
from marketplace.orders.refunds.models import CaseState, RefundReason

LineIds = Annotated[list[UUID], Meta(min_length=1, max_length=1_000)]
Won = Annotated[int, Meta(ge=1, le=10**12)]


class Outcome(StrEnum):
    """How a dispute can be decided."""

    for_seller = "for_seller"
    for_buyer = "for_buyer"
    price_cut = "price_cut"


class DecisionIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A decision about a dispute; ``amount_won`` with VAT is asked for with a price cut alone [won]."""

    outcome: Outcome
    reason: Annotated[str, Meta(min_length=1, max_length=1_000)]
    amount_won: Won | None = None


class WithdrawalIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """The lines that the buyer withdraws from."""

    line_ids: LineIds


class PartIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What goes back of a line, with VAT; everything that is left where no amount is named [won]."""

    line_id: UUID
    amount_won: Won | None = None


class RefundIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A refund by the exchange's own decision."""

    parts: Annotated[list[PartIn], Meta(min_length=1, max_length=1_000)]
    reason: Reason


class ByHandIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """How a refund that the gateway refused was paid: from the bank, or by what the gateway took back itself."""

    out_of: Literal["bank", "gateway_clearing"]
    reason: Reason


class RefundLineOut(Struct, frozen=True, kw_only=True):
    """What a refund takes from a line [won]."""

    order_line_id: UUID
    title: str
    seller_name: str
    supply_won: int
    vat_won: int
    total_won: int


class CaseStepOut(Struct, frozen=True, kw_only=True):
    """One step of a refund."""

    state: CaseState
    at: datetime
    reason: str | None


class SentOut(Struct, frozen=True, kw_only=True):
    """One try to have the gateway pay; ``failure`` is the gateway's answer where it refused."""

    id: UUID
    amount_won: int
    state: str
    failure: str
    wanted_at: datetime
    booked_at: datetime | None
    account_asked_at: datetime | None


class RefundCaseOut(Struct, frozen=True, kw_only=True):
    """A refund with its lines and its steps [won]; ``due_on`` is the last day that the law gives for a withdrawal."""

    id: UUID
    order_id: UUID
    order_number: str
    buyer_name: str
    reason: RefundReason
    note: str
    amount_won: int
    state: CaseState
    made_at: datetime
    decided_by: UUID | None
    approved_by: UUID | None
    decided_at: datetime | None
    paid_at: datetime | None
    due_on: date | None
    lines: list[RefundLineOut]
    steps: list[CaseStepOut]
    sent: list[SentOut]


class RefundCases(Struct, frozen=True):
    """Refunds, the newest first."""

    items: list[RefundCaseOut]


class WithdrawableOut(Struct, frozen=True, kw_only=True):
    """Whether and until when a line can be withdrawn from; ``left_won`` would go back [won]."""

    line_id: UUID
    title: str
    version_number: int
    seller_name: str
    left_won: int
    downloaded: bool
    ends_on: date
    allowed: bool


class OrderRefunds(Struct, frozen=True, kw_only=True):
    """What can be withdrawn from in an order, and its refunds, the newest first."""

    lines: list[WithdrawableOut]
    cases: list[RefundCaseOut]


class RefusedOut(Struct, frozen=True, kw_only=True):
    """A refund that the gateway refused and nobody has dealt with [won]; none without ``case_id`` was of a case."""

    id: UUID
    payment_id: UUID
    case_id: UUID | None
    order_id: UUID
    order_number: str
    buyer_name: str
    gateway: str
    amount_won: int
    failure: str
    wanted_at: datetime


class RefusedRefunds(Struct, frozen=True):
    """The refunds that the gateways refused, the oldest first."""

    items: list[RefusedOut]
