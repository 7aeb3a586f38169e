"""What crosses the wire about inquiries."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.catalog.inquiries.models import InquiryKind

Body = Annotated[str, Meta(min_length=2, max_length=1_000)]
Answer = Annotated[str, Meta(min_length=2, max_length=2_000)]


class InquiryIn(Struct, forbid_unknown_fields=True):
    """What is asked."""

    body: Body
    kind: InquiryKind = InquiryKind.question


class AnswerIn(Struct, forbid_unknown_fields=True):
    """What is answered."""

    answer: Answer


class InquiryOut(Struct, frozen=True):
    """An inquiry as everybody reads it: not who asked."""

    id: UUID
    product_id: UUID
    kind: InquiryKind
    body: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


class InquiryList(Struct, frozen=True):
    """Inquiries, the newest first."""

    items: list[InquiryOut]
