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
VERSION_REVOKED: Final = NoticeKind(
    "listing.version_revoked",
    "상품 {product}의 데이터셋 판 {number}이(가) 회수되었습니다",
    "Dataset version {number} of product {product} was revoked",
    "‘{title}’의 판 {number}은(는) 더 살 수도 내려받을 수도 없습니다.\n사유: {reason}\n이 판을 샀거나 표본을 받았다면 사유를 읽고 계속 쓸지 "
    "정하십시오.",
    "Version {number} of “{title}” can be neither bought nor downloaded any more.\nReason: {reason}\n"
    "If you bought it or have a sample of it, read the reason and decide whether to go on using it.",
    mutable=False,
)
OWN_VERSION_REVOKED: Final = NoticeKind(
    "listing.own_version_revoked",
    "거래소가 상품 {product}의 데이터셋 판 {number}을(를) 회수했습니다",
    "The exchange has revoked dataset version {number} of product {product}",
    "‘{title}’의 판 {number}을(를) 더 팔지 않습니다.\n사유: {reason}\n앞서 승인된 판이 있으면 그 판을 팔고, 없으면 판매를 중지했습니다. 고친 판을 올려 등록을 요청하십시오.",
    "Version {number} of “{title}” is no longer sold.\nReason: {reason}\nAn earlier approved version is sold "
    "instead; without one the product is off sale. Upload a corrected version and request its registration.",
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
