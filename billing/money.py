"""Sums in whole won, and how parts of them are rounded. Every rounding of money lies here.

A sum is a plain ``int``; the functions refuse anything else, so that no fraction comes in from outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

VAT_PCT: Final = 10
WHOLE_BPS: Final = 10_000
# Far above any sum here, far below what BIGINT and a sum of many rows hold.
WON_MOST: Final = 10**15


class Taxation(StrEnum):
    """How value-added tax meets a supply (과세, 영세율, 면세)."""

    taxable = "taxable"
    zero_rated = "zero_rated"
    exempt = "exempt"


def whole_won(amount: object) -> int:
    """Return the amount if it is a whole number of won within the limit [won].

    Raises:
        TypeError: not an ``int``; a truth value is none
        ValueError: above ``WON_MOST`` in size
    """
    if type(amount) is not int:
        raise TypeError(f"{amount!r} is no whole number of won")
    if abs(amount) > WON_MOST:
        raise ValueError(f"{amount} won is more than {WON_MOST}")
    return amount


def _not_negative(amount: object) -> int:
    if (won := whole_won(amount)) < 0:
        raise ValueError(f"{won} won is negative")
    return won


def _rate(rate_bps: object) -> int:
    if type(rate_bps) is not int or not 0 <= rate_bps <= WHOLE_BPS:
        raise ValueError(f"{rate_bps!r} is no rate of 0 to {WHOLE_BPS} basis points")
    return rate_bps


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def vat_won(supply_won: int) -> int:
    """Return the value-added tax on a supply value, rounded half up [won].

    Args:
        supply_won: supply value (공급가액) without tax [won], not negative

    Source:
        부가가치세법 제30조 (10 %); rounding: DOMAIN, "Money and time"
    """
    return _half_up(_not_negative(supply_won) * VAT_PCT, 100)


@dataclass(frozen=True)
class Split:
    """A sum as supply value (공급가액) and tax (부가가치세액); both have the same sign [won]."""

    supply_won: int
    vat_won: int

    def __post_init__(self) -> None:
        whole_won(self.supply_won)
        whole_won(self.vat_won)
        if self.supply_won * self.vat_won < 0:
            raise ValueError("supply value and tax have the same sign")

    @property
    def total_won(self) -> int:
        """What is paid [won]."""
        return self.supply_won + self.vat_won

    def __add__(self, other: "Split") -> "Split":
        return Split(self.supply_won + other.supply_won, self.vat_won + other.vat_won)

    def __neg__(self) -> "Split":
        return Split(-self.supply_won, -self.vat_won)


NOTHING: Final = Split(0, 0)


def split_of_supply(supply_won: int, taxation: Taxation) -> Split:
    """Return a price that was named without tax, with its tax.

    Args:
        supply_won: supply value [won], not negative
    """
    taxed = taxation is Taxation.taxable
    return Split(_not_negative(supply_won), vat_won(supply_won) if taxed else 0)


def split_of_total(total_won: int, taxation: Taxation) -> Split:
    """Return a price that was named with tax, apart into supply value and tax.

    Args:
        total_won: what is paid [won], not negative

    Source:
        부가가치세법 제29조제7항 (대가의 110분의 100). The law has no rule for rounding; half up
        on the supply value and half up on the tax give the same for every total.
    """
    total = _not_negative(total_won)
    if taxation is not Taxation.taxable:
        return Split(total, 0)
    supply = _half_up(total * 100, 100 + VAT_PCT)
    return Split(supply, total - supply)


def share_won(amount_won: int, rate_bps: int) -> int:
    """Return the subsidy's share of a cost, rounded down [won].

    Args:
        amount_won: the cost [won], not negative
        rate_bps: the rate [bp], 0 to 10,000

    Source:
        DOMAIN, "Money and time": a subsidy is rounded down
    """
    return _not_negative(amount_won) * _rate(rate_bps) // WHOLE_BPS


def fee_split(base_won: int, fee_bps: int) -> Split:
    """Return the exchange's fee on a sale: its supply value, rounded half up, and the tax on it.

    Args:
        base_won: what the contract counts the fee on [won], not negative
        fee_bps: the fee [bp], 0 to 10,000
    """
    fee = _half_up(_not_negative(base_won) * _rate(fee_bps), WHOLE_BPS)
    return split_of_supply(fee, Taxation.taxable)


def allot(total_won: int, weights: Sequence[int]) -> list[int]:
    """Cut a sum into whole won by weights; the parts add up to it.

    Each part gets its share rounded down; the won left over go one each to the largest remainders,
    and among equal remainders to the earlier part, so that the same question has one answer.

    Args:
        total_won: what is cut up [won], not negative
        weights: of the parts, not negative, not all zero

    Returns:
        The parts in the order of the weights [won].

    Raises:
        ValueError: a weight is negative or all are zero
    """
    total = _not_negative(total_won)
    whole = sum(_not_negative(weight) for weight in weights)
    if whole == 0:
        raise ValueError("no part has a weight")
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    # A stable sort keeps the earlier of two equal remainders in front.
    order = sorted(range(len(parts)), key=lambda place: -remainders[place])
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts


def refund_split(paid: Split, refunded: Split, refund_won: int) -> Split:
    """Return what a refund takes of supply value and tax of a payment.

    The tax of all refunds so far is the payment's tax in proportion, rounded half up; a refund takes what
    that adds. So no sequence of refunds takes more of either than was paid, and the last one takes the rest.

    Args:
        paid: the line or payment as it was frozen with the order
        refunded: the sum of the earlier refunds of it
        refund_won: what goes back now, with tax [won], positive

    Raises:
        ValueError: more than is left, or not positive
    """
    left_won = paid.total_won - refunded.total_won
    if not 0 < _not_negative(refund_won) <= left_won:
        raise ValueError(f"a refund of {refund_won} won where {left_won} won are left")
    after_won = refunded.total_won + refund_won
    vat_after = _half_up(paid.vat_won * after_won, paid.total_won)
    vat = vat_after - refunded.vat_won
    return Split(refund_won - vat, vat)
