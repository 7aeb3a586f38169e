"""What buyers and sellers are told of acceptance."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

CLOSED: Final = NoticeKind(
    "acceptance.closed",
    "주문 {number}: ‘{title}’의 검수가 끝났습니다",
    "Order {number}: “{title}” is accepted",
    "구매자가 검수를 마쳤거나 기간이 지나, 판매액 {amount_won}원이 정산 대상이 되었습니다.",
    "The buyer has accepted it, or the time is over: ₩{amount_won} will be settled.",
    mutable=False,
)
LAPSED: Final = NoticeKind(
    "acceptance.lapsed",
    "주문 {number}: ‘{title}’의 검수 기간이 끝났습니다",
    "Order {number}: the time to examine “{title}” is over",
    "검수 기간이 말없이 지나 받아들인 것으로 처리했습니다. 설명과 다른 데이터라면 공급받은 날부터 3개월, 안 날부터 30일 안에 이의를 낼 수 있습니다.",
    "The time to examine it has ended without a word, so it counts as accepted. If the data are not as described, "
    "a dispute can still be opened within 3 months of supply and 30 days of knowing.",
)
