"""The table of requests that need a second administrator."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped

PROPOSAL_LASTS_S: Final = 7 * 86_400


class ProposalKind(StrEnum):
    """What two administrators decide together."""

    add_staff = "add_staff"
    change_roles = "change_roles"
    reset_second_factor = "reset_second_factor"


class ProposalState(StrEnum):
    """Where a request stands."""

    waiting = "waiting"
    confirmed = "confirmed"
    refused = "refused"
    withdrawn = "withdrawn"


class Proposal(SQLModel, table=True):
    """One administrator asks, another one decides (four eyes).

    ``user_id`` is empty until a new person of the staff exists; ``email`` names whom it is about.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        Index(
            "uq_proposal_waiting",
            "kind",
            "email",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        CheckConstraint("(state = 'waiting') = (decided_at is null)", name="decided_has_time"),
        CheckConstraint(
            "state not in ('confirmed', 'refused') or decided_by <> proposed_by",
            name="second_person",
        ),
        CheckConstraint(
            "state <> 'confirmed' or user_id is null or decided_by <> user_id",
            name="not_about_oneself",
        ),
        CheckConstraint(
            "(kind = 'reset_second_factor') = (cardinality(roles) = 0)", name="roles_fit_kind"
        ),
        CheckConstraint("kind = 'add_staff' or user_id is not null", name="user_known"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: ProposalKind = Field(sa_type=choice(ProposalKind, "kind"))
    user_id: UUID | None = Field(
        default=None, index=True, sa_column_args=[ForeignKey("user_account.id")]
    )
    email: str = Field(max_length=254)
    name: str = Field(max_length=80)
    roles: list[str] = Field(sa_type=ARRAY(Text))
    reason: str = Field(max_length=1000)
    state: ProposalState = Field(
        default=ProposalState.waiting, sa_type=choice(ProposalState, "state")
    )
    proposed_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    proposed_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    decided_by: UUID | None = Field(default=None, sa_column_args=[ForeignKey("user_account.id")])
    decided_at: datetime | None = None
    decision_reason: str | None = Field(default=None, max_length=1000)
