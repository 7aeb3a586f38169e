"""What sellers are told of their settlements; none of it can be muted."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

PAID: Final = NoticeKind(
    "settlement.paid",
    "{month} 정산금 {paid_won}원을 지급했습니다",
    "₩{paid_won} for {month} was paid out",
    "정산 {number}: 판매 {gross_won}원에서 수수료 {fee_won}원(부가세 포함)과 상계 {set_off_won}원을 빼고 {paid_on}에 등록된 계좌로 보냈습니다.\n"
    "정산서는 정산 화면에서 받습니다.",
    "Settlement {number}: sales of ₩{gross_won} less a fee of ₩{fee_won} with VAT and ₩{set_off_won} set off were sent "
    "to your registered account on {paid_on}.\nThe statement is on the page of settlements.",
    mutable=False,
)
CARRIED: Final = NoticeKind(
    "settlement.carried",
    "{month} 정산금을 다음 정산으로 넘겼습니다",
    "The settlement of {month} is carried over",
    "정산 {number}: {carried_won}원을 다음 정산으로 넘겼습니다. 이유: {reason_ko}",
    "Settlement {number}: ₩{carried_won} is carried into the next settlement. Reason: {reason_en}",
    mutable=False,
)
