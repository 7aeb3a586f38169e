"""What a settlement comes to, and what a bank's statement says: pure, by tables and by chance."""

import random
from datetime import UTC, date, datetime

import pytest

from billing.money import NOTHING, Split, fee_split
from marketplace.orders.settlements.bank_statements import read_statement
from marketplace.orders.settlements.errors import StatementUnreadable
from marketplace.orders.settlements.models import CarryReason
from marketplace.orders.settlements.periods import accepted_before, last_month, month_of, sums_of

COLUMNS = ("거래일자", "출금액", "적요")


@pytest.mark.parametrize(
    ("gross", "carried_in", "debt", "stop", "expected"),
    [
        # gross, carried in, debt, stop -> paid, set off, carried out, reason, debt left
        (1_100_000, 0, 0, None, (1_045_000, 0, 0, None, 0)),
        (1_100_000, 0, 45_000, None, (1_000_000, 45_000, 0, None, 0)),
        (1_100_000, 0, 2_000_000, None, (0, 1_045_000, 0, None, 955_000)),
        (1_100_000, 0, 1_035_000, None, (10_000, 1_035_000, 0, None, 0)),
        (1_100_000, 0, 1_035_001, None, (0, 1_035_001, 9_999, CarryReason.below_least, 0)),
        (
            1_100_000, 5_000, 0, CarryReason.no_account,
            (0, 0, 1_050_000, CarryReason.no_account, 0),
        ),
        (1_100_000, -2_000_000, 7_000, None, (0, 0, -955_000, CarryReason.debt, 7_000)),
        (0, 12_000, 0, None, (12_000, 0, 0, None, 0)),
        (0, 0, 0, CarryReason.suspended, (0, 0, 0, None, 0)),
    ],
)  # fmt: skip
def test_a_settlement_comes_to(
    gross: int,
    carried_in: int,
    debt: int,
    stop: CarryReason | None,
    expected: tuple[int, int, int, CarryReason | None, int],
) -> None:
    fee = fee_split(gross * 10 // 11, 500) if gross else NOTHING

    found = sums_of(
        gross, fee, carried_in_won=carried_in, debt_won=debt, stop=stop, least_won=10_000
    )

    assert (
        found.paid_won, found.set_off_won, found.carried_out_won, found.carry_reason,
        found.debt_left_won,
    ) == expected  # fmt: skip


def test_over_any_months_what_was_paid_is_what_was_earned_less_fees_debts_and_what_is_carried() -> (
    None
):
    dice = random.Random(75)
    for _ in range(400):
        earned = fees = set_off = paid = debt = carried = 0
        for _ in range(dice.randint(1, 12)):
            gross = dice.choice([0, dice.randint(1_000, 20_000), dice.randint(1, 50_000_000)])
            fee = fee_split(gross * 10 // 11, dice.choice([0, 500, 1_000])) if gross else NOTHING
            owed = dice.choice([0, 0, dice.randint(1, 10_000_000)])
            debt += owed
            stop = dice.choice([None, None, CarryReason.no_account, CarryReason.suspended])
            month = sums_of(
                gross, fee, carried_in_won=carried, debt_won=debt, stop=stop, least_won=10_000
            )
            earned, fees = earned + gross, fees + fee.total_won
            set_off, paid = set_off + month.set_off_won, paid + month.paid_won
            carried, debt = month.carried_out_won, month.debt_left_won
            assert month.paid_won == 0 or month.paid_won >= 10_000
            assert month.paid_won >= 0
            assert debt >= 0
            assert debt == 0 or carried == 0
            assert stop is None or month.paid_won == 0
        assert paid == earned - fees - set_off - carried


def test_the_fee_is_its_supply_value_and_the_tax_on_it() -> None:
    assert fee_split(1_000_000, 500) == Split(50_000, 5_000)
    assert fee_split(1_000_010, 500) == Split(50_001, 5_000)


def test_a_month_is_a_month_in_seoul() -> None:
    assert month_of("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert last_month(date(2027, 1, 5)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert accepted_before(date(2026, 11, 30), 0) == datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert accepted_before(date(2026, 11, 30), 7) == datetime(2026, 11, 23, 15, tzinfo=UTC)


STATEMENT = (
    "가상은행 거래내역,,,\n계좌,000-000,,\n거래일자,적요,출금액,입금액\n"
    '2026-12-07 10:00,S000012 정산,"1,045,000",0\n'
    "2026.12.07,전기요금,55000,\n"
    '20261207,이체 S 000013,"9,999원",\n'
    "2026/12/08,S000014 S000015,10000,\n"
    '2026-12-08,입금 S000016,0,"3,000"\n'
    "2026-12-08,같은 줄 S000017,1000,\n2026-12-08,같은 줄 S000017,1000,\n"
    ",합계,,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_statement_of_a_korean_bank_is_read(encoding: str) -> None:
    found = read_statement(STATEMENT.encode(encoding), COLUMNS)
    again = read_statement(STATEMENT.encode("cp949"), COLUMNS)

    assert [(one.booked_on.day, one.amount_won, one.sequence) for one in found] == [
        (7, 1_045_000, 12),
        (7, 55_000, None),
        (7, 9_999, 13),
        (8, 10_000, None),
        (8, 1_000, 17),
        (8, 1_000, 17),
    ]
    assert len({one.fingerprint for one in found}) == 6
    assert [one.fingerprint for one in again] == [one.fingerprint for one in found]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00\x00",
        "날짜,금액,적요\n2026-12-07,1,a\n".encode(),
        "거래일자,출금액,적요\n어제,1000,a\n".encode(),
        "거래일자,출금액,적요\n2026-02-30,1000,a\n".encode(),
        "거래일자,출금액,적요\n2026-12-07,천원,a\n".encode(),
        "거래일자,출금액,적요\n2026-12-07,1000.50,a\n".encode(),
        ("거래일자,출금액,적요\n" + "2026-12-07,1,a\n" * 20_001).encode(),
        b"PK\x03\x04\0\0",
    ],
)
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    with pytest.raises(StatementUnreadable):
        read_statement(content, COLUMNS)
