"""What crosses the wire about the audit trail."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.clock import SEOUL
from marketplace.members.oversight.schemas import Reason
from marketplace.members.oversight.trail.queries import ACTION_CHARS_MAX, TrailFilter


class TrailFilterIn(Struct, forbid_unknown_fields=True):
    """Conditions on the trail; days are days in Seoul, both included."""

    action: Annotated[str, Meta(max_length=ACTION_CHARS_MAX)] = ""
    person_id: UUID | None = None
    organization_id: UUID | None = None
    from_on: date | None = None
    to_on: date | None = None


class TrailExportIn(TrailFilterIn, forbid_unknown_fields=True, kw_only=True):
    """What to export, and why it leaves the exchange."""

    reason: Reason


def filter_of(given: TrailFilterIn) -> TrailFilter:
    """Return the filter of the queries: days become instants."""
    ends_on = None
    if given.to_on is not None and given.to_on < date.max:
        ends_on = given.to_on + timedelta(days=1)
    return TrailFilter(
        action=given.action.strip(),
        person_id=given.person_id,
        organization_id=given.organization_id,
        begins_at=None if given.from_on is None else _midnight(given.from_on),
        ends_at=None if ends_on is None else _midnight(ends_on),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SEOUL)
