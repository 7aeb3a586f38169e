"""What the accounts of persons can refuse."""

from collections.abc import Sequence

from marketplace.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    TooManyRequests,
)


class PasswordCheckBusy(TooManyRequests):
    """More passwords wait to be checked than the machine does in a second."""

    code = "password_check_busy"
    ko = "로그인 요청이 몰려 있습니다. {retry_after_s}초 뒤에 다시 시도하십시오."
    en = "Many people are signing in right now. Try again in {retry_after_s} second(s)."


class PasskeyNotRegistered(Invalid):
    """The authenticator's answer to a registration does not hold."""

    code = "passkey_not_registered"
    ko = "패스키를 등록하지 못했습니다. 등록을 처음부터 다시 시작하십시오."
    en = "The passkey could not be registered. Start the registration again."

    def __init__(self, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(fields or [FieldError("answer", self.code, type(self).ko, type(self).en)])


class PasskeyRefused(NotSignedIn):
    """The authenticator's answer to a sign-in does not hold."""

    code = "passkey_refused"
    ko = "패스키로 확인하지 못했습니다. 다시 시도하거나 다른 방법으로 로그인하십시오."
    en = "The passkey could not be verified. Try again or sign in another way."


class SignInFailed(NotSignedIn):
    """Mail address and password do not belong together; says nothing about which of them is wrong."""

    code = "sign_in_failed"
    ko = "전자우편이나 비밀번호가 맞지 않습니다. 다시 입력하거나 비밀번호를 다시 정하십시오."
    en = "The e-mail address or the password is not right. Try again or reset your password."


class AccountSuspended(Forbidden):
    """The password is right, but the operator suspended the account."""

    code = "account_suspended"
    ko = (
        "계정이 정지되어 로그인할 수 없습니다. 화면 아래의 연락처로 거래소 운영기관에 문의하십시오."
    )
    en = "Your account is suspended. Contact the exchange's operator at the foot of the page."


class CodeRefused(Invalid):
    """The code of the authenticator app or the recovery code does not hold, or was used already."""

    code = "code_refused"
    ko = "코드가 맞지 않거나 이미 쓴 코드입니다. 새 코드가 나오면 다시 입력하십시오."
    en = "The code is not right or was used already. Wait for a new one and try again."

    def __init__(self) -> None:
        super().__init__([FieldError("code", self.code, type(self).ko, type(self).en)])


class PasswordNotRight(Invalid):
    """A signed-in person typed the present password wrongly."""

    code = "password_not_right"
    ko = "지금 비밀번호가 맞지 않습니다. 다시 입력하십시오."
    en = "The present password is not right. Enter it again."

    def __init__(self, field: str = "password") -> None:
        super().__init__([FieldError(field, self.code, type(self).ko, type(self).en)])


class PasswordRefused(Invalid):
    """The new password breaks the rules for passwords; each reason is named."""

    code = "password_refused"
    ko = "이 비밀번호는 쓸 수 없습니다. 표시된 이유를 보고 다른 비밀번호를 정하십시오."
    en = "This password cannot be used. See the reasons and choose another one."


class SecondFactorMissing(Conflict):
    """There is no second factor of this kind to work with."""

    code = "second_factor_missing"
    ko = "등록을 시작하지 않았거나 시간이 지났습니다. 등록을 처음부터 다시 시작하십시오."
    en = "The set-up was not begun or took too long. Begin it again."


class SecondFactorCompulsory(Conflict):
    """The last second factor of somebody whose role demands one cannot be removed."""

    code = "second_factor_compulsory"
    ko = "맡은 권한에는 두 번째 확인이 있어야 하므로 마지막 수단은 해제할 수 없습니다. 다른 수단을 먼저 등록하십시오."
    en = "Your role needs a second factor, so the last one cannot be removed. Set up another one first."


class PasskeysUnavailable(Conflict):
    """Browsers allow no passkeys at the address of this exchange."""

    code = "passkeys_unavailable"
    ko = "이 주소에서는 브라우저가 패스키를 허용하지 않습니다. 인증 앱을 쓰십시오."
    en = "Browsers allow no passkeys at this address. Use an authenticator app."


class PasskeyMissing(NotFound):
    """The person has no such passkey."""

    code = "passkey_missing"
    ko = "이 패스키는 이미 지웠거나 없습니다. 목록을 새로 고치십시오."
    en = "This passkey was removed or never existed. Reload the list."


class PasskeysTooMany(Conflict):
    """A person keeps only so many passkeys."""

    code = "passkeys_too_many"
    ko = "패스키는 {most}개까지 등록할 수 있습니다. 쓰지 않는 패스키를 먼저 지우십시오."
    en = "You can keep {most} passkeys. Remove one that you do not use first."


class PasskeyTaken(Conflict):
    """The authenticator's credential is registered already."""

    code = "passkey_taken"
    ko = "이미 등록된 패스키입니다. 다른 기기의 패스키를 등록하십시오."
    en = "This passkey is registered already. Use one of another device."


class NewEmailTaken(Conflict):
    """The address got an account while its change waited for confirmation."""

    code = "new_email_taken"
    ko = "이 전자우편에는 그 사이에 다른 계정이 생겨 바꿀 수 없습니다. 다른 주소로 다시 요청하십시오."
    en = "Another account has this e-mail address by now. Ask again with another address."


class TokenNameTaken(Conflict):
    """A live token of the person has this name."""

    code = "token_name_taken"
    ko = "같은 이름의 API 토큰이 있습니다. 다른 이름을 쓰거나 전의 토큰을 폐기하십시오."
    en = "You have an API token of this name. Choose another name or revoke the earlier token."


class TokensTooMany(Conflict):
    """A person keeps only so many live tokens."""

    code = "tokens_too_many"
    ko = "API 토큰은 {most}개까지 쓸 수 있습니다. 쓰지 않는 토큰을 먼저 폐기하십시오."
    en = "You can keep {most} API tokens. Revoke one that you do not use first."


class LastOwner(Conflict):
    """Somebody must remain who manages the organization's people."""

    code = "last_owner"
    ko = "마지막 대표 관리자라서 할 수 없습니다. 다른 회원에게 대표 관리자 권한을 먼저 넘기십시오."
    en = "This is the last owner, so it was not done. Hand ownership over to another member first."
