"""The notices about bank accounts; none of them can be muted."""

from typing import Final

from marketplace.notices.kinds import NoticeKind

_STOP_KO = (
    "모르는 변경이면 지금 계좌 화면에서 철회하고, 비밀번호를 바꾼 뒤 거래소 운영기관에 알리십시오."
)
_STOP_EN = (
    "If you do not expect this, withdraw it on the bank account page now, change your password and"
    " tell the exchange's operator."
)

ACCOUNT_PROPOSED: Final = NoticeKind(
    "bank_account.proposed",
    "{organization}의 새 계좌가 등록되어 확인을 기다립니다",
    "A new bank account of {organization} waits for confirmation",
    "{by} 님이 {bank} {masked} 계좌를 등록했습니다. 다른 한 사람이 확인하고 대기 기간이 지나야 쓰입니다. "
    + _STOP_KO,
    "{by} registered the account {bank} {masked}. It is used only after a second person has"
    " confirmed it and the hold has passed. " + _STOP_EN,
    mutable=False,
)
ACCOUNT_CONFIRMED: Final = NoticeKind(
    "bank_account.confirmed",
    "{organization}의 새 계좌가 확인되었습니다",
    "The new bank account of {organization} was confirmed",
    "{by} 님이 {bank} {masked} 계좌를 확인했습니다. {effective}부터 이 계좌로 보냅니다. "
    + _STOP_KO,
    "{by} confirmed the account {bank} {masked}. It is used from {effective}. " + _STOP_EN,
    mutable=False,
)
ACCOUNT_REFUSED: Final = NoticeKind(
    "bank_account.refused",
    "{organization}의 새 계좌가 거절되었습니다",
    "The new bank account of {organization} was refused",
    "{by} 님이 {bank} {masked} 계좌를 거절했습니다. 사유: {reason}",
    "{by} refused the account {bank} {masked}. Reason: {reason}",
    mutable=False,
)
ACCOUNT_WITHDRAWN: Final = NoticeKind(
    "bank_account.withdrawn",
    "{organization}의 계좌 변경이 철회되었습니다",
    "The change of {organization}'s bank account was withdrawn",
    "{by} 님이 {bank} {masked} 계좌의 등록을 철회했습니다. 쓰던 계좌가 있으면 그대로 쓰입니다.",
    "{by} withdrew the account {bank} {masked}. An account in use stays in use.",
    mutable=False,
)
