"""What people are told of wanted data."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

ASKED: Final = NoticeKind(
    "wanted.asked",
    "같은 업종에서 찾는 데이터: {title}",
    "Wanted in your industry: {title}",
    "{purpose}\n가진 데이터가 있으면 {until}까지 답하십시오.",
    "{purpose}\nIf you have such data, answer until {until}.",
)
ANSWERED: Final = NoticeKind(
    "wanted.answered",
    "찾는 데이터 ‘{title}’에 답이 왔습니다",
    "“{title}”: a seller has answered",
    "{other}: {body}",
    "{other}: {body}",
)
REPLIED: Final = NoticeKind(
    "wanted.replied",
    "찾는 데이터 ‘{title}’에 새 글이 있습니다",
    "“{title}”: the asker has replied",
    "{body}",
    "{body}",
)
ENDING: Final = NoticeKind(
    "wanted.ending",
    "찾는 데이터 ‘{title}’의 기한이 {until}입니다",
    "Your request “{title}” ends on {until}",
    "더 찾아야 하면 기한을 늘리고, 찾았으면 끝내십시오.",
    "Extend it if you still look for the data, or close it if you have found them.",
)
EXPIRED: Final = NoticeKind(
    "wanted.expired",
    "찾는 데이터 ‘{title}’의 기한이 지났습니다",
    "Your request “{title}” has ended",
    "새 답은 더 받지 않습니다. 받은 답은 그대로 볼 수 있습니다.",
    "It takes no new answers. Those you received stay readable.",
)
HIDDEN: Final = NoticeKind(
    "wanted.hidden",
    "찾는 데이터 ‘{title}’을(를) 거래소가 가렸습니다",
    "The exchange has hidden your request “{title}”",
    "사유: {reason}",
    "Reason: {reason}",
    mutable=False,
)
