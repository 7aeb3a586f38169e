"""Tables of examining again: who ordered it and what came of it, and the reports that were replaced."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class ProfileState(StrEnum):
    """Where an order stands; ``unchanged``: the new report is the old one to the byte."""

    waiting = "waiting"
    done = "done"
    unchanged = "unchanged"
    failed = "failed"


class ProfileOrder(SQLModel, table=True):
    """An operator's order to examine a version again; ``as_of`` is the day by which its age is measured."""

    __tablename__ = "profile_order"
    __table_args__ = (
        Index(
            "uq_profile_order_waiting",
            "version_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        CheckConstraint("(state = 'waiting') = (ended_at is null)", name="ended_has_time"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    version_id: UUID = Field(index=True, sa_column_args=[ForeignKey("dataset_version.id")])
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    state: ProfileState = Field(default=ProfileState.waiting, sa_type=choice(ProfileState, "state"))
    reason: str = Field(max_length=1000)
    as_of: date
    ordered_by: UUID = Field(sa_column_args=[ForeignKey("user_account.id")])
    ordered_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    ended_at: datetime | None = None


class EarlierReport(SQLModel, table=True):
    """A report of a version that a newer one took the place of, as it was; the newest is the quality report."""

    __tablename__ = "earlier_report"
    __table_args__ = (CheckConstraint("number >= 1", name="number"),)

    version_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("dataset_version.id")])
    number: int = Field(primary_key=True)
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    engine: str = Field(max_length=80)
    grade: str = Field(max_length=1)
    blocker_count: int
    warning_count: int
    row_count: int = Field(sa_type=BigInteger)
    report: dict[str, Any] = Field(sa_type=JSONB)
    sha256: str = Field(max_length=64)
    made_at: datetime
    replaced_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
