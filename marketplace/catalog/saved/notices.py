"""What people are told of saved searches, and the line with which a mail lets them stop."""

from typing import Final

from marketplace.errors import Language
from marketplace.notices.kinds import NoticeKind

FOUND: Final = NoticeKind(
    "saved_search.found",
    "저장한 검색 ‘{name}’에 맞는 상품이 나왔습니다",
    "A product that fits your saved search “{name}”",
    "{products}",
    "{products}",
)
DIGEST: Final = NoticeKind(
    "saved_search.digest",
    "저장한 검색 ‘{name}’에 맞는 새 상품 {count}건",
    "{count} new product(s) for your saved search “{name}”",
    "{products}",
    "{products}",
)
STOP: Final[dict[Language, str]] = {
    "ko": "이 검색의 알림 끄기: {address}",
    "en": "Stop alerts of this search: {address}",
}
MORE: Final[dict[Language, str]] = {"ko": "그 밖에 {count}건", "en": "and {count} more"}
