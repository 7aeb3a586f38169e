"""What the register of businesses can refuse, and how it can fail."""

from marketplace.errors import FieldError, Invalid, Unavailable


class RegistryUnavailable(Unavailable):
    """The tax office's service does not answer, or answers what nobody can read.

    The fact ``reason`` is one of connection, timeout, status, key, answer; it is for logs and
    for the operator. The state of the business stays what it was; asking again is safe.
    """

    code = "registry_unavailable"
    ko = "국세청 사업자 조회가 지금 답하지 않습니다. {retry_after_s}초 뒤에 다시 시도하십시오."
    en = "The tax office's business lookup does not answer now. Try again in {retry_after_s} seconds."

    def __init__(self, *, reason: str, retry_after_s: int = 60) -> None:
        super().__init__(retry_after_s=retry_after_s, reason=reason)


class BusinessNumberInvalid(Invalid):
    """What was typed is not a 사업자등록번호."""

    code = "business_number_invalid"
    ko = "사업자등록번호를 다시 확인하십시오."
    en = "Check the business registration number."


class CorporateNumberInvalid(Invalid):
    """What was typed has not the form of a 법인등록번호."""

    code = "corporate_number_invalid"
    ko = "법인등록번호를 다시 확인하십시오."
    en = "Check the corporate registration number."


def business_number_format(field: str) -> FieldError:
    """Return the reason for text that is not ten digits."""
    return FieldError(
        field,
        "business_number_format",
        "사업자등록번호는 숫자 10자리입니다. 예: 123-45-67890 형식으로 입력하십시오.",
        "A business registration number has 10 digits. Enter it in the form 123-45-67890.",
    )


def business_number_range(field: str) -> FieldError:
    """Return the reason for a number that is never given out."""
    return FieldError(
        field,
        "business_number_range",
        "부여되지 않는 번호입니다. 사업자등록증에 적힌 번호를 확인하십시오.",
        "Numbers of this form are not issued. Compare it with the registration certificate.",
    )


def business_number_checksum(field: str) -> FieldError:
    """Return the reason for ten digits whose last one does not fit."""
    return FieldError(
        field,
        "business_number_checksum",
        "사업자등록번호의 검증 숫자가 맞지 않습니다. 잘못 입력한 숫자가 있는지 확인하십시오.",
        "The check digit does not fit. Look for a mistyped digit in the number.",
    )


def corporate_number_format(field: str) -> FieldError:
    """Return the reason for text that is not thirteen digits."""
    return FieldError(
        field,
        "corporate_number_format",
        "법인등록번호는 숫자 13자리입니다. 예: 123456-7890123 형식으로 입력하십시오.",
        "A corporate registration number has 13 digits. Enter it in the form 123456-7890123.",
    )
