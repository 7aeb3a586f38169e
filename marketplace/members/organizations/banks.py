"""The banks of a Korean account and the rule for a number that holds for all of them. Pure."""

import re
import unicodedata
from typing import Final

from marketplace.errors import FieldError

# Code of the institution in the interbank network, name, English name.
# Source: 금융결제원 금융기관 공동코드 (Korea Financial Telecommunications and Clearings Institute).
BANKS: Final[dict[str, tuple[str, str]]] = {
    "004": ("국민은행", "KB Kookmin Bank"),
    "088": ("신한은행", "Shinhan Bank"),
    "020": ("우리은행", "Woori Bank"),
    "081": ("하나은행", "Hana Bank"),
    "011": ("농협은행", "NH NongHyup Bank"),
    "003": ("기업은행", "Industrial Bank of Korea"),
    "002": ("산업은행", "Korea Development Bank"),
    "007": ("수협은행", "Suhyup Bank"),
    "012": ("지역농·축협", "Local NongHyup"),
    "023": ("SC제일은행", "Standard Chartered Korea"),
    "027": ("한국씨티은행", "Citibank Korea"),
    "031": ("iM뱅크(대구)", "iM Bank (Daegu)"),
    "032": ("부산은행", "Busan Bank"),
    "034": ("광주은행", "Kwangju Bank"),
    "035": ("제주은행", "Jeju Bank"),
    "037": ("전북은행", "Jeonbuk Bank"),
    "039": ("경남은행", "Kyongnam Bank"),
    "045": ("새마을금고", "MG Community Credit"),
    "048": ("신협", "Credit Union"),
    "050": ("저축은행", "Savings Bank"),
    "064": ("산림조합", "Forestry Cooperative"),
    "071": ("우체국", "Korea Post"),
    "089": ("케이뱅크", "K Bank"),
    "090": ("카카오뱅크", "KakaoBank"),
    "092": ("토스뱅크", "Toss Bank"),
}
DIGITS_MIN: Final = 8
DIGITS_MAX: Final = 16
TYPED_CHARS_MAX: Final = 40

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212.]+")
_DIGITS = re.compile(rf"[0-9]{{{DIGITS_MIN},{DIGITS_MAX}}}")


def read_account_number(typed: str, errors: list[FieldError], *, field: str = "number") -> str:
    """Return the digits of an account number; hyphens, spaces and full-width digits are taken.

    Every bank has its own lengths and check digits, and they change; so only the number of digits
    is checked here, and the copy of the bankbook is what proves the account.
    """
    number = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed[:TYPED_CHARS_MAX]))
    if not _DIGITS.fullmatch(number):
        errors.append(
            FieldError(
                field,
                "account_number_form",
                f"계좌번호는 숫자 {DIGITS_MIN}~{DIGITS_MAX}자리입니다. 통장에 적힌 번호를 숫자와 하이픈으로 적으십시오.",
                f"An account number has {DIGITS_MIN} to {DIGITS_MAX} digits. Enter it as it stands in the bankbook.",
            )
        )
    return number


def read_bank(code: str, errors: list[FieldError], *, field: str = "bank_code") -> str:
    """Return the code of a bank that is in the list."""
    if code not in BANKS:
        errors.append(
            FieldError(field, "unknown_choice", "목록에서 고르십시오.", "Choose one of the list.")
        )
    return code


def masked(last4: str) -> str:
    """Return what everybody sees of an account number."""
    return f"•••••• {last4}"
