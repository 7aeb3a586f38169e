"""Which columns of dates say when a row was recorded."""

from typing import Final

from quality.checks.checking import Unmeasured
from quality.report import Column, Table

DATES_ALONE: Final = Unmeasured(
    "날짜만 있고 간격이 고르지 않아, 기록한 시각이 아니라 납기 같은 날짜로 봅니다.",
    "There are dates alone at uneven steps, which are taken for dates such as of delivery and not for the time of recording.",
)


def tells_time(column: Column, table: Table) -> bool:
    """Whether stamps have an hour, or stand at an even beat of days."""
    if column.time is None:
        return False
    series = table.series
    even = series is not None and series.time_column == column.name and series.periodic
    return even or "%H" in column.time.form or "%I" in column.time.form


def ordering(table: Table) -> Column | None:
    """Return the column that orders the rows in time, None where there is none or it holds other dates."""
    series = table.series
    if series is None:
        return None
    own = next((one for one in table.columns if one.name == series.time_column), None)
    return own if own is not None and tells_time(own, table) else None
