"""Months in Seoul, and under which terms they are settled. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from billing.money import NOTHING, Split, fee_split
from marketplace.clock import SEOUL
from marketplace.orders.settlements.models import CarryReason, FeeBase
from marketplace.settings import Settings

MONTH_PATTERN: Final = r"^20\d{2}-(0[1-9]|1[0-2])$"


@dataclass(frozen=True)
class Terms:
    """What the exchange and its sellers have agreed on.

    Args:
        fee_bps: of the exchange [bp]
        fee_base: what the fee is counted on
        least_won: less than this is not paid out but carried over [won]
        hold_days: between acceptance and settlement [days]
    """

    fee_bps: int
    fee_base: FeeBase
    least_won: int
    hold_days: int


def terms_of(settings: Settings) -> Terms:
    """Return the terms of this installation."""
    return Terms(
        settings.settlement_fee_bps,
        FeeBase(settings.settlement_fee_base),
        settings.settlement_least_won,
        settings.settlement_hold_days,
    )


def month_of(text: str) -> tuple[date, date]:
    """Return first and last day of a month that is written 2026-11."""
    year, month = (int(part) for part in text.split("-"))
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def last_month(on: date) -> tuple[date, date]:
    """Return first and last day of the month before a day."""
    ends_on = on.replace(day=1) - timedelta(days=1)
    return ends_on.replace(day=1), ends_on


def begin_of(on: date) -> datetime:
    """Return the instant at which a day begins in Seoul [UTC]."""
    return datetime(on.year, on.month, on.day, tzinfo=SEOUL).astimezone(UTC)


def accepted_before(ends_on: date, hold_days: int) -> datetime:
    """Return the instant before which a line must have been accepted to be settled with a month [UTC]."""
    return begin_of(ends_on + timedelta(days=1)) - timedelta(days=hold_days)


@dataclass(frozen=True)
class Sums:
    """What a settlement comes to [won]; ``paid + carried_out = gross + carried_in - fee - set_off``."""

    gross_won: int
    fee: Split
    carried_in_won: int
    set_off_won: int
    debt_left_won: int
    paid_won: int
    carried_out_won: int
    carry_reason: CarryReason | None


def fee_of(base_won: int, terms: Terms) -> Split:
    """Return the exchange's fee on the lines of a settlement together."""
    return fee_split(base_won, terms.fee_bps) if base_won else NOTHING


def sums_of(
    gross_won: int,
    fee: Split,
    *,
    carried_in_won: int,
    debt_won: int,
    stop: CarryReason | None,
    least_won: int,
) -> Sums:
    """Return what a seller gets, and what is carried into the next settlement.

    Args:
        gross_won: of the lines, with tax [won]
        carried_in_won: what stood open before, below nothing where the seller has had too much [won]
        debt_won: what the seller owes from refunds of what was paid out [won]
        stop: why nothing may be paid out to this seller now
        least_won: the least payout [won]
    """
    there_won = gross_won + carried_in_won - fee.total_won
    set_off_won = min(debt_won, max(0, there_won))
    left_won = there_won - set_off_won
    reason = None
    if left_won < 0:
        reason = CarryReason.debt
    elif left_won and (stop or left_won < least_won):
        reason = stop or CarryReason.below_least
    return Sums(
        gross_won=gross_won,
        fee=fee,
        carried_in_won=carried_in_won,
        set_off_won=set_off_won,
        debt_left_won=debt_won - set_off_won,
        paid_won=0 if reason else left_won,
        carried_out_won=left_won if reason else 0,
        carry_reason=reason,
    )
