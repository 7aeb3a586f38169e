"""What the gateways call a bank, by its code in the interbank network (금융기관 공동코드)."""

from typing import Final

# Source: PortOne REST API V2, the type ``Bank`` of its published server SDK.
PORTONE: Final = {
    "002": "KDB",
    "003": "IBK",
    "004": "KOOKMIN",
    "007": "SUHYUP",
    "011": "NONGHYUP",
    "012": "LOCAL_NONGHYUP",
    "020": "WOORI",
    "023": "STANDARD_CHARTERED",
    "027": "CITI",
    "031": "DAEGU",
    "032": "BUSAN",
    "034": "KWANGJU",
    "035": "JEJU",
    "037": "JEONBUK",
    "039": "KYONGNAM",
    "045": "KFCC",
    "048": "SHINHYUP",
    "050": "SAVINGS_BANK",
    "064": "NFCF",
    "071": "POST",
    "081": "HANA",
    "088": "SHINHAN",
    "089": "K_BANK",
    "090": "KAKAO",
    "092": "TOSS",
}
# Toss Payments takes the last two digits, but for this bank, which keeps the code it had before.
TOSS_ODD: Final = {"004": "06"}
CODE_DIGITS: Final = 3


def portone_bank(bank: str) -> str:
    """Return PortOne's word for a bank; what is no code is passed on as it is."""
    return PORTONE.get(bank, bank)


def toss_bank(bank: str) -> str:
    """Return Toss Payments' code of a bank; what is no code is passed on as it is."""
    if len(bank) != CODE_DIGITS or not bank.isdigit():
        return bank
    return TOSS_ODD.get(bank, bank[1:])
