"""Tables of organizations, of who belongs to them, and of what was examined."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from marketplace.auth import Function
from marketplace.columns import choice, stamped


class OrganizationKind(StrEnum):
    """What an organization is (E1, S4)."""

    manufacturer = "manufacturer"
    smart_factory_supplier = "smart_factory_supplier"
    other_company = "other_company"
    university = "university"
    public_institute = "public_institute"
    association = "association"


class OrganizationSize(StrEnum):
    """Size by law, which decides the subsidy's rate (S3)."""

    small = "small"
    medium = "medium"
    mid_size = "mid_size"
    large = "large"
    non_profit = "non_profit"


class OrganizationState(StrEnum):
    """Where the membership of an organization stands."""

    unconfirmed = "unconfirmed"
    active = "active"
    suspended = "suspended"
    closed = "closed"


class Organization(SQLModel, table=True):
    """A registered business or institution (사업자), or a body that runs part of the exchange.

    The check digit, the registry's answer and the operator's override are three separate facts,
    each with its date; ``representative_verified_at`` is the operator's finding from papers.
    """

    __tablename__ = "organization"
    __table_args__ = (
        Index(
            "uq_organization_business_number",
            "business_number",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
        ),
        Index(
            "uq_organization_exchange_operator",
            "function",
            unique=True,
            postgresql_where=text("function = 'exchange_operator'"),
        ),
        Index("ix_organization_created_at_id", "created_at", "id"),
        CheckConstraint("business_number ~ '^[0-9]{10}$'", name="business_number"),
        CheckConstraint("corporate_number ~ '^[0-9]{13}$'", name="corporate_number"),
        CheckConstraint(
            "(override_at is null) = (override_reason is null)", name="override_has_reason"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    function: Function = Field(
        default=Function.business,
        sa_type=choice(Function, "function"),
    )
    business_number: str = Field(max_length=10)
    corporate_number: str | None = Field(default=None, max_length=13)
    name: str = Field(max_length=120)
    representative: str = Field(max_length=80)
    opened_on: date
    address: str = Field(max_length=300)
    phone: str = Field(max_length=30)
    invoice_email: str = Field(max_length=254)
    business_type: str = Field(max_length=100)
    business_item: str = Field(max_length=100)
    tax_type: str = Field(max_length=2)
    kind: OrganizationKind = Field(sa_type=choice(OrganizationKind, "kind"))
    size: OrganizationSize = Field(sa_type=choice(OrganizationSize, "size"))
    state: OrganizationState = Field(
        default=OrganizationState.unconfirmed,
        sa_type=choice(OrganizationState, "state"),
    )
    suspended_reason: str | None = Field(default=None, max_length=1000)
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())

    checksum_passed_at: datetime | None = None
    registry_state: str | None = Field(default=None, max_length=20)
    registry_tax_type: str | None = Field(default=None, max_length=2)
    registry_matched: bool | None = None
    registry_checked_at: datetime | None = None
    registry_asked_at: datetime | None = None
    override_reason: str | None = Field(default=None, max_length=1000)
    override_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    override_at: datetime | None = None
    representative_verified_at: datetime | None = None
    representative_verified_by: UUID | None = Field(
        default=None, sa_column_args=[ForeignKey("user_account.id")]
    )


class Membership(SQLModel, table=True):
    """That a person belongs to an organization with some of its roles; one at a time."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_user_id_live",
            "user_id",
            unique=True,
            postgresql_where=text("left_at is null"),
        ),
        CheckConstraint("cardinality(roles) > 0", name="roles_not_empty"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    organization_id: UUID = Field(index=True, sa_column_args=[ForeignKey("organization.id")])
    roles: list[str] = Field(sa_type=ARRAY(Text))
    joined_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    left_at: datetime | None = None
    left_reason: str | None = Field(default=None, max_length=200)


class RoleChange(SQLModel, table=True):
    """Grant, change and removal of rights, kept three years and more; append-only."""

    __tablename__ = "role_change"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(index=True, sa_column_args=[ForeignKey("user_account.id")])
    organization_id: UUID | None = Field(
        default=None, index=True, sa_column_args=[ForeignKey("organization.id")]
    )
    roles_before: list[str] = Field(sa_type=ARRAY(Text))
    roles_after: list[str] = Field(sa_type=ARRAY(Text))
    reason: str = Field(max_length=200)
    changed_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    changed_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class Invitation(SQLModel, table=True):
    """An offer by mail to join an organization with roles."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
        Index(
            "uq_invitation_open",
            "organization_id",
            "email",
            unique=True,
            postgresql_where=text("accepted_at is null and withdrawn_at is null"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    email: str = Field(max_length=254)
    roles: list[str] = Field(sa_type=ARRAY(Text))
    token_hash: bytes = Field(sa_type=LargeBinary)
    invited_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    invited_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    expires_at: datetime
    accepted_at: datetime | None = None
    withdrawn_at: datetime | None = None


class JoinState(StrEnum):
    """Where a request to join stands."""

    waiting = "waiting"
    accepted = "accepted"
    refused = "refused"
    withdrawn = "withdrawn"


class JoinRequest(SQLModel, table=True):
    """A second sign-up with a known business number: its owner answers."""

    __tablename__ = "join_request"
    __table_args__ = (
        Index(
            "uq_join_request_waiting",
            "user_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    organization_id: UUID = Field(index=True, sa_column_args=[ForeignKey("organization.id")])
    user_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    message: str = Field(default="", max_length=1000)
    state: JoinState = Field(
        default=JoinState.waiting,
        sa_type=choice(JoinState, "state"),
    )
    asked_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    answered_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    answered_at: datetime | None = None
    reason: str | None = Field(default=None, max_length=1000)


class PaperKind(StrEnum):
    """What a proof file proves."""

    business_registration = "business_registration"
    representative_authority = "representative_authority"
    size_certificate = "size_certificate"
    non_profit_proof = "non_profit_proof"
    bankbook = "bankbook"


class PaperState(StrEnum):
    """What the operator found."""

    waiting = "waiting"
    accepted = "accepted"
    returned = "returned"


class Paper(SQLModel, table=True):
    """A proof file of an organization; the bytes lie in the private bucket under ``object_key``."""

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        CheckConstraint("state <> 'returned' or reason is not null", name="returned_has_reason"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    organization_id: UUID = Field(index=True, sa_column_args=[ForeignKey("organization.id")])
    kind: PaperKind = Field(sa_type=choice(PaperKind, "kind"))
    file_name: str = Field(max_length=255)
    content_type: str = Field(max_length=100)
    size_bytes: int = Field(sa_type=BigInteger)
    sha256: str = Field(max_length=64)
    object_key: str = Field(max_length=200)
    ready_at: datetime | None = None
    uploaded_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    uploaded_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    state: PaperState = Field(
        default=PaperState.waiting,
        sa_type=choice(PaperState, "state"),
    )
    examined_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    examined_at: datetime | None = None
    reason: str | None = Field(default=None, max_length=1000)


class BankAccountState(StrEnum):
    """A change of account: proposed, confirmed by a second person, in use after the hold."""

    proposed = "proposed"
    confirmed = "confirmed"
    refused = "refused"
    withdrawn = "withdrawn"


class BankAccount(SQLModel, table=True):
    """An account for payouts, refunds and subsidy; number encrypted, never changed, only replaced.

    In use is the newest confirmed one whose ``effective_at`` has passed.
    """

    __tablename__ = "bank_account"
    __table_args__ = (
        Index(
            "uq_bank_account_proposed",
            "organization_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        CheckConstraint(
            "decided_by is null or decided_by <> proposed_by or state = 'withdrawn'",
            name="second_person",
        ),
        CheckConstraint(
            "(state = 'confirmed') = (effective_at is not null)", name="confirmed_has_hold"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    organization_id: UUID = Field(index=True, sa_column_args=[ForeignKey("organization.id")])
    bank_code: str = Field(max_length=3)
    number_encrypted: bytes = Field(sa_type=LargeBinary)
    number_last4: str = Field(max_length=4)
    holder: str = Field(max_length=80)
    paper_id: UUID = Field(sa_column_args=[ForeignKey("paper.id")])
    state: BankAccountState = Field(
        default=BankAccountState.proposed,
        sa_type=choice(BankAccountState, "state"),
    )
    proposed_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    proposed_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    decided_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    decided_at: datetime | None = None
    effective_at: datetime | None = None
    reason: str | None = Field(default=None, max_length=1000)
