"""Value-added tax is rounded half up, to the won."""

import pytest

from billing.money import vat_won


@pytest.mark.parametrize(
    ("supply_won", "tax_won"),
    [(0, 0), (4, 0), (5, 1), (14, 1), (15, 2), (1_000, 100), (4_500_000, 450_000), (10**10, 10**9)],
)
def test_ten_per_cent_half_up(supply_won: int, tax_won: int) -> None:
    assert vat_won(supply_won) == tax_won
