"""What can be refused around what was bought."""

from marketplace.errors import Conflict, NotFound


class EntitlementNotFound(NotFound):
    """There is no such right of the organization."""

    code = "entitlement_not_found"
    ko = "그런 이용권이 없습니다. 구매한 데이터 목록에서 다시 찾으십시오."
    en = "There is no such right to use data. Look for it in your library."


class EntitlementEnded(Conflict):
    """The right to use the version has ended."""

    code = "entitlement_ended"
    ko = "이용 기간이 지났거나 환불·입금 취소로 이용권이 끝나 내려받을 수 없습니다. 구매한 데이터 화면에서 사유를 확인하십시오."
    en = (
        "The right to use this version has ended by its date, a refund or a deposit taken back. Look at the reason in "
        "your library."
    )


class WithdrawalNotTold(Conflict):
    """Nobody has confirmed yet that withdrawal ends with the first download."""

    code = "withdrawal_not_told"
    ko = (
        "내려받기를 시작하면 청약철회를 할 수 없습니다. 구매한 데이터 화면에서 대표 관리자나 구매 담당이 이 사실을 "
        "확인하고 표시한 뒤 내려받으십시오."
    )
    en = (
        "Once the download begins, the purchase cannot be withdrawn from. Have an owner or buyer confirm this in the "
        "library, then download."
    )
