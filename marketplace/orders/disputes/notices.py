"""What buyers, sellers and the exchange are told of disputes."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

OPENED: Final = NoticeKind(
    "dispute.opened",
    "주문 {number}: ‘{title}’에 이의가 들어왔습니다",
    "Order {number}: “{title}” is disputed",
    "구매자의 말: {statement}\n판매자는 한 번 답할 수 있습니다. 거래소가 결정할 때까지 대금은 나가지 않습니다.",
    "The buyer says: {statement}\nThe seller may answer once. Nothing is paid out until the exchange has decided.",
    mutable=False,
)
ANSWERED: Final = NoticeKind(
    "dispute.answered",
    "주문 {number}: ‘{title}’의 이의에 판매자가 답했습니다",
    "Order {number}: the seller has answered the dispute of “{title}”",
    "판매자의 말: {answer}\n거래소가 양쪽의 말을 보고 결정합니다.",
    "The seller says: {answer}\nThe exchange decides after reading both.",
    mutable=False,
)
DECIDED: Final = NoticeKind(
    "dispute.decided",
    "주문 {number}: ‘{title}’의 이의가 끝났습니다",
    "Order {number}: the dispute of “{title}” has ended",
    "결과: {outcome_ko}\n{decision}",
    "Outcome: {outcome_en}\n{decision}",
    mutable=False,
)
OUTCOMES: Final = {
    "for_seller": ("이의를 받아들이지 않음", "not upheld"),
    "for_buyer": ("계약을 해제하고 모두 환불", "rescinded, everything is paid back"),
    "price_cut": ("값을 깎아 일부 환불", "a part of the price is paid back"),
    "withdrawn": ("구매자가 이의를 거둠", "withdrawn by the buyer"),
}
