"""F7: dates that can be read in two ways, lack their day, or do not exist."""

from collections.abc import Sequence
from typing import Final

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Column, Finding, Severity, Table

_DAY, _MONTH = ("일/월/연", "day/month/year"), ("월/일/연", "month/day/year")
# By the beginning of a form: how it is read, and how it could be.
ORDERS: Final = {"%d/%m": (_DAY, _MONTH), "%m/%d": (_MONTH, _DAY)}


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find dates whose order of day and month is not clear, times without a day, and days that are none."""
    stamped = [one for one in table.columns if one.time is not None]
    if not stamped:
        return NO_TIME
    return [one for column in stamped for one in _of(column)]


def _of(column: Column) -> list[Finding]:
    facts, listed = column.time, []
    assert facts is not None, "chosen by the caller"
    if facts.impossible_count > 0:
        listed.append(found("DATE_IMPOSSIBLE", column=column.name, count=facts.impossible_count))
    if facts.ambiguous_count:
        own, other = ORDERS[facts.form[:5]]
        certain = facts.ambiguous_count < facts.parsed_count
        listed.append(
            found(
                "DATE_ORDER", severity=None if certain else Severity.warning,
                column=column.name, count=facts.ambiguous_count,
                order=own[0], order_en=own[1], other=other[0], other_en=other[1],
            )
        )  # fmt: skip
    if "%Y" not in facts.form:
        listed.append(found("TIME_NO_DATE", column=column.name, count=facts.parsed_count))
    return listed


CHECK = Check(
    id="F7",
    ko="날짜 모호성",
    en="Ambiguous dates",
    dimension=Dimension.accuracy,
    codes=("DATE_IMPOSSIBLE", "DATE_ORDER", "TIME_NO_DATE"),
    rule_ko="일과 월을 바꾸어도 날짜가 되는 칸(일이 12 이하), 날짜 없이 시각만 있는 열, 달력에 없는 날짜",
    rule_en="cells that stay dates with day and month changed round (days up to 12), columns of times without a date, dates that the calendar does not have",
    source="steel_industry_energy: 13,824 of 35,040 cells; kamp_plating: times such as 오후 4:25:06.0 without a date",
    look=look,
    todo_ko="연-월-일 시:분:초(예: 2026-03-02 08:00:00)로 적으십시오. 날짜가 파일 이름에만 있으면 열에도 적으십시오.",
    todo_en="Write year-month-day hour:minute:second, as 2026-03-02 08:00:00; a date that only the file's name tells belongs into the column.",
)
