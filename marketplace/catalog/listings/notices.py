"""What sellers are told of the operator's decisions on their products; it cannot be muted."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

SUSPENDED: Final = NoticeKind(
    "listing.suspended",
    "상품 {product}의 판매를 멈췄습니다",
    "The sale of product {product} was stopped",
    "거래소 운영기관이 ‘{title}’의 판매를 멈췄습니다.\n사유: {reason}\n이미 산 기업의 이용권은 그대로입니다. 이의가 있으면 거래소에 문의하십시오.",
    "The exchange has stopped the sale of “{title}”.\nReason: {reason}\nWhat was bought stays usable. "
    "Contact the exchange if you disagree.",
    mutable=False,
)
LIFTED: Final = NoticeKind(
    "listing.lifted",
    "상품 {product}의 판매 정지를 풀었습니다",
    "Product {product} may be sold again",
    "‘{title}’의 판매 정지를 풀었습니다.\n사유: {reason}",
    "The stop on the sale of “{title}” was lifted.\nReason: {reason}",
    mutable=False,
)
