"""Dates of law: business days, deadlines of papers, periods of withdrawal."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.business_days import business_days_after, is_business_day, on_or_after
from billing.duties import (
    SEOUL,
    day_in_seoul,
    defect_ends_on,
    issue_due_on,
    may_withdraw,
    refund_due_on,
    supplied_on,
    supply_due_on,
    transmit_due_on,
    withdrawal_ends_on,
    written_on,
)

DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("supplied", "due"),
    [
        # tax-and-payment 11: issue deadline
        (date(2026, 3, 31), date(2026, 4, 10)),
        (date(2026, 4, 1), date(2026, 5, 11)),  # the 10th is a Sunday
        (date(2026, 9, 30), date(2026, 10, 12)),  # a Saturday
        (date(2026, 12, 15), date(2027, 1, 11)),  # over the year's end, a Sunday
        (date(2027, 9, 1), date(2027, 10, 12)),  # a Sunday, then a substitute holiday
        (date(2028, 12, 31), date(2029, 1, 10)),
        (date(2024, 1, 5), date(2024, 2, 13)),  # the lunar new year, then its substitute holiday
    ],
)
def test_a_paper_is_issued_by_the_tenth_of_the_following_month(supplied: date, due: date) -> None:
    assert issue_due_on(supplied) == due


@pytest.mark.parametrize(
    ("issued", "due"),
    [
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2026, 11, 27), date(2026, 11, 30)),  # a Friday
        (date(2026, 9, 23), date(2026, 9, 28)),  # before Chuseok and a weekend
        (date(2025, 4, 30), date(2025, 5, 2)),  # labour day, before it was a public holiday
        (date(2026, 4, 30), date(2026, 5, 4)),  # labour day on a Friday
    ],
)
def test_it_is_sent_the_next_day_moved_over_days_without_business(issued: date, due: date) -> None:
    assert transmit_due_on(issued) == due


def test_the_date_of_supply_is_the_day_in_seoul_on_which_the_data_could_be_used() -> None:
    assert supplied_on(datetime(2026, 10, 31, 14, 59, tzinfo=UTC)) == date(2026, 10, 31)
    assert supplied_on(datetime(2026, 10, 31, 15, 0, tzinfo=UTC)) == date(2026, 11, 1)
    assert issue_due_on(supplied_on(datetime(2026, 10, 31, 15, 0, tzinfo=UTC))) == date(
        2026, 12, 10
    )


def test_an_instant_without_a_zone_has_no_date_of_law() -> None:
    with pytest.raises(ValueError, match="no zone"):
        day_in_seoul(datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_paper_bears_the_date_of_supply_or_its_own_when_it_went_ahead_within_seven_days() -> None:
    opened_at = datetime(2026, 11, 20, 9, tzinfo=SEOUL)
    usual = written_on(opened_at, invoiced_ahead_on=None, paid_on=date(2026, 11, 20))
    ahead = written_on(opened_at, invoiced_ahead_on=date(2026, 11, 10), paid_on=date(2026, 11, 17))
    after = written_on(opened_at, invoiced_ahead_on=date(2026, 11, 25), paid_on=date(2026, 11, 20))

    assert usual == after == date(2026, 11, 20)
    assert ahead == date(2026, 11, 10)
    with pytest.raises(ValueError, match="7 days"):
        written_on(opened_at, invoiced_ahead_on=date(2026, 11, 10), paid_on=date(2026, 11, 18))


def test_a_consumer_withdraws_within_seven_days_of_contract_or_supply() -> None:
    assert withdrawal_ends_on(date(2026, 11, 2), None) == date(2026, 11, 9)
    assert withdrawal_ends_on(date(2026, 11, 2), date(2026, 11, 4)) == date(2026, 11, 11)
    assert withdrawal_ends_on(date(2026, 11, 7), None) == date(2026, 11, 16)  # a Saturday
    # A supply before the writing shortens nothing.
    assert withdrawal_ends_on(date(2026, 11, 4), date(2026, 11, 2)) == date(2026, 11, 11)


@pytest.mark.parametrize(
    ("on", "accessed", "told", "may"),
    [
        (date(2026, 11, 9), False, True, True),
        (date(2026, 11, 10), False, True, False),  # a day late
        (date(2026, 11, 9), True, True, False),  # downloaded, and the buyer was told
        (date(2026, 11, 9), True, False, True),  # downloaded, and nobody had said so
        (date(2026, 11, 10), True, False, False),
    ],
)
def test_the_first_access_ends_withdrawal_only_where_the_buyer_was_told(
    on: date, *, accessed: bool, told: bool, may: bool
) -> None:
    first = datetime(2026, 11, 3, tzinfo=UTC) if accessed else None
    assert may_withdraw(on, ends_on=date(2026, 11, 9), first_access_at=first, told=told) is may


@pytest.mark.parametrize(
    ("opened", "known", "ends"),
    [
        (date(2026, 3, 10), None, date(2026, 6, 10)),
        (date(2026, 3, 10), date(2026, 3, 11), date(2026, 4, 10)),  # 30 days of knowing
        (date(2026, 3, 10), date(2026, 6, 1), date(2026, 6, 10)),  # 3 months come first
        (
            date(2026, 11, 30),
            None,
            date(2027, 3, 2),
        ),  # February ends on the 28th, a Sunday; then a holiday
        (date(2026, 12, 31), None, date(2027, 3, 31)),
    ],
)
def test_wrong_content_is_withdrawn_within_three_months_and_thirty_days(
    opened: date, known: date | None, ends: date
) -> None:
    assert defect_ends_on(opened, known) == ends


def test_refund_and_supply_are_due_after_three_business_days() -> None:
    assert refund_due_on(date(2026, 11, 23)) == date(2026, 11, 26)
    assert refund_due_on(date(2026, 11, 27)) == date(2026, 12, 2)
    assert supply_due_on(date(2026, 9, 23)) == date(2026, 9, 30)  # over Chuseok


def test_business_days_after_counts_from_the_next_day() -> None:
    with pytest.raises(ValueError, match="business days"):
        business_days_after(date(2026, 1, 2), 0)
    assert business_days_after(date(2026, 11, 21), 1) == date(2026, 11, 23)


@given(on=DAYS)
def test_a_deadline_is_a_business_day_that_never_comes_before_its_day(on: date) -> None:
    due = issue_due_on(on)
    assert is_business_day(due)
    assert due.day >= 10
    assert due > on
    assert is_business_day(transmit_due_on(on))
    assert transmit_due_on(on) > on
    assert on_or_after(on) - on < timedelta(days=12)
    assert defect_ends_on(on, on) <= defect_ends_on(on, None)
