"""What crosses the wire about registration requests, apart from the tables."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.catalog.products.schemas import ContentOut
from marketplace.catalog.review.checks import PreCheck
from marketplace.catalog.review.models import ReviewState
from marketplace.catalog.review.prices import PriceCheck
from marketplace.catalog.review.service import Decision

Words = Annotated[str, Meta(min_length=1, max_length=2_000)]


class CommentIn(Struct, forbid_unknown_fields=True):
    """A contribution to the thread, about a field or finding where ``about`` names one."""

    text: Words
    about: Annotated[str, Meta(max_length=80)] = ""


class DecisionIn(Struct, forbid_unknown_fields=True):
    """A decision; a return or rejection needs a reason."""

    decision: Decision
    reason: Annotated[str, Meta(max_length=2_000)] = ""


class CommentOut(Struct, frozen=True):
    """One contribution as both sides see it; the operator's persons stay unnamed to sellers."""

    by_operator: bool
    about: str
    body: str
    at: datetime


class ReviewOut(Struct, frozen=True):
    """A request as its seller sees it."""

    id: UUID
    state: ReviewState
    submitted_at: datetime
    due_at: datetime
    decided_at: datetime | None
    reason: str | None


class RegistrationOut(Struct, frozen=True):
    """Where the registration of a product stands: the checks, its requests, and the thread.

    ``price`` warns and refuses nothing; it is missing while nothing is being written.
    """

    checks: list[PreCheck]
    price: PriceCheck | None
    reviews: list[ReviewOut]
    comments: list[CommentOut]


class RequestLine(Struct, frozen=True):
    """A request in the reviewers' queue; ``created_at`` is when it was requested."""

    id: UUID
    product_id: UUID
    number: int
    title: str
    seller_id: UUID
    seller: str
    state: ReviewState
    price_won: int | None
    created_at: datetime
    due_at: datetime
    overdue: bool
    second_look: bool
    assigned_to: UUID | None
    assigned_name: str | None
    decided_at: datetime | None


class RequestLines(Struct, frozen=True):
    """A page of the reviewers' queue."""

    items: list[RequestLine]
    next_cursor: str | None


class CaseOut(Struct, frozen=True):
    """A request with what it is decided by; ``awaits_second`` means that one approval is in."""

    id: UUID
    product_id: UUID
    number: int
    seller_id: UUID
    seller: str
    price_won: int | None
    state: ReviewState
    submitted_at: datetime
    due_at: datetime
    assigned_to: UUID | None
    awaits_second: bool
    decided_at: datetime | None
    reason: str | None
    content: ContentOut
    checks: list[PreCheck]
    price: PriceCheck
    earlier: list[ReviewOut]
    comments: list[CommentOut]
