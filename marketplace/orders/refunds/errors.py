"""What can be refused around refunds."""

from marketplace.errors import Conflict, Forbidden, NotFound


class RefundCaseNotFound(NotFound):
    """There is no such refund."""

    code = "refund_case_not_found"
    ko = "그런 환불이 없습니다. 목록에서 다시 찾으십시오."
    en = "There is no such refund. Look for it in the list."


class NothingToRefund(Conflict):
    """The order is not paid, or nothing is left of it."""

    code = "nothing_to_refund"
    ko = "결제되지 않았거나 이미 모두 환불된 주문입니다. 주문 화면에서 상태를 확인하십시오."
    en = "The order is not paid, or nothing is left to pay back. Look at the order."


class RefundExceedsLine(Conflict):
    """More than is left of a line."""

    code = "refund_exceeds_line"
    ko = "‘{title}’에서 돌려줄 수 있는 금액은 {left_won}원까지입니다. 금액을 줄이십시오."
    en = "At most ₩{left_won} are left of “{title}”. Make the amount smaller."


class WithdrawalOver(Conflict):
    """The buyer's right to withdraw from a line has ended."""

    code = "withdrawal_over"
    ko = (
        "‘{title}’의 청약철회는 할 수 없습니다. 내려받기 시작했거나 {ends_on}까지인 기간이 지났습니다."
        " 데이터가 설명과 다르면 검수 화면에서 이의를 내십시오."
    )
    en = (
        "“{title}” can no longer be withdrawn from: it was downloaded, or the time until {ends_on} is over."
        " If the data are not as described, open a dispute on the acceptance page."
    )


class RefundCaseDecided(Conflict):
    """The refund waits for no second person any more."""

    code = "refund_case_decided"
    ko = "이미 처리된 환불입니다. 화면을 새로 고쳐 상태를 확인하십시오."
    en = "This refund was dealt with already. Reload the page and look at its state."


class OtherPersonNeeded(Forbidden):
    """Whoever made a large refund does not approve it."""

    code = "refund_other_person"
    ko = "환불을 올린 사람은 승인할 수 없습니다. 다른 관리자나 재무 담당자가 승인해야 합니다."
    en = "Whoever made the refund cannot approve it. Another administrator or finance officer has to."
