"""What crosses the wire about jobs, workers and mail."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from marketplace.jobs.models import JobState, ParkedReason


class JobOut(Struct, frozen=True):
    """A job from enqueueing to its end, over all its attempts."""

    id: UUID
    name: str
    state: JobState
    attempt: int
    attempts_most: int
    organization_id: UUID | None
    user_id: UUID | None
    enqueued_at: datetime
    updated_at: datetime
    next_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    cancel_requested_at: datetime | None
    progress_done: int | None
    progress_total: int | None
    progress_ko: str | None
    progress_en: str | None
    parked_reason: ParkedReason | None
    error_code: str | None
    error_ko: str | None
    error_en: str | None


class JobsOut(Struct, frozen=True):
    """One page of jobs; ``next_cursor`` opens the following one."""

    items: list[JobOut]
    next_cursor: str | None


class QueueOut(Struct, frozen=True):
    """How the queue does; ``oldest_due_s`` is how long the oldest due job has waited [s]."""

    waiting_count: int
    running_count: int
    parked_count: int
    oldest_due_s: float
    worker_count: int
    listening_count: int


class LostMailOut(Struct, frozen=True):
    """A mail that was tried in vain; its text stays inside."""

    id: UUID
    email: str
    subject: str
    tries: int
    created_at: datetime
    given_up_at: datetime
    last_error: str | None


class LostMailsOut(Struct, frozen=True):
    """Mails that were tried in vain, at most the newest hundred."""

    items: list[LostMailOut]
