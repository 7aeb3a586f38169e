"""S6: stamps that lost their seconds."""

from collections.abc import Sequence

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find tables with one and the same number of rows at every stamp."""
    series = table.series
    if series is None:
        return NO_TIME
    if series.rows_per_stamp is None or series.entity_column is not None:
        return []
    return [found("TIME_RESOLUTION", column=series.time_column, rows=series.rows_per_stamp)]


CHECK = Check(
    id="S6",
    ko="시각 해상도 손실",
    en="Lost resolution of time",
    dimension=Dimension.accuracy,
    codes=("TIME_RESOLUTION",),
    rule_ko="시각의 95 % 이상에 같은 수(2 이상)의 행이 있음",
    rule_en="at 95 % or more of the stamps stands one number of rows, two or more",
    source="kamp_melting_tank: ten rows at each minute",
    look=look,
    todo_ko="초 아래까지 있는 원본의 시각을 쓰십시오.",
    todo_en="Use the stamps of the source, with seconds and their fractions.",
)
