"""Tables of the jobs: our record of each one, the workers that live, the periodic work.

The queue itself is procrastinate's; a job of it and its ``JobRun`` are always written together.
Heartbeats and deadlines are machine time (``clock_timestamp()``), because the sandbox's clock may
jump and a lease is about processes; everything a person reads is ``app_now()``.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from marketplace.columns import NEW_ID, choice, stamped


class JobState(StrEnum):
    """Where a job stands."""

    waiting = "waiting"
    running = "running"
    succeeded = "succeeded"
    parked = "parked"
    cancelled = "cancelled"


class ParkedReason(StrEnum):
    """Why a job was put aside: its worker died, a bug, an outside service, or a refusal of ours."""

    failed_infrastructure = "failed_infrastructure"
    failed = "failed"
    unavailable = "unavailable"
    refused = "refused"


class JobRun(SQLModel, table=True):
    """One job from enqueueing to its end, over all its attempts.

    ``organization_id`` and ``user_id`` say who may see it; there is no foreign key, because the
    record outlives what it was about. ``fencing_token`` belongs to the newest attempt alone.
    """

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("queue_id"),
        UniqueConstraint("fencing_token"),
        Index("ix_job_run_state_updated_at", "state", "updated_at"),
        CheckConstraint("attempt >= 0", name="attempt"),
        CheckConstraint(
            "(state = 'running') = (fencing_token is not null)", name="running_is_fenced"
        ),
        CheckConstraint(
            "(state = 'parked') = (parked_reason is not null)", name="parked_has_reason"
        ),
    )

    id: UUID | None = Field(
        default=None, primary_key=True, sa_column_kwargs={"server_default": NEW_ID}
    )
    queue_id: int = Field(sa_type=BigInteger)
    name: str = Field(max_length=80)
    state: JobState = Field(
        default=JobState.waiting,
        sa_type=choice(JobState, "state"),
        sa_column_kwargs={"server_default": text("'waiting'")},
    )
    attempt: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    attempts_most: int
    limit_s: int
    organization_id: UUID | None = Field(default=None, index=True)
    user_id: UUID | None = Field(default=None, index=True)
    enqueued_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    updated_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    next_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    worker_id: UUID | None = None
    fencing_token: UUID | None = None
    heartbeat_at: datetime | None = None
    deadline_at: datetime | None = None
    progress_done: int | None = Field(default=None, sa_type=BigInteger)
    progress_total: int | None = Field(default=None, sa_type=BigInteger)
    progress_ko: str | None = Field(default=None, max_length=200)
    progress_en: str | None = Field(default=None, max_length=200)
    parked_reason: ParkedReason | None = Field(
        default=None,
        sa_type=choice(ParkedReason, "parked_reason"),
    )
    error_code: str | None = Field(default=None, max_length=80)
    error_ko: str | None = Field(default=None, max_length=500)
    error_en: str | None = Field(default=None, max_length=500)


class JobWorker(SQLModel, table=True):
    """A worker process: when it was last alive, whether it listens, how much it runs."""

    __tablename__ = "job_worker"

    id: UUID = Field(primary_key=True)
    host: str = Field(max_length=200)
    process_id: int
    started_at: datetime | None = Field(default=None, nullable=False, sa_column_kwargs=stamped())
    heartbeat_at: datetime
    listening: bool
    running_count: int


class PeriodicRun(SQLModel, table=True):
    """The newest round of one periodic piece of work; a token means that it runs now.

    Its times are machine time throughout: its pace has nothing to do with the sandbox's clock.
    """

    __tablename__ = "periodic_run"
    __table_args__ = (UniqueConstraint("fencing_token"),)

    name: str = Field(primary_key=True, max_length=80)
    next_at: datetime
    fencing_token: UUID | None = None
    worker_id: UUID | None = None
    begun_at: datetime | None = None
    heartbeat_at: datetime | None = None
    deadline_at: datetime | None = None
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    error_en: str | None = Field(default=None, max_length=500)
