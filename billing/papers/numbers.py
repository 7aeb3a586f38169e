"""Numbers on an invoice: the business number's check digit, and the approval number (승인번호). Pure."""

import hashlib
import re
from datetime import date, datetime
from typing import Final

_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_DIGITS: Final = re.compile(r"[0-9]{10}")
_APPROVAL: Final = re.compile(r"[0-9]{8}[0-9]{8}[0-9A-Za-z]{8}")
_SYSTEM: Final = re.compile(r"[0-9]{8}")
_SERIAL_SIGNS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_SERIAL_LENGTH: Final = 8


def is_business_number(number: str) -> bool:
    """Whether ten digits have the check digit of a 사업자등록번호.

    Source:
        The published rule: weights 1 3 7 1 3 7 1 3 5, the tens of the ninth product are added, and the
        sum is filled up to a multiple of ten.
    """
    if not _DIGITS.fullmatch(number):
        return False
    digits = [int(digit) for digit in number]
    total = sum(digit * weight for digit, weight in zip(digits[:9], _WEIGHTS, strict=True))
    return (total + digits[8] * _WEIGHTS[8] // 10 + digits[9]) % 10 == 0


def is_approval_number(number: str, written_on: date) -> bool:
    """Whether a number has the form of an approval number of a paper with this date.

    Args:
        number: 24 characters: date, eight digits of the issuing system, eight of a serial
        written_on: 작성 연월일 of the paper
    """
    return bool(_APPROVAL.fullmatch(number)) and number[:8] == f"{written_on:%Y%m%d}"


def date_of_approval_number(number: str) -> date | None:
    """Return the date that an approval number begins with; None where it is none."""
    if not _APPROVAL.fullmatch(number):
        return None
    try:
        return datetime.strptime(number[:8], "%Y%m%d").date()  # noqa: DTZ007 - a date of law has no zone
    except ValueError:
        return None


def approval_number(written_on: date, *, system: str, key: str) -> str:
    """Return the approval number of a paper that a system of ours numbers.

    The serial is worked out from the key, so that a repeated issue gets the same number without
    anything being stored. Of 2.8 * 10^12 serials a day two keys could still meet: the archive has
    a unique constraint.

    Args:
        written_on: 작성 연월일
        system: eight digits of the issuing system
        key: our number of the paper
    """
    if not _SYSTEM.fullmatch(system):
        raise ValueError(f"{system!r} is no number of an issuing system: eight digits")
    rest = int.from_bytes(hashlib.sha256(f"{written_on:%Y%m%d}{key}".encode()).digest(), "big")
    serial = ""
    for _ in range(_SERIAL_LENGTH):
        rest, sign = divmod(rest, len(_SERIAL_SIGNS))
        serial += _SERIAL_SIGNS[sign]
    return f"{written_on:%Y%m%d}{system}{serial}"
