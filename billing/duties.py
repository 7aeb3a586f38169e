"""Dates that the law sets: when a supply is, by when its paper is issued and sent, until when one may withdraw.

All dates are in Asia/Seoul. Where the last day is no business day, the next business day is the last.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from billing.business_days import business_days_after, on_or_after

SEOUL: Final = ZoneInfo("Asia/Seoul")

ISSUE_DAY: Final = 10
ADVANCE_PAYMENT_DAYS: Final = 7
WITHDRAWAL_DAYS: Final = 7
DEFECT_MONTHS: Final = 3
DEFECT_KNOWN_DAYS: Final = 30
REFUND_BUSINESS_DAYS: Final = 3
BEGIN_SUPPLY_BUSINESS_DAYS: Final = 3


def day_in_seoul(at: datetime) -> date:
    """Return the date of an instant in Seoul.

    Args:
        at: with its zone
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    return at.astimezone(SEOUL).date()


def supplied_on(opened_at: datetime) -> date:
    """Return the date of supply of data: the day in Seoul on which the buyer could use them.

    Acceptance is no condition of the sale, so it does not move the date.

    Source:
        부가가치세법 제15조제1항제2호 (이용가능하게 되는 때) and 제16조제1항제2호 (권리 등이 사용되는 때):
        the same day whether the licence is goods or a service
    """
    return day_in_seoul(opened_at)


def written_on(opened_at: datetime, *, invoiced_ahead_on: date | None, paid_on: date) -> date:
    """Return the date that the paper bears (작성 연월일).

    Args:
        opened_at: when the buyer could use the data
        invoiced_ahead_on: day of a paper issued before that; None where it follows, the usual case
        paid_on: day of payment

    Returns:
        The date of supply; for a paper ahead of it, its day of issue, which counts as the supply.

    Raises:
        ValueError: the law does not let a paper go ahead so far of payment

    Source:
        부가가치세법 제17조제1항 (paid, and issued at the same time) and 제2항 (paid within 7 days of the issue)
    """
    supply_on = supplied_on(opened_at)
    if invoiced_ahead_on is None or invoiced_ahead_on >= supply_on:
        return supply_on
    if paid_on > invoiced_ahead_on + timedelta(days=ADVANCE_PAYMENT_DAYS):
        raise ValueError(f"issued {invoiced_ahead_on}, paid {paid_on}: more than 7 days later")
    return invoiced_ahead_on


def issue_due_on(event_on: date) -> date:
    """Return the last day to issue the paper of a supply, or of a change of it.

    Args:
        event_on: date of supply; for an amended paper of kinds 2, 3, 4 the date of the change

    Source:
        부가가치세법 제34조제3항: the 10th of the following month, where that is a holiday or a Saturday
        the next business day
    """
    year, month = divmod(event_on.year * 12 + event_on.month, 12)
    return on_or_after(date(year, month + 1, ISSUE_DAY))


def transmit_due_on(issued_on: date) -> date:
    """Return the last day to send the paper's statement to the tax office.

    Source:
        부가가치세법 제32조제3항, 시행령 제68조제7항: the day after the issue; 국세기본법 제5조제1항 moves it. That
        it moves this deadline too is the usual reading and the practice of the services.
    """
    return on_or_after(issued_on + timedelta(days=1))


def withdrawal_ends_on(contracted_on: date, opened_on: date | None) -> date:
    """Return the last day on which a consumer may withdraw, as long as nothing was downloaded.

    Args:
        contracted_on: when the buyer got the contract in writing
        opened_on: when the supply began, where that was later

    Source:
        전자상거래법 제17조제1항제1호: 7 days; 민법 제157조, 제161조 for the count
    """
    begun_on = max(contracted_on, opened_on or contracted_on)
    return on_or_after(begun_on + timedelta(days=WITHDRAWAL_DAYS))


def may_withdraw(on: date, *, ends_on: date, first_access_at: datetime | None, told: bool) -> bool:
    """Whether a consumer may still withdraw without a reason.

    Args:
        on: today in Seoul
        ends_on: of ``withdrawal_ends_on``
        first_access_at: when provision of the content began; None while it has not
        told: the buyer was told that it ends with the first access, and could try a part

    Source:
        전자상거래법 제17조제2항제5호 (provision of digital content begun) and 제6항 (only where it was said
        clearly and a trial was offered)
    """
    return on <= ends_on and (first_access_at is None or not told)


def defect_ends_on(opened_on: date, known_on: date | None) -> date:
    """Return the last day to withdraw because the content is not what was described or agreed.

    Args:
        opened_on: when the data were supplied
        known_on: when the buyer knew or could know; None while nothing is known

    Source:
        전자상거래법 제17조제3항: within 3 months of supply and 30 days of knowing; 민법 제157조, 제160조, 제161조
    """
    ends_on = _months_later(opened_on, DEFECT_MONTHS)
    if known_on is not None:
        ends_on = min(ends_on, known_on + timedelta(days=DEFECT_KNOWN_DAYS))
    return on_or_after(ends_on)


def refund_due_on(withdrawn_on: date) -> date:
    """Return the last day to pay a withdrawn purchase of digital content back.

    Source:
        전자상거래법 제18조제2항제2호: 3 business days from the withdrawal; after it interest of 15 % a year
        (시행령 제21조의3)
    """
    return business_days_after(withdrawn_on, REFUND_BUSINESS_DAYS)


def supply_due_on(paid_on: date) -> date:
    """Return the last day to begin a supply that was paid ahead.

    Source:
        전자상거래법 제15조제1항: 3 business days from the payment
    """
    return business_days_after(paid_on, BEGIN_SUPPLY_BUSINESS_DAYS)


def _months_later(on: date, count: int) -> date:
    """민법 제160조: the same day of the month, or its last day where the month is shorter."""
    year, month = divmod(on.year * 12 + on.month - 1 + count, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))
