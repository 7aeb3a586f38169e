"""What crosses the wire about organizations and their members, apart from the tables.

The same structs read the forms of the pages, so a limit stands in one place.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.auth import Role
from marketplace.members.organizations.models import (
    BankAccountState,
    JoinState,
    OrganizationKind,
    OrganizationSize,
    OrganizationState,
    PaperKind,
    PaperState,
)
from marketplace.members.registry.port import TaxType

Line = Annotated[str, Meta(min_length=1, max_length=120)]
Person = Annotated[str, Meta(min_length=1, max_length=80)]
Address = Annotated[str, Meta(min_length=1, max_length=300)]
Phone = Annotated[str, Meta(min_length=1, max_length=30)]
Mail = Annotated[str, Meta(min_length=3, max_length=254)]
Trade = Annotated[str, Meta(min_length=1, max_length=100)]
Typed = Annotated[str, Meta(max_length=40)]
# Longer than any accepted password, so that the policy and not the form says what is wrong.
Password = Annotated[str, Meta(min_length=1, max_length=1_000)]
Reason = Annotated[str, Meta(min_length=1, max_length=200)]
Message = Annotated[str, Meta(max_length=1000)]
Secret = Annotated[str, Meta(min_length=1, max_length=100)]


class OrganizationFacts(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a registration certificate says beside the number, and the classification (E1)."""

    corporate_number: Typed | None = None
    name: Line
    representative: Person
    opened_on: date
    address: Address
    phone: Phone
    invoice_email: Mail
    business_type: Trade
    business_item: Trade
    tax_type: TaxType
    kind: OrganizationKind
    size: OrganizationSize


class OrganizationIn(OrganizationFacts, forbid_unknown_fields=True, kw_only=True):
    """A whole organization, with the number that never changes."""

    business_number: Typed


class SignUpIn(OrganizationIn, forbid_unknown_fields=True, kw_only=True):
    """An organization and the person who signs it up."""

    person_name: Person
    email: Mail
    password: Password
    person_phone: Phone
    terms: bool = False
    privacy: bool = False
    language: Literal["ko", "en"] = "ko"


class OrganizationPatch(Struct, forbid_unknown_fields=True, kw_only=True):
    """Facts to change; what is left out stays. The business number never changes."""

    corporate_number: Typed | None = None
    name: Line | None = None
    representative: Person | None = None
    opened_on: date | None = None
    address: Address | None = None
    phone: Phone | None = None
    invoice_email: Mail | None = None
    business_type: Trade | None = None
    business_item: Trade | None = None
    tax_type: TaxType | None = None
    kind: OrganizationKind | None = None
    size: OrganizationSize | None = None


class SignUpOut(Struct, frozen=True):
    """The same answer to everybody: what comes next stands in the mail."""

    message_ko: str
    message_en: str


class OrganizationOut(Struct, frozen=True):
    """An organization as its members see it; the three checks each with their date."""

    id: UUID
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
    checksum_passed_at: datetime | None
    registry_state: str | None
    registry_tax_type: str | None
    registry_matched: bool | None
    registry_checked_at: datetime | None
    registry_asked_at: datetime | None
    override_reason: str | None
    override_at: datetime | None
    representative_verified_at: datetime | None
    created_at: datetime


class RegisteredOut(Struct, frozen=True):
    """What became of a registration: the person's organization, or a request to join it."""

    joined: bool
    business_number: str


class MemberOut(Struct, frozen=True):
    """A person who belongs to the organization."""

    user_id: UUID
    name: str
    email: str
    roles: list[Role]
    joined_at: datetime


class MembersOut(Struct, frozen=True):
    """The members, owners first."""

    items: list[MemberOut]


class RolesIn(Struct, forbid_unknown_fields=True):
    """Several roles at once; the list replaces the former one."""

    roles: Annotated[list[Role], Meta(min_length=1, max_length=8)]
    reason: Annotated[str, Meta(max_length=200)] = ""


class ReasonIn(Struct, forbid_unknown_fields=True):
    """Why something is refused or taken away; the person concerned reads it."""

    reason: Reason


class HandOverIn(Struct, forbid_unknown_fields=True):
    """Who becomes owner in place of the caller."""

    user_id: UUID


class InvitationIn(Struct, forbid_unknown_fields=True):
    """Whom to invite and with which roles."""

    email: Mail
    roles: Annotated[list[Role], Meta(min_length=1, max_length=8)]


class InvitationOut(Struct, frozen=True):
    """An invitation that was not accepted yet."""

    id: UUID
    email: str
    roles: list[Role]
    invited_at: datetime
    expires_at: datetime


class InvitationsOut(Struct, frozen=True):
    """The open invitations, the newest first."""

    items: list[InvitationOut]


class AcceptInvitationIn(Struct, forbid_unknown_fields=True):
    """How a new person accepts an invitation; ``token`` comes from the mail's link."""

    token: Secret
    person_name: Person
    person_phone: Phone
    password: Password
    terms: bool = False
    privacy: bool = False
    language: Literal["ko", "en"] = "ko"


class TokenIn(Struct, forbid_unknown_fields=True):
    """The secret of a mail's link."""

    token: Secret


class AcceptedOut(Struct, frozen=True):
    """Whose member one has become."""

    organization_name: str


class JoinRequestOut(Struct, frozen=True):
    """A request to join, as the owners of the organization see it."""

    id: UUID
    user_id: UUID
    name: str
    email: str
    message: str
    state: JoinState
    asked_at: datetime
    answered_at: datetime | None
    reason: str | None


class JoinRequestsOut(Struct, frozen=True):
    """Requests to join, waiting ones first."""

    items: list[JoinRequestOut]


class MyJoinRequestOut(Struct, frozen=True):
    """A request to join, as the person who asked sees it."""

    id: UUID
    organization_name: str
    business_number: str
    state: JoinState
    asked_at: datetime
    answered_at: datetime | None
    reason: str | None


class JoinAnswerIn(Struct, forbid_unknown_fields=True):
    """The roles with which a request is accepted."""

    roles: Annotated[list[Role], Meta(min_length=1, max_length=8)]


class PaperOut(Struct, frozen=True):
    """A proof file and what the operator found."""

    id: UUID
    kind: PaperKind
    file_name: str
    size_bytes: int
    sha256: str
    uploaded_at: datetime
    state: PaperState
    examined_at: datetime | None
    reason: str | None


class PapersOut(Struct, frozen=True):
    """The papers, the newest first."""

    items: list[PaperOut]


class BankAccountIn(Struct, forbid_unknown_fields=True):
    """An account to propose, with the copy of its bankbook among the papers."""

    bank_code: Annotated[str, Meta(min_length=3, max_length=3)]
    number: Annotated[str, Meta(min_length=1, max_length=40)]
    holder: Person
    paper_id: UUID


class BankAccountOut(Struct, frozen=True):
    """An account without its number, of which the last four digits are shown."""

    id: UUID
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


class BankAccountsOut(Struct, frozen=True):
    """The accounts and their history, the newest first; ``in_use_id`` gets the money."""

    in_use_id: UUID | None
    items: list[BankAccountOut]


class AccountNumberOut(Struct, frozen=True):
    """The full number, once asked for."""

    number: str
