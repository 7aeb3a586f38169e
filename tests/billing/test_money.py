"""Whole won: tax half up, subsidy down, parts that add up. Vectors name where they come from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import (
    NOTHING,
    WON_MOST,
    Split,
    Taxation,
    allot,
    fee_split,
    refund_split,
    share_won,
    split_of_supply,
    split_of_total,
    vat_won,
    whole_won,
)

WON = st.integers(0, 10**12)
TAXATION = st.sampled_from(Taxation)


@pytest.mark.parametrize(
    ("supply_won", "tax_won", "source"),
    [
        (0, 0, "rule"),
        (4, 0, "rule"),
        (5, 1, "rule: half up"),
        (14, 1, "rule"),
        (15, 2, "rule: half up"),
        (27_273, 2_727, "tax-and-payment 11"),
        (13_636, 1_364, "tax-and-payment 11"),
        (333_333, 33_333, "tax-and-payment 11"),
        (9_090_909, 909_091, "tax-and-payment 11"),
        (10_000_000, 1_000_000, "tax-and-payment 11"),
        (1_000, 100, "tax-and-payment 4: 333 + 333 + 334 as one sum"),
        (10**10, 10**9, "rule: beyond 32 bits"),
    ],
)
def test_tax_on_a_supply_value(supply_won: int, tax_won: int, source: str) -> None:
    assert vat_won(supply_won) == tax_won
    assert split_of_supply(supply_won, Taxation.taxable) == Split(supply_won, tax_won)


@pytest.mark.parametrize(
    ("total_won", "supply_won", "tax_won", "source"),
    [
        (15_000, 13_636, 1_364, "tax-and-payment 4: sample of a provider"),
        (30_000, 27_273, 2_727, "tax-and-payment 4: sample of a provider"),
        (37_400, 34_000, 3_400, "tax-and-payment 4: sample of a provider"),
        (1_000, 909, 91, "tax-and-payment 11"),
        (9_999, 9_090, 909, "tax-and-payment 11"),
        (10_000, 9_091, 909, "tax-and-payment 11"),
        (99_999, 90_908, 9_091, "tax-and-payment 11"),
        (12_500_000, 11_363_636, 1_136_364, "tax-and-payment 11, 0.3: a whole project"),
        (0, 0, 0, "rule"),
    ],
)
def test_supply_value_of_a_total(
    total_won: int, supply_won: int, tax_won: int, source: str
) -> None:
    assert split_of_total(total_won, Taxation.taxable) == Split(supply_won, tax_won)


def test_lines_of_tax_are_not_the_tax_of_the_sum() -> None:
    """tax-and-payment 4: why a line is computed once, and totals are sums."""
    assert [vat_won(line) for line in (333, 333, 334)] == [33, 33, 33]
    assert vat_won(1_000) == 100


@pytest.mark.parametrize("taxation", [Taxation.zero_rated, Taxation.exempt])
def test_a_supply_without_tax_is_its_total(taxation: Taxation) -> None:
    """tax-and-payment 4, rule 5."""
    assert split_of_total(15_000, taxation) == split_of_supply(15_000, taxation) == Split(15_000, 0)


def test_refunds_take_the_tax_in_proportion_and_the_last_one_the_rest() -> None:
    """tax-and-payment 11: refund remainder."""
    paid, refunded, taken = Split(9_091, 909), NOTHING, []
    for refund_won in (3_333, 3_333, 3_334):
        taken.append(refund_split(paid, refunded, refund_won))
        refunded += taken[-1]
    assert taken == [Split(3_030, 303), Split(3_030, 303), Split(3_031, 303)]
    assert refunded == paid


def test_small_refunds_never_take_more_tax_than_was_paid() -> None:
    """Split each by itself, 6 + 6 of 13 won would take two won of tax where one was paid."""
    paid, refunded = Split(12, 1), NOTHING
    for refund_won in (6, 6, 1):
        refunded += refund_split(paid, refunded, refund_won)
        assert refunded.vat_won <= paid.vat_won
    assert refunded == paid


@pytest.mark.parametrize("refund_won", [0, -1, 1_101])
def test_a_refund_of_nothing_or_of_more_than_is_left_is_refused(refund_won: int) -> None:
    with pytest.raises(ValueError, match="won"):
        refund_split(Split(2_000, 200), Split(1_000, 100), refund_won)


@pytest.mark.parametrize(
    ("amount_won", "rate_bps", "share"),
    [
        (12_500_000, 8_000, 10_000_000),  # tax-and-payment 0.3: 80 % of a whole project
        (12_499_999, 8_000, 9_999_999),  # down
        (1, 9_999, 0),
        (7, 10_000, 7),
        (7, 0, 0),
    ],
)
def test_a_subsidy_is_rounded_down(amount_won: int, rate_bps: int, share: int) -> None:
    assert share_won(amount_won, rate_bps) == share


def test_a_fee_is_rounded_half_up_and_carries_tax() -> None:
    assert fee_split(1_005, 1_000) == Split(101, 10)
    assert fee_split(1_004, 1_000) == Split(100, 10)


@pytest.mark.parametrize("rate_bps", [-1, 10_001, True, "8000"])
def test_a_rate_lies_between_nothing_and_all(rate_bps: int) -> None:
    with pytest.raises(ValueError, match="basis points"):
        share_won(1_000, rate_bps)


def test_the_won_left_over_go_to_the_largest_remainders_and_the_earlier_part() -> None:
    assert allot(100, [1, 1, 1]) == [34, 33, 33]
    assert allot(101, [1, 1, 1]) == [34, 34, 33]
    assert allot(10, [3, 3, 1]) == [4, 4, 2]
    assert allot(10, [1, 0, 1]) == [5, 0, 5]
    assert allot(0, [1, 2]) == [0, 0]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_are_not_negative_and_not_all_nothing(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"weight|negative"):
        allot(100, weights)


@pytest.mark.parametrize("amount", [1.0, "1", True, None])
def test_only_whole_numbers_are_won(amount: object) -> None:
    with pytest.raises(TypeError, match="whole number"):
        whole_won(amount)


def test_won_have_a_limit() -> None:
    assert whole_won(WON_MOST) == WON_MOST
    with pytest.raises(ValueError, match="more than"):
        whole_won(WON_MOST + 1)


def test_supply_value_and_tax_have_one_sign() -> None:
    with pytest.raises(ValueError, match="same sign"):
        Split(10, -1)
    with pytest.raises(ValueError, match="negative"):
        vat_won(-10)


@given(total=WON, taxation=TAXATION)
def test_the_split_of_a_total_adds_up(total: int, taxation: Taxation) -> None:
    split = split_of_total(total, taxation)
    assert split.total_won == total
    if taxation is Taxation.taxable:
        # Half up on the tax says the same as half up on the supply value.
        assert split.vat_won == (2 * total + 11) // 22


@given(supply=WON)
def test_the_tax_is_never_half_a_won_away_from_a_tenth(supply: int) -> None:
    assert -5 < 10 * vat_won(supply) - supply <= 5


@given(total=WON, weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_parts_add_up_and_none_is_a_won_away_from_its_share(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    if whole == 0:
        return
    parts = allot(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part * whole - total * weight) < whole
        for part, weight in zip(parts, weights, strict=True)
    )
    assert parts == allot(total, weights)


@given(lines=st.lists(st.tuples(WON, TAXATION), min_size=1, max_size=30))
def test_the_lines_of_an_order_add_up_to_the_order(lines: list[tuple[int, Taxation]]) -> None:
    splits = [split_of_supply(won, taxation) for won, taxation in lines]
    order = sum(splits, NOTHING)
    assert order.total_won == sum(split.total_won for split in splits)
    assert order.supply_won + order.vat_won == order.total_won


@given(
    supply=st.integers(0, 10**9),
    vat=st.integers(0, 10**8),
    wanted=st.lists(st.integers(1, 10**9), max_size=20),
)
def test_refunds_never_take_more_than_was_paid(supply: int, vat: int, wanted: list[int]) -> None:
    paid, refunded = Split(supply, vat), NOTHING
    for amount in [*wanted, paid.total_won]:  # the last one takes what is left
        left = paid.total_won - refunded.total_won
        if left == 0:
            break
        part = refund_split(paid, refunded, min(amount, left))
        assert part.total_won == min(amount, left)
        assert part.supply_won >= 0
        assert part.vat_won >= 0
        refunded += part
        assert refunded.supply_won <= paid.supply_won
        assert refunded.vat_won <= paid.vat_won
    assert refunded == paid
