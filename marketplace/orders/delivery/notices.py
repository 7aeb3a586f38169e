"""What buyers are told of the data they bought."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

NEWER: Final = NoticeKind(
    "delivery.newer_version",
    "산 데이터의 새 판이 나왔습니다: ‘{title}’ 판 {number}",
    "A newer version of what you bought: “{title}”, version {number}",
    "산 판은 이용권이 끝날 때까지 그대로 내려받을 수 있습니다. 새 판은 따로 사는 상품이니, 달라진 점을 상품 화면에서 견주어 보십시오.",
    "The version you bought stays in your library as long as your right lasts. The new one is bought separately; compare "
    "what has changed on the page of the product.",
)
