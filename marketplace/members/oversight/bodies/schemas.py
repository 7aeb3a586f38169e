"""What crosses the wire about running bodies, staff, evaluators, experts and proposals."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from marketplace.auth import Function, Role
from marketplace.members.accounts.models import PersonRole, UserState
from marketplace.members.organizations.models import OrganizationState
from marketplace.members.organizations.schemas import OrganizationIn
from marketplace.members.oversight.models import ProposalKind, ProposalState
from marketplace.members.oversight.schemas import Email, PersonName, Reason

Roles = Annotated[list[Role], Meta(min_length=1, max_length=8)]


class PersonIn(Struct, forbid_unknown_fields=True):
    """Somebody who gets an account by a link in a mail."""

    email: Email
    name: PersonName


class EvaluatorIn(PersonIn, forbid_unknown_fields=True):
    """An evaluator or an expert."""

    role: PersonRole


class StaffIn(PersonIn, forbid_unknown_fields=True):
    """A new person of the exchange's operator."""

    roles: Roles
    reason: Reason


class RolesIn(Struct, forbid_unknown_fields=True):
    """Other roles of a colleague, and why."""

    roles: Roles
    reason: Reason


class BodyIn(OrganizationIn, forbid_unknown_fields=True, kw_only=True):
    """A body that runs something, and its first manager."""

    function: Function
    manager_name: PersonName
    manager_email: Email


class BodyOut(Struct, frozen=True):
    """A running body."""

    id: UUID
    function: Function
    name: str
    business_number: str
    state: OrganizationState


class BodyRowOut(Struct, frozen=True):
    """A running body and how many people it has."""

    id: UUID
    function: Function
    name: str
    business_number: str
    state: OrganizationState
    person_count: int


class BodiesOut(Struct, frozen=True):
    """Every running body."""

    items: list[BodyRowOut]


class AccountOut(Struct, frozen=True):
    """An account that was made or changed."""

    id: UUID
    email: str
    name: str
    state: UserState
    person_role: PersonRole | None
    last_sign_in_at: datetime | None
    created_at: datetime


class AccountsOut(Struct, frozen=True):
    """Accounts of evaluators and experts."""

    items: list[AccountOut]


class ProposalOut(Struct, frozen=True):
    """A request that needs a second administrator."""

    id: UUID
    kind: ProposalKind
    user_id: UUID | None
    email: str
    name: str
    roles: list[str]
    reason: str
    state: ProposalState
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    decision_reason: str | None


class ProposalsOut(Struct, frozen=True):
    """Requests, the newest first."""

    items: list[ProposalOut]


class OutcomeOut(Struct, frozen=True):
    """Whether a request waits for its second administrator, or was carried out at once."""

    proposal: ProposalOut | None
    done: bool
