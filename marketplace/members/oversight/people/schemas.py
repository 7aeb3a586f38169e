"""What crosses the wire about persons as the operator sees them."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from marketplace.auth import Function
from marketplace.members.accounts.models import PersonRole, UserState


class PersonRowOut(Struct, frozen=True):
    """One person of the list."""

    id: UUID
    name: str
    email: str
    state: UserState
    person_role: PersonRole | None
    organization_id: UUID | None
    organization_name: str | None
    function: Function | None
    roles: list[str]
    last_sign_in_at: datetime | None
    created_at: datetime


class PeopleOut(Struct, frozen=True):
    """One page of persons; ``next_cursor`` opens the following one."""

    items: list[PersonRowOut]
    next_cursor: str | None


class PersonOut(Struct, frozen=True):
    """A person's account."""

    id: UUID
    name: str
    email: str
    phone: str
    state: UserState
    person_role: PersonRole | None
    suspended_reason: str | None
    email_confirmed_at: datetime | None
    password_changed_at: datetime | None
    last_sign_in_at: datetime | None
    created_at: datetime


class FactorsOut(Struct, frozen=True):
    """How the person can show a second factor, and how many tokens act for them."""

    authenticator: bool
    passkey_count: int
    token_count: int


class SessionOut(Struct, frozen=True):
    """A browser in which the person is signed in."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str | None
    user_agent: str


class BelongsToOut(Struct, frozen=True):
    """Where the person belongs, with which roles."""

    organization_id: UUID
    organization_name: str
    function: Function
    roles: list[str]
    joined_at: datetime


class PersonDetailOut(Struct, frozen=True):
    """Everything about a person that the operator decides on."""

    person: PersonOut
    belongs_to: BelongsToOut | None
    factors: FactorsOut
    sessions: list[SessionOut]


class EndedOut(Struct, frozen=True):
    """How many sessions ended."""

    ended_count: int
