"""S9: a clock that was set back."""

from collections.abc import Sequence

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table

STEPS_MAX = 2


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find one or two steps back of about an hour."""
    series = table.series
    if series is None:
        return NO_TIME
    low, high = thresholds.clock_s
    if not 0 < series.backward_count <= STEPS_MAX or not low <= series.backward_widest_s <= high:
        return []
    return [
        found(
            "TIME_CLOCK", column=series.time_column, row=series.backward_rows[0] + 1,
            seconds=f"{series.backward_widest_s:,.0f}",
        )
    ]  # fmt: skip


CHECK = Check(
    id="S9",
    ko="시간대·일광 절약",
    en="Clock set back",
    dimension=Dimension.consistency,
    codes=("TIME_CLOCK",),
    rule_ko="한두 번만 거꾸로 가고 그 폭이 약 한 시간(3,000~4,000초)",
    rule_en="one or two steps back, of about an hour (3,000 to 4,000 s)",
    source="nab_machine_temperature: one step back of 3,300 s",
    look=look,
)
