"""What can go wrong with jobs: an attempt that is no longer the newest, and refusals to operators."""

from marketplace.errors import Conflict, NotFound


class UnknownJob(LookupError):
    """Nobody declared a job of this name: a mistake of ours, found when enqueueing."""


class AttemptSuperseded(Exception):
    """A newer attempt has taken over, or the job was cancelled: nothing may be written any more.

    Jobs let it pass; the worker ends the attempt quietly.
    """


class JobNotFound(NotFound):
    """There is no such job, or its record has been cleaned up."""

    code = "job_not_found"
    ko = "이 작업은 없거나 보존 기간이 지나 지워졌습니다. 작업 목록에서 다시 찾으십시오."
    en = "There is no such job, or its record was removed after its retention. Look in the list of jobs."


class JobNotParked(Conflict):
    """Only a parked job can be started again."""

    code = "job_not_parked"
    ko = "보류된 작업만 다시 시작할 수 있습니다. 화면을 새로 고쳐 작업의 상태를 확인하십시오."
    en = "Only a parked job can be started again. Reload and look at its state."


class JobEnded(Conflict):
    """A job that has ended cannot be cancelled."""

    code = "job_ended"
    ko = "이미 끝난 작업은 취소할 수 없습니다. 화면을 새로 고쳐 결과를 확인하십시오."
    en = "A job that has ended cannot be cancelled. Reload and look at its result."
