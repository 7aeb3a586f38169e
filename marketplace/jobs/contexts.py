"""What a running job is given: fenced transactions, the worker's parts, a place for its progress."""

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import TypeVar

from marketplace.db import Database, RequestFacts, Scope
from marketplace.jobs.errors import AttemptSuperseded

PartsT = TypeVar("PartsT", default=Any)

PROGRESS_EVERY_S = 0.5

_STILL_OURS = text("select holds_attempt(:token)")
_PROGRESS = text(
    "update job_run set progress_done = :done, progress_total = :total, progress_ko = :ko,"
    " progress_en = :en, updated_at = app_now() where fencing_token = :token returning id"
)


@dataclass(frozen=True)
class Fence:
    """Proof of being the newest attempt: a token that the row of the job or round carries.

    Args:
        request_id: what the audit trail names as the origin of the work
    """

    database: Database
    token: UUID
    request_id: str

    @asynccontextmanager
    async def transaction(self, scope: Scope | None = None) -> AsyncIterator[AsyncSession]:
        """Open one transaction that commits only while the token is the newest.

        Whoever wants to take the work over waits until it has ended.

        Args:
            scope: whose rows may be seen; the exchange's own unless given

        Raises:
            AttemptSuperseded: it is not; nothing was written
            DatabaseUnavailable: the database does not answer
        """
        request = RequestFacts(request_id=self.request_id)
        async with self.database.transaction(scope or Scope.system(), request=request) as session:
            if not await session.scalar(_STILL_OURS, {"token": self.token}):
                raise AttemptSuperseded(self.request_id)
            yield session


@dataclass(frozen=True)
class PeriodicContext(Generic[PartsT]):
    """What a round of periodic work is given.

    Args:
        parts: what the worker chose: registry, mail, store, settings
    """

    parts: PartsT
    fence: Fence

    def phases(self, scope: Scope | None = None) -> AbstractAsyncContextManager[AsyncSession]:
        """Open one transaction, the exchange's own unless told; it commits only while we are newest."""
        return self.fence.transaction(scope)


@dataclass
class JobContext(Generic[PartsT]):
    """What one attempt of a job is given.

    Args:
        run_id: the job's record
        attempt: which attempt this is, from 1
        parts: what the worker chose: registry, mail, store, settings
    """

    run_id: UUID
    attempt: int
    attempts_most: int
    parts: PartsT
    fence: Fence
    _written_at: float = field(default=0.0, repr=False)

    def phases(self, scope: Scope | None = None) -> AbstractAsyncContextManager[AsyncSession]:
        """Open one transaction, the exchange's own unless told; it commits only while we are newest."""
        return self.fence.transaction(scope)

    async def progress(self, done: int, total: int, text_ko: str, text_en: str) -> None:
        """Show how far the job is, in a transaction of its own; at most twice a second.

        Args:
            done: what is finished, in the job's own units, of ``total``
            text_ko: what is being done, for people, at most 200 characters
            text_en: the same in English

        Raises:
            AttemptSuperseded: another attempt has taken over; the job should end
        """
        if done < total and time.monotonic() - self._written_at < PROGRESS_EVERY_S:
            return
        values = {"done": done, "total": total, "ko": text_ko[:200], "en": text_en[:200]}
        async with self.fence.database.transaction(Scope.system()) as session:
            found = await session.scalar(_PROGRESS, {**values, "token": self.fence.token})
        if found is None:
            raise AttemptSuperseded(self.fence.request_id)
        self._written_at = time.monotonic()
