"""What the operator is told of payments."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

REFUND_REFUSED: Final = NoticeKind(
    "payment.refund_refused",
    "주문 {number}의 환불을 결제 대행사가 받아들이지 않았습니다",
    "The gateway refused a refund of order {number}",
    "금액: {amount_won}원\n대행사의 답: {failure}\n결제 화면에서 다시 보내거나 직접 지급한 뒤 기록하십시오.",
    "Amount: ₩{amount_won}\nThe gateway says: {failure}\nSend it again from the payment, or pay it by hand "
    "and record it.",
    mutable=False,
)
