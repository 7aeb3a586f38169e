"""What buyers, sellers and the exchange are told of refunds; it concerns money and cannot be muted."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

DECIDED: Final = NoticeKind(
    "refund.decided",
    "주문 {number}: {amount_won}원을 돌려드립니다",
    "Order {number}: ₩{amount_won} are paid back",
    "사유: {reason_ko}\n상품: {titles}\n결제한 방법으로 돌려드립니다. 모두 환불한 상품의 이용권은 끝났습니다.",
    "Reason: {reason_en}\nProducts: {titles}\nThe money goes back the way it was paid. The right to use what was "
    "paid back as a whole has ended.",
    mutable=False,
)
SOLD_BACK: Final = NoticeKind(
    "refund.sold_back",
    "주문 {number}의 판매액 {amount_won}원을 환불했습니다",
    "₩{amount_won} of order {number} are paid back to the buyer",
    "사유: {reason_ko}\n상품: {titles}\n보관한 대금이나 정산할 금액에서 뺐습니다. 이미 지급한 금액은 다음 정산에서 뺍니다.",
    "Reason: {reason_en}\nProducts: {titles}\nIt was taken from what is held or to be settled; what was paid out "
    "already is taken from the next settlement.",
    mutable=False,
)
PAID: Final = NoticeKind(
    "refund.paid",
    "주문 {number}의 환불 {amount_won}원이 끝났습니다",
    "The refund of ₩{amount_won} for order {number} is paid",
    "결제 대행사나 은행이 지급을 마쳤습니다. 카드는 카드사에 따라 며칠 뒤 명세서에 보입니다.",
    "The gateway or the bank has paid it. On a card's statement it shows after some days.",
    mutable=False,
)
WAITING: Final = NoticeKind(
    "refund.waiting",
    "주문 {number}의 환불 {amount_won}원이 두 번째 사람의 승인을 기다립니다",
    "A refund of ₩{amount_won} for order {number} waits for a second person",
    "올린 사람과 다른 관리자나 재무 담당자가 승인해야 움직입니다.\n상품: {titles}",
    "Another administrator or finance officer has to approve it before anything moves.\nProducts: {titles}",
    mutable=False,
)
ACCOUNT_NEEDED: Final = NoticeKind(
    "refund.account_needed",
    "주문 {number}: 환불받을 계좌를 등록해 주십시오",
    "Order {number}: please register the account for your refund",
    "가상계좌로 받은 {amount_won}원은 은행 계좌로만 돌려드릴 수 있습니다. 계좌를 등록하고 확인을 마치면 바로 보냅니다.",
    "₩{amount_won} came by a virtual account and can only go back to a bank account. Register one; the money is sent "
    "as soon as the account is confirmed and in use.",
    mutable=False,
)
REASONS: Final = {
    "withdrawal": ("청약철회", "withdrawal"),
    "dispute_lost": ("이의에 따른 계약 해제", "rescission after a dispute"),
    "price_cut": ("이의에 따른 감액", "price cut after a dispute"),
    "operator": ("거래소의 결정", "decision of the exchange"),
    "gateway_made": ("결제 대행사가 직접 환불", "made by the payment gateway"),
}
