"""S10: how old the last stamp is."""

from collections.abc import Sequence
from datetime import date

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Compare the last day with the date that the caller gives; the clock is never asked."""
    series, coverage = table.series, table.coverage
    if series is None or coverage is None:
        return NO_TIME
    if not thresholds.as_of:
        return Unmeasured("견줄 날짜를 받지 않았습니다.", "No date to compare with was given.")
    own = next(one.time for one in table.columns if one.name == series.time_column)
    assert own is not None, "the column of a series holds stamps"
    days = (date.fromisoformat(thresholds.as_of) - date.fromisoformat(own.high[:10])).days
    if days < 0:
        return [found("TIME_FUTURE", column=series.time_column, last=own.high[:10], as_of=thresholds.as_of)]  # fmt: skip
    if days <= thresholds.fresh_days:
        return []
    return [
        found(
            "TIME_OLD", column=series.time_column, last=own.high[:10],
            days=f"{days:,}", as_of=thresholds.as_of,
        )
    ]  # fmt: skip


CHECK = Check(
    id="S10",
    ko="최신성",
    en="Timeliness",
    dimension=Dimension.timeliness,
    codes=("TIME_OLD", "TIME_FUTURE"),
    rule_ko="마지막 시각이 기준일보다 365일 넘게 앞서거나 기준일보다 뒤임. 기준일은 검사를 부른 쪽이 줌",
    rule_en="the last stamp is more than 365 days before the date that the caller of the examination gives, or after it",
    source="ISO/IEC 25012:2008, currentness",
    look=look,
    todo_ko="수집 기간을 설명에 적고, 새 데이터가 있으면 새 판으로 올리십시오.",
    todo_en="State the period in the description, and upload newer data as a new version.",
)
