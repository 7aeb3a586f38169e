"""Why a version is not examined again."""

from marketplace.errors import Conflict, NotFound


class ProfileWaiting(Conflict):
    """The version is being examined again already."""

    code = "profile_waiting"
    ko = "이 판은 이미 다시 검사하고 있습니다. 끝난 뒤 결과를 보고 다시 지시하십시오."
    en = "This version is being examined again already. See what comes of it before you order it once more."


class VersionNotExamined(Conflict):
    """Only a version that is ready can be examined again."""

    code = "version_not_examined"
    ko = "준비된 판만 다시 검사할 수 있습니다. 올리고 있는 판은 확정하면 검사하고, 회수된 판은 검사하지 않습니다."
    en = "Only a version that is ready can be examined again. One that is being uploaded is examined when it is closed, a revoked one is not."


class EarlierReportNotFound(NotFound):
    """The version has no earlier report of this number."""

    code = "earlier_report_not_found"
    ko = "그런 번호의 앞선 보고서가 없습니다. 판의 화면에서 보고서 목록을 새로 고쳐 확인하십시오."
    en = "There is no earlier report of this number. Reload the list of reports on the version's page."
