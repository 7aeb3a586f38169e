"""Parts of the bodies that several of the operator's routes share."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

Reason = Annotated[str, Meta(min_length=1, max_length=1_000)]
OptionalReason = Annotated[str, Meta(max_length=1_000)]
SearchText = Annotated[str, Meta(max_length=100)]
Email = Annotated[str, Meta(min_length=3, max_length=254)]
PersonName = Annotated[str, Meta(min_length=1, max_length=80)]


class ReasonIn(Struct, forbid_unknown_fields=True):
    """Why; passed on to the person or organization concerned and kept in the audit trail."""

    reason: Reason


class OptionalReasonIn(Struct, forbid_unknown_fields=True):
    """Why, where the act explains itself."""

    reason: OptionalReason = ""


class EventOut(Struct, frozen=True):
    """One event of the audit trail with the names that belong to its ids today."""

    id: int
    at: datetime
    action: str
    object_kind: str
    object_id: str
    organization_id: UUID | None
    organization_name: str | None
    actor_user_id: UUID | None
    actor_name: str | None
    actor_email: str | None
    actor_organization_id: UUID | None
    request_id: str | None
    address: str | None
    reason: str | None
    facts: dict[str, Any]


class EventsOut(Struct, frozen=True):
    """One page of events; ``next_cursor`` opens the following one."""

    items: list[EventOut]
    next_cursor: str | None
