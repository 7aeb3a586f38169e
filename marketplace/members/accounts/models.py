"""Tables of persons and of the ways they prove who they are."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class UserState(StrEnum):
    """Where a person's account stands."""

    unconfirmed = "unconfirmed"
    active = "active"
    suspended = "suspended"
    deleted = "deleted"


class PersonRole(StrEnum):
    """What a person without an organization does here."""

    evaluator = "evaluator"
    expert = "expert"


class User(SQLModel, table=True):
    """A person who signs in (회원)."""

    __tablename__ = "user_account"
    __table_args__ = (
        UniqueConstraint("email", name="uq_user_account_email"),
        CheckConstraint("email = lower(email) and email like '%_@_%'", name="email"),
        CheckConstraint("language in ('ko', 'en')", name="language"),
        CheckConstraint("theme in ('light', 'dark')", name="theme"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    email: str = Field(max_length=254)
    name: str = Field(max_length=80)
    phone: str = Field(default="", max_length=30)
    language: str | None = Field(default=None, max_length=2)
    theme: str | None = Field(default=None, max_length=5)
    password_hash: str | None = Field(default=None, sa_type=Text)
    state: UserState = Field(
        default=UserState.unconfirmed,
        sa_type=choice(UserState, "state"),
    )
    person_role: PersonRole | None = Field(
        default=None,
        sa_type=choice(PersonRole, "person_role"),
    )
    suspended_reason: str | None = Field(default=None, max_length=1000)
    email_confirmed_at: datetime | None = None
    password_changed_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class UserSession(SQLModel, table=True):
    """A browser in which a person is signed in; the id in the cookie is kept only as a hash."""

    __tablename__ = "user_session"
    __table_args__ = (
        UniqueConstraint("token_hash", name="uq_user_session_token_hash"),
        Index("ix_user_session_user_id_live", "user_id", postgresql_where=text("ended_at is null")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary)
    user_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    last_seen_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    expires_at: datetime
    authenticated_at: datetime
    second_factor_at: datetime | None = None
    address: str | None = Field(default=None, sa_type=INET)
    user_agent: str = Field(default="", max_length=300)
    ended_at: datetime | None = None
    end_reason: str | None = Field(default=None, max_length=40)


class LinkPurpose(StrEnum):
    """What a link in a mail lets its holder do, once."""

    confirm_email = "confirm_email"
    reset_password = "reset_password"  # noqa: S105 - a purpose, not a password
    change_email = "change_email"
    first_sign_in = "first_sign_in"


class LinkToken(SQLModel, table=True):
    """A link sent by mail: one use, with an end."""

    __tablename__ = "link_token"
    __table_args__ = (UniqueConstraint("token_hash", name="uq_link_token_token_hash"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    purpose: LinkPurpose = Field(sa_type=choice(LinkPurpose, "purpose"))
    token_hash: bytes = Field(sa_type=LargeBinary)
    user_id: UUID = Field(index=True, sa_column_args=[ForeignKey("user_account.id")])
    email: str | None = Field(default=None, max_length=254)
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    expires_at: datetime
    used_at: datetime | None = None


class SecondFactor(SQLModel, table=True):
    """A person's authenticator app; the secret is encrypted, the last used step is kept.

    ``pending_encrypted`` is the secret of an app being set up; the one in use works until then.
    """

    __tablename__ = "second_factor"
    __table_args__ = (
        CheckConstraint("(pending_encrypted is null) = (pending_at is null)", name="pending"),
    )

    user_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("user_account.id")])
    secret_encrypted: bytes = Field(sa_type=LargeBinary)
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    confirmed_at: datetime | None = None
    last_step: int = Field(default=0)
    pending_encrypted: bytes | None = Field(default=None, sa_type=LargeBinary)
    pending_at: datetime | None = None


class RecoveryCode(SQLModel, table=True):
    """One of ten codes that replace the authenticator app once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash", name="uq_recovery_code_user_hash"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    code_hash: bytes = Field(sa_type=LargeBinary)
    used_at: datetime | None = None


class Passkey(SQLModel, table=True):
    """A WebAuthn credential of a person."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("credential_id", name="uq_passkey_credential_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(index=True, sa_column_args=[ForeignKey("user_account.id")])
    credential_id: bytes = Field(sa_type=LargeBinary)
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = Field(default=0)
    label: str = Field(max_length=60)
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    last_used_at: datetime | None = None


class PasskeyChallenge(SQLModel, table=True):
    """A running WebAuthn ceremony; one use, five minutes."""

    __tablename__ = "passkey_challenge"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID | None = Field(
        default=None, index=True, sa_column_args=[ForeignKey("user_account.id")]
    )
    challenge: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime
    used_at: datetime | None = None


class ApiToken(SQLModel, table=True):
    """A token for programs: scoped, expiring, shown once, kept as a hash."""

    __tablename__ = "api_token"
    __table_args__ = (
        UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
        CheckConstraint("cardinality(scopes) > 0", name="scopes_not_empty"),
        Index(
            "uq_api_token_user_id_name_live",
            "user_id",
            "name",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(index=True, sa_column_args=[ForeignKey("user_account.id")])
    organization_id: UUID | None = Field(
        default=None, sa_column_args=[ForeignKey("organization.id")]
    )
    name: str = Field(max_length=60)
    hint: str = Field(max_length=20)
    token_hash: bytes = Field(sa_type=LargeBinary)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    created_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class LegalKind(StrEnum):
    """The texts that a person agrees to."""

    terms = "terms"
    privacy = "privacy"


class LegalText(SQLModel, table=True):
    """One version of the terms or of the privacy policy; never changed once published."""

    __tablename__ = "legal_text"
    __table_args__ = (UniqueConstraint("kind", "version", name="uq_legal_text_kind_version"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: LegalKind = Field(sa_type=choice(LegalKind, "kind"))
    version: int = Field(ge=1)
    effective_on: date
    title_ko: str = Field(max_length=120)
    title_en: str = Field(max_length=120)
    text_ko: str = Field(sa_type=Text)
    text_en: str = Field(sa_type=Text)
    sha256: str = Field(max_length=64)
    published_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())


class Consent(SQLModel, table=True):
    """That a person agreed to a version, when and from where; append-only."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("user_id", "legal_text_id", name="uq_consent_user_text"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    legal_text_id: UUID = Field(sa_column_args=[ForeignKey("legal_text.id")])
    given_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    address: str | None = Field(default=None, sa_type=INET)
    facts: dict[str, object] = Field(default_factory=dict, sa_type=JSONB)
