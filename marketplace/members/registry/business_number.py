"""사업자등록번호 and 법인등록번호: reading what people type, check digit, form for people.

Pure. A number that passes here is well-formed, not registered: that is the register's answer.
"""

import re
import unicodedata
from dataclasses import dataclass

from marketplace.members.registry.errors import (
    BusinessNumberInvalid,
    CorporateNumberInvalid,
    business_number_checksum,
    business_number_format,
    business_number_range,
    corporate_number_format,
)

WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
FIRST_SERIAL = "101"
TYPED_LENGTH_MAX = 40

_SEPARATORS = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212\u30fc\u200b\u2060\ufeff.]+")
_TEN_DIGITS = re.compile(r"[0-9]{10}")
_THIRTEEN_DIGITS = re.compile(r"[0-9]{13}")


@dataclass(frozen=True)
class HolderHint:
    """What the middle two digits say about the holder; a hint, never a proof."""

    code: str
    ko: str
    en: str


_INDIVIDUAL = HolderHint("individual", "개인 과세사업자", "individual, taxable")
_EXEMPT = HolderHint("individual_exempt", "개인 면세사업자", "individual, exempt from VAT")
_CORPORATION = HolderHint("corporation", "영리법인 본점", "for-profit corporation, head office")
_HINTS = {
    "80": HolderHint("other", "아파트관리사무소, 다단계판매원 등", "residents' office or similar"),
    "81": _CORPORATION,
    "82": HolderHint("non_profit", "비영리법인 (본점, 지점)", "non-profit corporation"),
    "83": HolderHint("government", "국가, 지방자치단체", "state or local government"),
    "84": HolderHint("foreign", "외국법인", "foreign corporation"),
    "85": HolderHint("branch", "영리법인 지점", "for-profit corporation, branch"),
    "86": _CORPORATION,
    "87": _CORPORATION,
    "88": _CORPORATION,
    "89": HolderHint("religious", "종교단체 (법인 아님)", "religious body, not a corporation"),
}


def compact(text: str) -> str:
    """Return what was typed without separators, full-width digits made plain.

    Letters and other signs stay, so that a later check finds them; digits of other scripts are
    not digits here.
    """
    folded = unicodedata.normalize("NFKC", text[:TYPED_LENGTH_MAX])
    return _SEPARATORS.sub("", folded)


def check_digit(first_nine: str) -> int:
    """Return the tenth digit that belongs to nine digits.

    Args:
        first_nine: nine ASCII digits

    Source:
        The published rule: weights 1 3 7 1 3 7 1 3 5, the tens of the last product are added,
        and the sum is filled up to a multiple of ten. True for eight numbers that companies
        publish on their pages.
    """
    digits = [int(digit) for digit in first_nine]
    assert len(digits) == len(WEIGHTS), "nine digits decide the tenth"
    total = sum(digit * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return (-(total + digits[-1] * WEIGHTS[-1] // 10)) % 10


def parse_business_number(text: str, *, field: str = "business_number") -> str:
    """Read a 사업자등록번호 as a person types it.

    Args:
        text: with or without hyphens, spaces, full-width digits
        field: the name of the form's field, for the reason

    Returns:
        Ten ASCII digits, the form that is stored.

    Raises:
        BusinessNumberInvalid: not ten digits, a number that is never issued, or a wrong
            check digit; ``fields`` holds the one reason
    """
    number = compact(text)
    if not _TEN_DIGITS.fullmatch(number):
        raise BusinessNumberInvalid([business_number_format(field)])
    if number[:3] < FIRST_SERIAL or number[3:5] == "00":
        raise BusinessNumberInvalid([business_number_range(field)])
    if check_digit(number[:9]) != int(number[9]):
        raise BusinessNumberInvalid([business_number_checksum(field)])
    return number


def format_business_number(number: str) -> str:
    """Return the form for people, 3-2-5: ``123-45-67890``."""
    assert _TEN_DIGITS.fullmatch(number), "ten digits, as stored"
    return f"{number[:3]}-{number[3:5]}-{number[5:]}"


def holder_hint(number: str) -> HolderHint | None:
    """Return who usually holds such a number, by its middle digits; None where nothing is known.

    Source:
        The table that the tax office gives for digits four and five. A hint only: the status of a
        non-profit institution is proven by papers.
    """
    middle = number[3:5]
    if middle in _HINTS:
        return _HINTS[middle]
    if middle >= "90":
        return _EXEMPT
    return _INDIVIDUAL if middle >= "01" else None


def parse_corporate_number(text: str, *, field: str = "corporate_number") -> str:
    """Read a 법인등록번호 as a person types it, form only.

    The check digit is never tested: numbers given since 2025-01-31 have none.

    Returns:
        Thirteen ASCII digits.

    Raises:
        CorporateNumberInvalid: not thirteen digits

    Source:
        대법원규칙 제3173호 (2024-11-29), in force 2025-01-31.
    """
    number = compact(text)
    if not _THIRTEEN_DIGITS.fullmatch(number):
        raise CorporateNumberInvalid([corporate_number_format(field)])
    return number


def format_corporate_number(number: str) -> str:
    """Return the form for people, 6-7: ``123456-7890123``."""
    assert _THIRTEEN_DIGITS.fullmatch(number), "thirteen digits, as stored"
    return f"{number[:6]}-{number[6:]}"
