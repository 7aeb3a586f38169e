"""Cells that look like personal data; text alone is searched, never the digits of numbers.

Passports and bank accounts have no check digit that could be asked for, and readings of sensors and numbers of parts
look like them. They count only where a word says what they are: in the header, or in the cell before the number.

Source:
    주민등록법 시행규칙 제2조: YYMMDD, then a digit 1 to 8 (1 to 4 residents, 5 to 8 foreigners). Numbers
    given out since October 2020 have no check digit, so none is asked for.
    여권법 시행규칙: a letter and eight digits, since December 2021 with a letter in the fifth place.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Final

RESIDENT: Final = (
    r"(^|[^0-9-])[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])\s?-\s?[1-8][0-9]{6}($|[^0-9-])"
)
MOBILE: Final = r"(^|[^0-9-])01[016789][- .]?[0-9]{3,4}[- .]?[0-9]{4}($|[^0-9-])"
MAIL: Final = (
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,24}"
)
CARD: Final = r"(^|[^0-9-])[3-6][0-9]{3}[- ][0-9]{4}[- ][0-9]{4}[- ][0-9]{4}($|[^0-9-])"
BUSINESS: Final = r"(^|[^0-9-])[0-9]{3}-[0-9]{2}-[0-9]{5}($|[^0-9-])"
_PASSPORT: Final = r"[MSRGDmsrgd][0-9]{3}[0-9A-Za-z][0-9]{4}($|[^0-9A-Za-z])"
_ACCOUNT: Final = r"[0-9][0-9-]{8,18}[0-9]($|[^0-9-])"
_NUMBER: Final = r"\s?(번호|no\.?|num\.?|number)?\s?[:#]?\s?"
PASSPORT: Final = rf"(?i:여권|passport)(?i:{_NUMBER}){_PASSPORT}"
ACCOUNT: Final = rf"(?i:계좌|통장|은행|뱅크|농협|수협|신협|새마을금고|우체국|account)(?i:{_NUMBER})[가-힣)\s]{{0,12}}{_ACCOUNT}"
PATTERNS: Final = (
    ("PII_RRN", RESIDENT),
    ("PII_CONTACT", f"{MOBILE}|{MAIL}"),
    ("PII_CARD", CARD),
    ("BUSINESS_NUMBER", BUSINESS),
    ("PII_PASSPORT", PASSPORT),
    ("PII_ACCOUNT", ACCOUNT),
)
# Any of them, for a first look.
ANY: Final = "|".join(pattern for _, pattern in PATTERNS)
# What a header must say before the number alone is enough, and the number.
HEADED: Final = (
    ("PII_PASSPORT", re.compile(r"여권|(^|[^a-z])passport([^a-z]|$)", re.IGNORECASE), f"(^|[^0-9A-Za-z]){_PASSPORT}"),
    ("PII_ACCOUNT", re.compile(r"계좌|통장\s*번호|(^|[^a-z])(bank|deposit)[ _.-]?account|(^|[^a-z])(account|acct)[ _.-]?(no|num|number)([^a-z]|$)|^\s*(account|acct)\s*$", re.IGNORECASE), f"(^|[^0-9-]){_ACCOUNT}"),
)  # fmt: skip
ACCOUNT_DIGITS: Final = range(10, 15)
# A header that says account over plain numbers of so many digits makes codes of them.
ACCOUNT_LEAST: Final = 10 ** (ACCOUNT_DIGITS.start - 1)


@cache
def headed(name: str) -> tuple[tuple[str, str], ...]:
    """Return the codes and patterns of what a header says that its column holds."""
    return tuple((code, pattern) for code, names, pattern in HEADED if names.search(name))


# The most frequent family names, which nine of ten Koreans have.
FAMILY: Final = "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용"
PERSON: Final = re.compile(rf"(남궁|황보|제갈|사공|선우|독고|[{FAMILY}])\s?[가-힣]{{1,2}}")
ADDRESS: Final = re.compile(
    r"([가-힣]{1,6}(시|도|군|구)\s+)+[가-힣0-9.]{1,10}(읍|면|동|리|로|길)\s*[0-9]|[가-힣0-9]{1,10}(로|길)\s+[0-9]{1,4}(-[0-9]{1,4})?(\s|,|$)"
)
_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)


def passes_luhn(text: str) -> bool:
    """Whether the digits of a text are a card number with a right check digit (ISO/IEC 7812-1, annex B)."""
    digits = [int(one) for one in reversed(text) if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[1::2]]
    return bool(digits) and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def is_business_number(text: str) -> bool:
    """Whether the first ten digits of a text are a Korean business number with a right check digit."""
    digits = [int(one) for one in text if one.isdigit()][:10]
    if len(digits) < 10 or not any(digits):
        return False
    total = sum(weight * one for weight, one in zip(_WEIGHTS, digits, strict=False))
    total += digits[8] * 5 // 10
    return (10 - total % 10) % 10 == digits[9]


_RUN: Final = re.compile(r"[0-9][0-9-]{8,18}[0-9]")
_TELEPHONE: Final = re.compile(r"0(2|[3-6][1-5]|70|1[016789])-?[0-9]{3,4}-?[0-9]{4}")


def is_account(text: str) -> bool:
    """Whether a text holds a number as accounts of Korean banks have, of 10 to 14 digits, and no telephone's."""
    return any(
        sum(one.isdigit() for one in run) in ACCOUNT_DIGITS
        and "--" not in run
        and not _TELEPHONE.fullmatch(run)
        for run in _RUN.findall(text)
    )


# What a pattern alone cannot say.
VERIFIED: Final[dict[str, Callable[[str], bool]]] = {
    "PII_CARD": passes_luhn,
    "BUSINESS_NUMBER": is_business_number,
    "PII_ACCOUNT": is_account,
}


def masked(text: str) -> str:
    """Return a value with all digits and letters but the first three hidden."""
    return text[:3] + "".join("*" if one.isalnum() else one for one in text[3:40])


def veiled(text: str) -> str:
    """Return a name with all but its first letter hidden."""
    return text[:1] + "".join("*" if one.isalnum() else one for one in text[1:40])
