"""What crosses the wire about examining a version again."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from marketplace.catalog.profiles.models import ProfileState
from marketplace.members.oversight.schemas import OptionalReason, Reason


class ProfileIn(Struct, forbid_unknown_fields=True):
    """Why a version is examined again; ``as_of`` is the day by which the data's age is measured.

    Without one it is the day on which the version was examined first, so that the result can be had again.
    """

    reason: Reason
    as_of: date | None = None


class ProfileForm(Struct, forbid_unknown_fields=True):
    """The same from a page, which says itself what is missing."""

    reason: OptionalReason = ""
    as_of: date | None = None


class ReportLine(Struct, frozen=True, kw_only=True):
    """A report of a version; ``number`` 1 is the first, ``replaced_at`` null the one that everybody reads."""

    number: int
    engine: str
    rules: str
    grade: str
    blocker_count: int
    warning_count: int
    row_count: int
    as_of: date | None
    sha256: str
    certified: bool
    made_at: datetime
    replaced_at: datetime | None


class OrderLine(Struct, frozen=True, kw_only=True):
    """An order to examine again, and what came of it."""

    id: UUID
    state: ProfileState
    reason: str
    as_of: date
    ordered_by: UUID
    ordered_at: datetime
    ended_at: datetime | None


class ProfilesOut(Struct, frozen=True, kw_only=True):
    """The reports of a version and the orders, the newest first; ``first_on`` is the day of the first report."""

    version_id: UUID
    first_on: date | None
    waiting: bool
    reports: list[ReportLine]
    orders: list[OrderLine]
