"""What the accounts of persons can refuse."""

from collections.abc import Sequence

from marketplace.errors import FieldError, Invalid, NotSignedIn, TooManyRequests


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
