"""Reading what a person typed about an organization; all that is wrong comes at once. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from marketplace.errors import FieldError, Invalid
from marketplace.members.organizations.kinds import fits
from marketplace.members.organizations.models import OrganizationKind, OrganizationSize
from marketplace.members.organizations.schemas import OrganizationIn
from marketplace.members.registry.business_number import (
    parse_business_number,
    parse_corporate_number,
)
from marketplace.members.registry.errors import BusinessNumberInvalid, CorporateNumberInvalid
from marketplace.members.registry.port import TaxType

OLDEST: Final = date(1880, 1, 1)
EMAIL_CHARS_MAX: Final = 254
_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
_PHONE = re.compile(r"\+?[0-9][0-9()\- ]{5,28}[0-9]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Typed:
    """Collects what is wrong while values are read one by one."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def line(self, field: str, text: str) -> str:
        """Return one line of text: composed (NFC), spaces folded, no control characters."""
        line = " ".join(unicodedata.normalize("NFC", _CONTROL.sub("\x00", text)).split())
        if "\x00" in line:
            self.errors.append(control_character(field))
        elif not line:
            self.errors.append(empty(field))
        return line

    def email(self, field: str, text: str) -> str:
        """Return a mail address in lower case; whether it exists only a mail can tell."""
        email = unicodedata.normalize("NFKC", text).strip().lower()
        if not _EMAIL.fullmatch(email) or len(email) > EMAIL_CHARS_MAX:
            self.errors.append(not_an_email(field))
        return email

    def phone(self, field: str, text: str) -> str:
        """Return a telephone number of 7 to 30 digits, brackets, hyphens and spaces."""
        phone = " ".join(unicodedata.normalize("NFKC", text).split())
        if not _PHONE.fullmatch(phone):
            self.errors.append(not_a_phone(field))
        return phone

    def finish(self) -> None:
        """Refuse when anything was wrong.

        Raises:
            Invalid: names every wrong field
        """
        if self.errors:
            raise Invalid(self.errors)


@dataclass(frozen=True)
class Particulars:
    """What is known of an organization from its own words, every value well-formed."""

    business_number: str
    corporate_number: str | None
    name: str
    representative: str
    opened_on: date
    address: str
    phone: str
    invoice_email: str
    business_type: str
    business_item: str
    tax_type: str
    kind: OrganizationKind
    size: OrganizationSize


def read_particulars(given: OrganizationIn, *, today: date, typed: Typed) -> Particulars:
    """Return the values in the form that is stored; what is wrong is added to ``typed``.

    Args:
        given: as typed
        today: in Asia/Seoul
        typed: collects the errors; ``finish`` raises them
    """
    number = _business_number(given.business_number, typed)
    corporate = _corporate_number(given.corporate_number, typed)
    if not OLDEST <= given.opened_on <= today:
        typed.errors.append(not_yet_open())
    if not fits(given.kind, given.size):
        typed.errors.append(size_does_not_fit())
    return Particulars(
        business_number=number,
        corporate_number=corporate,
        name=typed.line("name", given.name),
        representative=typed.line("representative", given.representative),
        opened_on=given.opened_on,
        address=typed.line("address", given.address),
        phone=typed.phone("phone", given.phone),
        invoice_email=typed.email("invoice_email", given.invoice_email),
        business_type=typed.line("business_type", given.business_type),
        business_item=typed.line("business_item", given.business_item),
        tax_type=TaxType(given.tax_type).value,
        kind=given.kind,
        size=given.size,
    )


def _business_number(text: str, typed: Typed) -> str:
    try:
        return parse_business_number(text)
    except BusinessNumberInvalid as wrong:
        typed.errors.extend(wrong.fields)
        return ""


def _corporate_number(text: str | None, typed: Typed) -> str | None:
    if text is None or not text.strip():
        return None
    try:
        return parse_corporate_number(text)
    except CorporateNumberInvalid as wrong:
        typed.errors.extend(wrong.fields)
        return None


def empty(field: str) -> FieldError:
    """Return the reason for a field that holds nothing but spaces."""
    return FieldError(field, "required", "값을 입력하십시오.", "Enter a value.")


def control_character(field: str) -> FieldError:
    """Return the reason for a character that nobody can see."""
    return FieldError(
        field,
        "control_character",
        "보이지 않는 제어 문자가 있습니다. 지우고 다시 입력하십시오.",
        "There is an invisible control character. Remove it and enter the value again.",
    )


def not_an_email(field: str) -> FieldError:
    """Return the reason for text that cannot be a mail address."""
    return FieldError(
        field,
        "not_an_email",
        "전자우편 주소의 형식이 아닙니다. 예: tax@company.co.kr",
        "This is not a mail address. Example: tax@company.co.kr",
    )


def not_a_phone(field: str) -> FieldError:
    """Return the reason for text that cannot be a telephone number."""
    return FieldError(
        field,
        "not_a_phone",
        "전화번호는 숫자와 하이픈으로 적으십시오. 예: 031-000-0000",
        "Enter the telephone number in digits and hyphens, for example 031-000-0000.",
    )


def not_yet_open() -> FieldError:
    """Return the reason for an opening date of the future or of long ago."""
    return FieldError(
        "opened_on",
        "opened_on_range",
        "개업일이 오늘보다 뒤이거나 너무 오래전입니다. 사업자등록증의 ‘개업연월일’을 적으십시오.",
        "The opening date lies in the future or too far back. Enter the date of the certificate.",
    )


def size_does_not_fit() -> FieldError:
    """Return the reason for a size that this kind of organization cannot have."""
    return FieldError(
        "size",
        "size_does_not_fit",
        "고른 기관 종류와 규모가 맞지 않습니다. 대학과 연구기관은 ‘비영리’, 기업은 소기업·중기업·중견기업·대기업 가운데 고르십시오.",
        "The size does not fit the kind. Universities and institutes are non-profit; companies are small, medium, mid-size or large.",
    )
