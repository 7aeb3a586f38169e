"""Sums in whole won, and how parts of them are rounded. Every rounding of money lies here."""

from typing import Final

VAT_PCT: Final = 10


def vat_won(supply_won: int) -> int:
    """Return the value-added tax on a supply value, rounded half up [won].

    Args:
        supply_won: supply value (공급가액) without tax [won], not negative

    Source:
        부가가치세법 제30조 (10 %); rounding: DOMAIN, "Money and time"
    """
    return (supply_won * VAT_PCT + 50) // 100
