"""Enqueueing: a job exists if and only if the caller's transaction commits."""

import json
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.jobs.declaring import job_named
from marketplace.jobs.errors import UnknownJob

logger = logging.getLogger(__name__)

ARGUMENTS_MOST_BYTES = 2_000
LOCK_MOST_CHARS = 200

_ENQUEUE = text(
    "select enqueue_job(:name, cast(:arguments as jsonb), :attempts, :limit_s,"
    " :queueing_lock, :lock, :delay_s)"
)


async def enqueue(
    session: AsyncSession,
    name: str,
    *,
    queueing_lock: str | None = None,
    lock: str | None = None,
    delay_s: float = 0,
    **arguments: str | int | bool | None,
) -> UUID:
    """Enqueue a declared job in the caller's transaction; rollback drops it.

    Members of the organization named by the argument ``organization_id`` (else of the caller's)
    and the person named by ``user_id`` (else the caller) may see how it goes.

    Args:
        queueing_lock: while a job with this lock waits, none is added and its id is returned; a
            worker takes the waiting one only after this transaction has ended
        lock: jobs with the same lock never run at the same time, and run in order
        delay_s: not before so many seconds from now
        arguments: the job's own: ids and small plain values, never objects or secrets

    Returns:
        Id of the job's record, for a page that shows its progress.

    Raises:
        UnknownJob: nobody declared the name
        TypeError: the arguments are not the job's, or no plain values
        ValueError: the arguments are larger than 2,000 bytes of JSON
    """
    declared = job_named(name)
    declared.check(arguments)
    for key, value in arguments.items():
        if not isinstance(value, str | int | bool | None):
            raise TypeError(f"{name}: argument {key} is a {type(value).__name__}, give its id")
    stored = json.dumps(arguments, ensure_ascii=False)
    if len(stored.encode()) > ARGUMENTS_MOST_BYTES:
        raise ValueError(f"{name}: arguments exceed {ARGUMENTS_MOST_BYTES} bytes, give ids")
    for given in (queueing_lock, lock):
        assert given is None or len(given) <= LOCK_MOST_CHARS, "a lock is a short name with an id"
    values = {
        "name": name,
        "arguments": stored,
        "attempts": declared.attempts,
        "limit_s": declared.limit_s,
        "queueing_lock": queueing_lock,
        "lock": lock,
        "delay_s": delay_s,
    }
    run_id = await session.scalar(_ENQUEUE, values)
    assert isinstance(run_id, UUID), "the function returns the id"
    return run_id


async def enqueue_after_parking(
    session: AsyncSession, name: str, arguments: Mapping[str, Any]
) -> None:
    """Enqueue what is declared to follow the parking of a job, in the transaction that parks it.

    Args:
        name: of the parked job; one that this process does not know is left to the operator
        arguments: its own
    """
    try:
        declared = job_named(name)
    except UnknownJob:
        logger.warning("job %s was parked by a worker that does not know it", name)
        return
    if declared.parked is not None:
        await enqueue(session, declared.parked, **arguments)
