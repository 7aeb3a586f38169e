"""S2: how even the interval of a series is."""

from collections.abc import Sequence
from typing import Final

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.checks.time.stamped import DATES_ALONE, ordering
from quality.findings import found
from quality.report import Finding, Table

ROWS_MIN: Final = 20


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find series without an even interval, where each row is an event or the clock is loose."""
    series = table.series
    if series is None:
        return NO_TIME
    if series.interval_median_s is None or series.even_share is None or table.row_count < ROWS_MIN:
        return Unmeasured(
            "시각의 간격이 없거나 적습니다.", "There are no steps of time, or too few."
        )
    if series.periodic:
        return []
    if ordering(table) is None:
        return DATES_ALONE
    return [
        found(
            "TIME_UNEVEN", column=series.time_column, count=table.row_count,
            median=f"{series.interval_median_s:g}", pct=f"{100 * series.even_share:.1f}",
            mode=f"{series.interval_mode_s:g}", mode_pct=f"{100 * (series.mode_share or 0):.1f}",
        )
    ]  # fmt: skip


CHECK = Check(
    id="S2",
    ko="수집 주기",
    en="Interval",
    dimension=Dimension.consistency,
    codes=("TIME_UNEVEN",),
    rule_ko="앞으로 가는 간격의 80 % 이상이 중앙값의 ±10 % 안에 있음(설비·로트별). 아니면 사건 단위로 봄",
    rule_en="at least 80 % of the steps forward are within a tenth of their median, within a machine or lot; else each row is taken for an event",
    source="kamp_casting_process: one row a shot; nab_machine_temperature: 300 s",
    look=look,
    todo_ko="한 행이 무엇인지(일정한 간격, 한 번의 작업, 변화가 있을 때) 설명에 적으십시오.",
    todo_en="Say in the description what a row is: a fixed interval, a shot or cycle, or a change.",
)
