"""What crosses the wire about disputes."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.orders.disputes.models import DisputeState

Statement = Annotated[str, Meta(min_length=10, max_length=4_000)]


class DisputeIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is wrong with the data, and the day on which the buyer found it (today unless named)."""

    statement: Statement
    known_on: date | None = None


class AnswerIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What the seller says to it; once."""

    answer: Statement


class DisputeOut(Struct, frozen=True, kw_only=True):
    """A dispute as its parties see it [won]; ``cut_won`` is the price cut, ``case_id`` the refund it led to."""

    id: UUID
    order_id: UUID
    order_line_id: UUID
    order_number: str
    title: str
    version_number: int
    buyer_name: str
    seller_name: str
    left_won: int
    state: DisputeState
    statement: str
    known_on: date
    opened_at: datetime
    answer: str | None
    answered_at: datetime | None
    decision: str | None
    decided_at: datetime | None
    cut_won: int | None
    case_id: UUID | None


class Disputes(Struct, frozen=True):
    """Disputes, the newest first."""

    items: list[DisputeOut]
