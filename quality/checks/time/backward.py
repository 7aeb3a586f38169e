"""S5: time that steps back."""

from collections.abc import Sequence

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.checks.time.stamped import DATES_ALONE, tells_time
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find steps back, of the ordering column within each machine or lot, since their rows cross in time."""
    listed = []
    stamped = [one for one in table.columns if tells_time(one, table)]
    if not stamped:
        return DATES_ALONE if any(one.time is not None for one in table.columns) else NO_TIME
    for column in stamped:
        series = table.series
        own = series if series is not None and series.time_column == column.name else None
        count = column.time.backward_count if column.time is not None else 0
        if own is not None:
            count = own.backward_count
        if count:
            widest = f"{own.backward_widest_s:,.0f}" if own is not None else ""
            listed.append(found("TIME_BACKWARD", column=column.name, count=count, widest=widest))
    return listed


CHECK = Check(
    id="S5",
    ko="역행",
    en="Steps back",
    dimension=Dimension.consistency,
    codes=("TIME_BACKWARD",),
    rule_ko="시각이 앞의 행보다 이름(설비·로트 열이 있으면 그 안에서)",
    rule_en="a stamp is earlier than that of the row before, within a machine or lot where the table has them",
    source="steel_industry_energy: 365 steps back, one a day",
    look=look,
    todo_ko="시각 순서로 정렬하거나, 여러 설비의 기록이 이어 붙은 것이면 설비 열을 두십시오.",
    todo_en="Sort by time; where records of several machines follow each other, add a column for the machine.",
)
