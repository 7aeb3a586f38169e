"""What crosses the wire about reports."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.catalog.reports.models import ReportOutcome, ReportReason


class ReportIn(Struct, forbid_unknown_fields=True):
    """What is wrong with a product."""

    reason: ReportReason
    body: Annotated[str, Meta(min_length=10, max_length=2_000)]


class ClosingIn(Struct, forbid_unknown_fields=True):
    """What came of a report, and what its reporter reads."""

    outcome: ReportOutcome
    answer: Annotated[str, Meta(min_length=2, max_length=2_000)]


class ReportOut(Struct, frozen=True):
    """A report as its reporter and the operator see it."""

    id: UUID
    product_id: UUID
    reason: ReportReason
    body: str
    reported_at: datetime
    outcome: ReportOutcome | None
    answer: str | None
    closed_at: datetime | None


class ReportList(Struct, frozen=True):
    """Reports, at most 100."""

    items: list[ReportOut]
