"""S8: days without data."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.checks.time.stamped import DATES_ALONE, ordering
from quality.findings import found
from quality.report import Finding, Table

DAYS_MIN: Final = 3
DAYS_SHARE: Final = 0.5
SATURDAY: Final = 5
SHOWN: Final = 3
NO_DATE: Final = Unmeasured("시각에 날짜가 없습니다.", "The stamps have no date.")


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find the days between the first and the last that have no row."""
    coverage = table.coverage
    if coverage is None:
        return NO_TIME if table.series is None else NO_DATE
    if ordering(table) is None:
        return DATES_ALONE
    if coverage.day_count < max(DAYS_MIN, DAYS_SHARE * coverage.span_days):
        return Unmeasured(
            "행이 있는 날이 3일 미만이거나 절반도 되지 않아, 이어서 수집한 데이터로 보지 않습니다.",
            "There are rows on fewer than three days, or on fewer than half of them, so they were not collected day by day.",
        )
    if not coverage.empty_day_count:
        return []
    days = [date.fromisoformat(day) for day in coverage.empty_days]
    return [
        found(
            "DAYS_EMPTY", column=coverage.column, count=coverage.empty_day_count,
            span=f"{coverage.span_days:,}", weekend=sum(day.weekday() >= SATURDAY for day in days),
            examples=[str(day) for day in days[:SHOWN]],
        )
    ]  # fmt: skip


CHECK = Check(
    id="S8",
    ko="커버리지",
    en="Coverage",
    dimension=Dimension.completeness,
    codes=("DAYS_EMPTY",),
    rule_ko="첫날과 마지막 날 사이에 행이 하나도 없는 날(행이 있는 날이 절반 이상일 때). 날, 시간대, 설비별 행 수를 함께 적음",
    rule_en="days between the first and the last without any row, where at least half of them have rows; rows by day, hour and machine are written beside it",
    source="kamp_casting_process: rows on 85 of 89 days",
    look=look,
    todo_ko="쉬는 날인지 수집이 빠진 날인지 설명에 적으십시오.",
    todo_en="Say in the description whether these are days off or data that were lost.",
)
