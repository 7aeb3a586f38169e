"""Korean business days: no Saturday, no Sunday, no public or substitute holiday, no labour day.

A holiday that was declared after the release of the ``holidays`` package is not known here: a deadline
then comes a day early, never late.
"""

from datetime import date, timedelta
from functools import cache
from typing import Final

import holidays

_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


@cache
def _holidays_of(year: int) -> frozenset[date]:
    # "bank" is labour day in the years before it became a public holiday.
    return frozenset(holidays.KR(years=year, categories=("public", "bank")))  # type: ignore[attr-defined]


def is_business_day(on: date) -> bool:
    """Whether offices are open.

    Source:
        국세기본법 제5조제1항: Saturdays, Sundays, holidays and substitute holidays of 공휴일에 관한
        법률, labour day (노동절)
    """
    return on.weekday() < _SATURDAY and on not in _holidays_of(on.year)


def on_or_after(on: date) -> date:
    """Return the day itself, or the next business day where it is none.

    Source:
        국세기본법 제5조제1항, 민법 제161조
    """
    while not is_business_day(on):
        on += _DAY
    return on


def business_days_after(on: date, count: int) -> date:
    """Return the business day that is so many business days later; the day itself does not count.

    Args:
        on: the day of the event
        count: business days, at least 1

    Source:
        민법 제157조: the first day is not counted
    """
    if count < 1:
        raise ValueError(f"{count} business days later")
    for _ in range(count):
        on = on_or_after(on + _DAY)
    return on
