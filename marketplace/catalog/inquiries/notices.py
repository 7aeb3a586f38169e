"""What people are told of inquiries."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

ASKED: Final = NoticeKind(
    "inquiry.asked",
    "상품 {product}에 새 문의가 있습니다",
    "A new inquiry on product {product}",
    "‘{title}’에 문의가 왔습니다.\n{body}\n답은 상품 화면에서 누구나 읽습니다.",
    "Somebody asks about “{title}”.\n{body}\nEverybody reads your answer on the product's page.",
)
ANSWERED: Final = NoticeKind(
    "inquiry.answered",
    "상품 {product}의 문의에 답이 왔습니다",
    "Your inquiry on product {product} was answered",
    "‘{title}’의 판매자가 답했습니다.\n{body}",
    "The seller of “{title}” has answered.\n{body}",
)
