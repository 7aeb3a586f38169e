"""What sellers are told about their registration requests."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

APPROVED: Final = NoticeKind(
    "review.approved",
    "상품 {product}이(가) 승인되어 판매를 시작했습니다",
    "Product {product} was approved and is on sale",
    "‘{title}’의 등록심사가 끝나 MARKET PLACE에 게시했습니다. 가격은 언제든 바꿀 수 있고, 데이터나 이용 조건을 바꾸면 다시 심사합니다.",
    "The registration of “{title}” was approved and the product is on the market. The price can be changed "
    "at any time; new data or terms are examined again.",
)
RETURNED: Final = NoticeKind(
    "review.returned",
    "상품 {product}에 보완요청이 왔습니다",
    "Product {product} was returned for completion",
    "‘{title}’의 등록심사에서 보완을 요청했습니다.\n사유: {reason}\n상품 화면에서 고친 뒤 다시 등록을 요청하십시오.",
    "The review of “{title}” asks for completion.\nReason: {reason}\nMend it on the product's page and "
    "request the registration again.",
)
REJECTED: Final = NoticeKind(
    "review.rejected",
    "상품 {product}의 등록이 반려되었습니다",
    "The registration of product {product} was rejected",
    "‘{title}’의 등록을 받지 않기로 했습니다.\n사유: {reason}\n내용을 새로 작성해 다시 요청할 수 있습니다.",
    "The registration of “{title}” was rejected.\nReason: {reason}\nYou can write a new content and request again.",
)
COMMENTED: Final = NoticeKind(
    "review.commented",
    "상품 {product}의 등록심사에 새 글이 있습니다",
    "A new comment on the review of product {product}",
    "‘{title}’의 등록심사 담당이 글을 남겼습니다.\n{comment}",
    "The reviewer of “{title}” wrote:\n{comment}",
)
