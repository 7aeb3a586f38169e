"""What people are told of reports."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

REPORTED: Final = NoticeKind(
    "report.received",
    "상품 {product}에 신고가 들어왔습니다",
    "Product {product} was reported",
    "신고를 살피고 결과를 신고한 쪽에 알리십시오.\n{body}",
    "Look into the report and tell the reporter the outcome.\n{body}",
)
CLOSED: Final = NoticeKind(
    "report.closed",
    "상품 {product}에 대한 신고의 결과입니다",
    "The outcome of your report of product {product}",
    "거래소가 신고를 살폈습니다.\n{answer}",
    "The exchange has looked into your report.\n{answer}",
)
