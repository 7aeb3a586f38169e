"""S9: a clock that was set back."""

from collections.abc import Sequence

from msgspec.structs import replace

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.claims import Place
from quality.findings import found
from quality.report import Finding, Table

STEPS_MAX = 2


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find mixed zones, and one or two steps back of about an hour."""
    listed = [
        found("TIME_ZONES_MIXED", column=column.name, count=column.time.zone_count)
        for column in table.columns
        if column.time is not None and column.time.zone_count > 1
    ]
    series = table.series
    if series is None:
        return listed or NO_TIME
    low, high = thresholds.clock_s
    if 0 < series.backward_count <= STEPS_MAX and low <= series.backward_widest_s <= high:
        seconds = f"{series.backward_widest_s:,.0f}"
        row = series.backward_rows[0] + 1
        said = found("TIME_CLOCK", column=series.time_column, row=row, seconds=seconds)
        listed.append(
            replace(said, places=tuple(Place(one + 1, "") for one in series.backward_rows))
        )
    return listed


CHECK = Check(
    id="S9",
    ko="시간대·일광 절약",
    en="Clock set back",
    dimension=Dimension.consistency,
    codes=("TIME_CLOCK", "TIME_ZONES_MIXED"),
    rule_ko="한두 번만 거꾸로 가고 그 폭이 약 한 시간(3,000~4,000초), 또는 한 열에 시간대 표기가 둘 이상",
    rule_en="one or two steps back, of about an hour (3,000 to 4,000 s), or a column that writes more than one zone",
    source="nab_machine_temperature: one step back of 3,300 s",
    look=look,
    todo_ko="모든 시각을 한 시간대(예: +09:00)의 표준시로 적으십시오.",
    todo_en="Write every time in the standard time of one zone, as +09:00.",
)
