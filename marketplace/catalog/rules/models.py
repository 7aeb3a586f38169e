"""The table of what came of rules on a version of the data."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from marketplace.columns import choice, stamped


class RunState(StrEnum):
    """Whether the rules could be run."""

    done = "done"
    failed = "failed"


class RuleRun(SQLModel, table=True):
    """What came of a suite on a version, for each table; public with the approved content that holds the suite.

    ``sha256`` is of the suite's stored form, so that a changed suite has its own row. ``results`` are
    ``quality.suites.results.SuiteResult``, values of cells among them: pages for everybody leave those out.
    """

    __tablename__ = "rule_run"
    __table_args__ = (
        CheckConstraint("rule_count >= 0 and failed_count >= 0", name="counts"),
        Index("ix_rule_run_organization_id", "organization_id"),
    )

    version_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("dataset_version.id")])
    sha256: str = Field(primary_key=True, max_length=64)
    organization_id: UUID = Field(sa_column_args=[ForeignKey("organization.id")])
    state: RunState = Field(default=RunState.done, sa_type=choice(RunState, "state"))
    rule_count: int = 0
    failed_count: int = 0
    results: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    made_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
