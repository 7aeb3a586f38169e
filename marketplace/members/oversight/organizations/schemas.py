"""What crosses the wire about organizations as the operator sees them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.auth import Function
from marketplace.members.accounts.models import UserState
from marketplace.members.organizations.models import (
    BankAccountState,
    OrganizationKind,
    OrganizationSize,
    OrganizationState,
    PaperKind,
    PaperState,
)
from marketplace.members.oversight.organizations.queries import Waiting
from marketplace.members.oversight.schemas import OptionalReason, Reason, SearchText


class OrganizationsFilterIn(Struct, forbid_unknown_fields=True):
    """Conditions of the list and of its export."""

    text: SearchText = ""
    function: Function | None = None
    state: OrganizationState | None = None
    kind: OrganizationKind | None = None
    waiting: Waiting | None = None


class ExportIn(OrganizationsFilterIn, forbid_unknown_fields=True, kw_only=True):
    """What to export, and why it leaves the exchange."""

    reason: Reason


class OrganizationRowOut(Struct, frozen=True):
    """One organization of the list with the work that waits."""

    id: UUID
    function: Function
    business_number: str
    name: str
    representative: str
    kind: OrganizationKind
    state: OrganizationState
    created_at: datetime
    papers_waiting: bool
    representative_waiting: bool
    registry_problem: bool
    bank_account_waiting: bool


class OrganizationsOut(Struct, frozen=True):
    """One page of organizations; ``next_cursor`` opens the following one."""

    items: list[OrganizationRowOut]
    next_cursor: str | None


class WaitingOut(Struct, frozen=True):
    """How many organizations wait for each kind of work."""

    papers: int
    representative: int
    registry: int
    bank_account: int


class OrganizationOut(Struct, frozen=True):
    """An organization with the three registration facts, each with its date."""

    id: UUID
    function: Function
    business_number: str
    corporate_number: str | None
    name: str
    representative: str
    opened_on: date
    address: str
    phone: str
    invoice_email: str
    business_type: str
    business_item: str
    tax_type: str
    kind: OrganizationKind
    size: OrganizationSize
    state: OrganizationState
    suspended_reason: str | None
    created_at: datetime
    checksum_passed_at: datetime | None
    registry_state: str | None
    registry_tax_type: str | None
    registry_matched: bool | None
    registry_checked_at: datetime | None
    override_reason: str | None
    override_by: UUID | None
    override_at: datetime | None
    representative_verified_at: datetime | None
    representative_verified_by: UUID | None


class PaperOut(Struct, frozen=True):
    """A proof file and what was found."""

    id: UUID
    organization_id: UUID
    kind: PaperKind
    file_name: str
    content_type: str
    size_bytes: int
    sha256: str
    uploaded_by: UUID
    uploaded_at: datetime
    state: PaperState
    examined_by: UUID | None
    examined_at: datetime | None
    reason: str | None


class BankAccountOut(Struct, frozen=True):
    """An account as far as it is shown: never more than the last four digits."""

    id: UUID
    organization_id: UUID
    bank_code: str
    number_last4: str
    holder: str
    paper_id: UUID
    state: BankAccountState
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    effective_at: datetime | None
    reason: str | None


class MemberOut(Struct, frozen=True):
    """A person of the organization."""

    user_id: UUID
    name: str
    email: str
    state: UserState
    roles: list[str]
    joined_at: datetime
    left_at: datetime | None


class OrganizationDetailOut(Struct, frozen=True):
    """Everything about an organization that the operator decides on."""

    organization: OrganizationOut
    papers: list[PaperOut]
    bank_accounts: list[BankAccountOut]
    members: list[MemberOut]


class PaperDecisionIn(Struct, forbid_unknown_fields=True):
    """Accept a paper, or return it with a reason."""

    accepted: bool
    reason: OptionalReason = ""


class BankAccountNumberIn(Struct, forbid_unknown_fields=True):
    """The account's number as read from the copy of the bankbook."""

    number: Annotated[str, Meta(min_length=1, max_length=40)]


class DownloadOut(Struct, frozen=True):
    """A signed address that gives one file for a minute."""

    url: str
    expires_s: int
