"""What people are told of the training."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

RENEWED: Final = NoticeKind(
    "training.renewed",
    "기본교육이 제{number}판으로 바뀌었습니다",
    "The basic training has a new version {number}",
    "다음 상품 등록을 요청하기 전에 새 기본교육을 이수하십시오.\n이미 판매 중인 상품은 그대로 판매됩니다.",
    "Complete the new basic training before your next registration request.\nProducts on sale stay on sale.",
)
