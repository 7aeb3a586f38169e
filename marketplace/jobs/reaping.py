"""The reaper: gives back or parks what dead workers left, one reaper at a time.

It is a plain loop in each worker and not a job of the queue, because such a job gets stuck in the
same way. A job is dead when nobody has renewed its attempt for a lease, whatever the worker's own
heartbeat says: this also finds jobs that a living worker lost (an answer of the database that never
arrived), and jobs that run far beyond their limit.
"""

import logging

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from marketplace.jobs.enqueueing import enqueue_after_parking

logger = logging.getLogger(__name__)

# Any fixed number; every reaper asks for the same lock. It ends with the transaction, and a
# transaction of a stopped process ends by the server's limit on idle ones.
REAPER_LOCK = 7_362_114_002
WORKER_FORGOTTEN_LEASES = 6

# After a restart of the database every worker gets one lease of time to renew its heartbeats.
_DEAD = text(
    "select run.id, run.name, run.queue_id, run.attempt, run.attempts_most, queued.args"
    " from job_run run join procrastinate_jobs queued on queued.id = run.queue_id"
    " where run.state = 'running'"
    " and (greatest(run.heartbeat_at, pg_postmaster_start_time())"
    "      < clock_timestamp() - make_interval(secs => :lease_s)"
    "      or run.deadline_at < clock_timestamp())"
    " order by run.heartbeat_at limit 100 for update of run skip locked"
)
_AGAIN = text(
    "update job_run set state = 'waiting', fencing_token = null, heartbeat_at = null,"
    " deadline_at = null, next_at = app_now(), updated_at = app_now(),"
    " error_code = 'job_worker_lost', error_ko = :ko, error_en = :en where id = :id"
)
_PARK = text(
    "update job_run set state = 'parked', parked_reason = 'failed_infrastructure',"
    " fencing_token = null, heartbeat_at = null, deadline_at = null, ended_at = app_now(),"
    " updated_at = app_now(), error_code = 'job_worker_lost', error_ko = :ko, error_en = :en"
    " where id = :id"
)
_QUEUE_AGAIN = text("select requeue_job(:queue_id, 0)")
_QUEUE_FAILED = text("select procrastinate_finish_job_v1(:queue_id, 'failed', false)")
_FORGET_WORKERS = text(
    "delete from job_worker where heartbeat_at < clock_timestamp() - make_interval(secs => :age_s)"
)
LOST_KO = "{attempt}번째 실행 중에 작업 처리기가 멈추거나 응답하지 않았습니다."
LOST_EN = "The worker died or stopped answering during attempt {attempt}."


async def reap(session: AsyncSession, lease_s: float) -> int:
    """Give back every dead job, or park it after its last attempt, in the caller's transaction.

    A zombie that holds its row in an open transaction is passed over until the server ends that.

    Args:
        lease_s: how old a heartbeat may be [s]

    Returns:
        How many jobs were dead; 0 also when another reaper is at work.
    """
    mine = await session.scalar(
        text("select pg_try_advisory_xact_lock(:key)"), {"key": REAPER_LOCK}
    )
    if not mine:
        return 0
    dead = (await session.execute(_DEAD, {"lease_s": lease_s})).all()
    for run in dead:
        words = {
            "ko": LOST_KO.format(attempt=run.attempt),
            "en": LOST_EN.format(attempt=run.attempt),
        }
        parked = run.attempt >= run.attempts_most
        logger.warning(
            "job %s %s lost its worker in attempt %d: %s",
            *(run.name, run.id, run.attempt, "parked" if parked else "runs again"),
        )
        await session.execute(_PARK if parked else _AGAIN, {"id": run.id, **words})
        queue = _QUEUE_FAILED if parked else _QUEUE_AGAIN
        await session.execute(queue, {"queue_id": run.queue_id})
        if parked:
            await enqueue_after_parking(session, run.name, run.args)
    await session.execute(_FORGET_WORKERS, {"age_s": lease_s * WORKER_FORGOTTEN_LEASES})
    return len(dead)
