"""What people are told about their accounts; all of it is about security, so none can be muted."""

from typing import Final

from marketplace.members.accounts.models import LinkPurpose
from marketplace.notices.kinds import NoticeKind

_NOT_YOU_KO = "본인이 한 일이 아니면 바로 비밀번호를 다시 정하고 거래소 운영기관에 알려 주십시오."
_NOT_YOU_EN = "If this was not you, reset your password at once and tell the exchange's operator."


def _security(name: str, subjects: tuple[str, str], texts: tuple[str, str]) -> NoticeKind:
    return NoticeKind(
        f"account.{name}",
        *subjects,
        f"{texts[0]} {_NOT_YOU_KO}",
        f"{texts[1]} {_NOT_YOU_EN}",
        mutable=False,
    )


def _link(purpose: LinkPurpose, subjects: tuple[str, str], texts: tuple[str, str]) -> NoticeKind:
    return NoticeKind(f"account.link.{purpose.value}", *subjects, *texts, mutable=False)


PASSWORD_CHANGED: Final = _security(
    "password_changed",
    ("비밀번호가 바뀌었습니다", "Your password was changed"),
    (
        "계정의 비밀번호가 바뀌었고, 다른 기기의 로그인은 모두 끝났습니다. API 토큰은 그대로입니다.",
        "The password of your account was changed and all other sessions were ended. API tokens remain.",
    ),
)
EMAIL_CHANGE_ASKED: Final = _security(
    "email_change_asked",
    ("전자우편 변경 요청이 있습니다", "A change of your e-mail address was asked for"),
    (
        "계정의 전자우편을 {new_email}(으)로 바꾸는 요청이 있었습니다. 새 주소로 보낸 링크를 열어야 바뀝니다.",
        "Somebody asked to change the e-mail address of your account to {new_email}. It changes once the link sent there is opened.",
    ),
)
EMAIL_CHANGED: Final = _security(
    "email_changed",
    ("전자우편이 바뀌었습니다", "Your e-mail address was changed"),
    (
        "계정의 전자우편이 {old_email}에서 {new_email}(으)로 바뀌었습니다.",
        "The e-mail address of your account was changed from {old_email} to {new_email}.",
    ),
)
EMAIL_IN_USE: Final = NoticeKind(
    "account.email_in_use",
    "이 주소로 이미 가입되어 있습니다",
    "This address has an account already",
    "다른 계정의 전자우편을 이 주소로 바꾸려는 요청이 있었지만, 이 주소에는 이미 계정이 있어 바꾸지 않았습니다. 본인이 한 일이면 이 주소로 로그인하십시오.",
    "Somebody asked to change another account's e-mail to this address. It has an account already, so nothing was changed. If it was you, sign in with this address.",
    mutable=False,
)
AUTHENTICATOR_ADDED: Final = _security(
    "authenticator_added",
    ("인증 앱을 등록했습니다", "An authenticator app was set up"),
    (
        "계정에 인증 앱을 등록했습니다.",
        "An authenticator app was set up for your account.",
    ),
)
AUTHENTICATOR_REMOVED: Final = _security(
    "authenticator_removed",
    ("인증 앱을 해제했습니다", "Your authenticator app was removed"),
    ("계정에서 인증 앱을 해제했습니다.", "The authenticator app was removed from your account."),
)
RECOVERY_CODE_USED: Final = _security(
    "recovery_code_used",
    ("복구 코드를 썼습니다", "A recovery code was used"),
    (
        "복구 코드로 로그인했습니다. 남은 복구 코드는 {left}개입니다.",
        "A recovery code was used to sign in. {left} remain.",
    ),
)
RECOVERY_CODES_RENEWED: Final = _security(
    "recovery_codes_renewed",
    ("복구 코드를 새로 만들었습니다", "New recovery codes were made"),
    (
        "복구 코드를 새로 만들었습니다. 전에 받은 복구 코드는 쓸 수 없습니다.",
        "New recovery codes were made. The earlier ones no longer work.",
    ),
)
PASSKEY_ADDED: Final = _security(
    "passkey_added",
    ("패스키를 등록했습니다", "A passkey was added"),
    (
        "계정에 패스키 '{label}'을(를) 등록했습니다.",
        "The passkey '{label}' was added to your account.",
    ),
)
PASSKEY_REMOVED: Final = _security(
    "passkey_removed",
    ("패스키를 지웠습니다", "A passkey was removed"),
    (
        "계정에서 패스키 '{label}'을(를) 지웠습니다.",
        "The passkey '{label}' was removed from your account.",
    ),
)
TOKEN_CREATED: Final = _security(
    "token_created",
    ("API 토큰을 만들었습니다", "An API token was made"),
    (
        "API 토큰 '{token_name}'({hint})을 만들었습니다. 범위: {scopes}.",
        "The API token '{token_name}' ({hint}) was made. Scopes: {scopes}.",
    ),
)
ACCOUNT_DELETED: Final = NoticeKind(
    "account.deleted",
    "탈퇴가 끝났습니다",
    "Your account was deleted",
    "계정을 지웠습니다. 이름, 전자우편, 전화번호를 지웠고, 법령에 따라 남기는 기록에는 번호만 남습니다. 이 메일은 탈퇴를 알리려고 마지막으로 보냅니다.",
    "Your account was deleted. Name, e-mail and phone number were erased; records the law requires keep a number only. This is the last mail you receive from us.",
    mutable=False,
)

LINK_KINDS: Final = {
    LinkPurpose.confirm_email: _link(
        LinkPurpose.confirm_email,
        ("전자우편을 확인해 주십시오", "Confirm your e-mail address"),
        (
            "아래 링크를 열어 전자우편을 확인하면 가입이 끝납니다. 링크는 24시간 동안 한 번 쓸 수 있습니다. 가입한 적이 없으면 이 메일을 지우십시오.",
            "Open the link below to confirm your e-mail address and finish signing up. It works once, for 24 hours. If you did not sign up, delete this mail.",
        ),
    ),
    LinkPurpose.reset_password: _link(
        LinkPurpose.reset_password,
        ("비밀번호를 다시 정하십시오", "Reset your password"),
        (
            "아래 링크를 열어 비밀번호를 다시 정하십시오. 링크는 30분 동안 한 번 쓸 수 있습니다. 요청한 적이 없으면 이 메일을 지우십시오. 비밀번호는 그대로입니다.",
            "Open the link below to set a new password. It works once, for 30 minutes. If you did not ask for it, delete this mail; your password stays as it is.",
        ),
    ),
    LinkPurpose.first_sign_in: _link(
        LinkPurpose.first_sign_in,
        (
            "제조데이터 거래소 계정이 만들어졌습니다",
            "You have an account on the Manufacturing Data Exchange",
        ),
        (
            "아래 링크를 열어 비밀번호를 정하고 처음 로그인하십시오. 링크는 24시간 동안 한 번 쓸 수 있습니다.",
            "Open the link below to set a password and sign in for the first time. It works once, for 24 hours.",
        ),
    ),
    LinkPurpose.change_email: _link(
        LinkPurpose.change_email,
        ("새 전자우편을 확인해 주십시오", "Confirm your new e-mail address"),
        (
            "아래 링크를 열면 계정의 전자우편이 이 주소로 바뀝니다. 링크는 24시간 동안 한 번 쓸 수 있습니다. 요청한 적이 없으면 이 메일을 지우십시오.",
            "Open the link below to make this the e-mail address of your account. It works once, for 24 hours. If you did not ask for it, delete this mail.",
        ),
    ),
}
