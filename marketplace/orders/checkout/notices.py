"""What buyers and sellers are told of orders; what concerns money cannot be muted."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

PAID: Final = NoticeKind(
    "order.paid",
    "주문 {number}의 결제가 끝났습니다",
    "Order {number} is paid",
    "‘{title}’ 외 모두 {count}건, {total_won}원의 결제가 끝났습니다.\n산 데이터는 구매한 데이터 화면에서 내려받습니다. 검수 기간은 {closes_on}까지입니다.",
    "{count} product(s), “{title}” first, ₩{total_won} in all, are paid.\nDownload the data from your library. "
    "You can examine them until {closes_on}.",
    mutable=False,
)
SOLD: Final = NoticeKind(
    "order.sold",
    "상품이 팔렸습니다: 주문 {number}",
    "Sold: order {number}",
    "{buyer}이(가) ‘{title}’ 외 모두 {count}건을 샀습니다. 우리 몫의 판매액은 {total_won}원이며, 구매자의 검수가 끝나면 정산 대상이 됩니다.",
    "{buyer} bought {count} product(s) of yours, “{title}” first, for ₩{total_won}. The amount is settled once the "
    "buyer has accepted the data.",
    mutable=False,
)
ACCOUNT: Final = NoticeKind(
    "order.account",
    "주문 {number}의 입금 계좌를 알려 드립니다",
    "Where to deposit for order {number}",
    "{bank} {account} ({holder})\n금액: {total_won}원\n기한: {due_at}까지. 금액이 정확히 같아야 입금됩니다.",
    "{bank} {account} ({holder})\nAmount: ₩{total_won}\nUntil {due_at}. Only the exact amount is taken.",
    mutable=False,
)
EXPIRED: Final = NoticeKind(
    "order.expired",
    "주문 {number}의 결제 기한이 지났습니다",
    "The time to pay order {number} is over",
    "‘{title}’ 주문이 결제되지 않아 끝났습니다. 필요하면 장바구니에 다시 담아 주문하십시오.",
    "The order of “{title}” was not paid and has ended. Put the products into the cart to order again.",
)
TAKEN_BACK: Final = NoticeKind(
    "order.taken_back",
    "주문 {number}의 입금이 취소되었습니다",
    "The deposit for order {number} was taken back",
    "은행이 주문 {number}의 입금을 되돌려 이용권이 정지되었습니다. 다시 결제하거나 거래소에 문의하십시오.",
    "The bank has taken the deposit for order {number} back, so the right to use the data has ended. Pay again or ask "
    "the exchange.",
    mutable=False,
)
