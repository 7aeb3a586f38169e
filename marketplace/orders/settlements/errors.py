"""What can be refused around settlements."""

from marketplace.errors import Conflict, FieldError, Invalid, NotFound


class SettlementNotFound(NotFound):
    """There is no such settlement for the caller."""

    code = "settlement_not_found"
    ko = "그런 정산이 없습니다. 정산 목록에서 다시 찾으십시오."
    en = "There is no such settlement. Look for it in the list of settlements."


class SettlementPeriodNotFound(NotFound):
    """There is no such month."""

    code = "settlement_period_not_found"
    ko = "그 달의 정산이 없습니다. 정산 화면에서 다시 고르십시오."
    en = "That month has no settlements. Choose one on the page of settlements."


class PeriodNotOver(Conflict):
    """A month is settled when it has ended."""

    code = "period_not_over"
    ko = "{month}은(는) 아직 끝나지 않아 정산할 수 없습니다. 다음 달이 되면 초안을 만드십시오."
    en = "{month} has not ended yet. Make its drafts when it is over."


class SettlementDecided(Conflict):
    """It waits for no approval any more."""

    code = "settlement_decided"
    ko = "이미 승인되었거나 취소된 정산입니다. 화면을 새로 고쳐 상태를 확인하십시오."
    en = "This settlement was approved or cancelled already. Reload and look at its state."


class SettlementChanged(Conflict):
    """Something was refunded, accepted or decided since the draft: its amounts are not true any more."""

    code = "settlement_changed"
    ko = "초안을 만든 뒤 환불이나 계좌 변경으로 금액이 달라졌습니다. ‘다시 계산’을 누르고 새 금액을 확인한 뒤 승인하십시오."
    en = "A refund or a change of account has altered the amounts since the draft. Calculate it anew, check and approve."


class SecondApproverNeeded(Conflict):
    """The first approval does not count twice."""

    code = "second_approver_needed"
    ko = "첫 번째로 승인한 사람은 두 번째로 승인할 수 없습니다. 다른 재무 담당자나 관리자가 승인합니다."
    en = "Whoever approved first cannot approve again. Another person of finance or administration does."


class NothingToPay(Conflict):
    """No approved payout waits for a file."""

    code = "nothing_to_pay"
    ko = "지급 파일에 넣을 정산이 없습니다. 두 사람이 승인했는지, 판매자가 이용 정지되지 않았는지 확인하십시오."
    en = "There is no payout for a file. Check that two persons approved and that the sellers are not suspended."


class PayoutNotWaiting(Conflict):
    """It was paid before, or nothing is to be paid."""

    code = "payout_not_waiting"
    ko = "지급을 기다리는 정산이 아닙니다. 이미 지급되었거나 지급할 금액이 없습니다."
    en = "This settlement waits for no payment: it was paid before, or nothing is to be paid."


class StatementUnreadable(Invalid):
    """The file is no bank statement with the columns that were named."""

    code = "statement_unreadable"
    ko = "거래내역 파일을 읽지 못했습니다. 설명을 보고 고쳐 다시 올리십시오."
    en = "The bank statement could not be read. Follow the explanation and send it again."

    def __init__(self, ko: str, en: str) -> None:
        super().__init__([FieldError("file", self.code, ko, en)])


class PaidOnWrong(Invalid):
    """The day of payment lies ahead, or before the approval."""

    code = "paid_on_wrong"
    ko = "지급일은 승인한 날부터 오늘까지여야 합니다."
    en = "The day of payment lies between the approval and today."

    def __init__(self) -> None:
        super().__init__([FieldError("paid_on", self.code, type(self).ko, type(self).en)])
