"""S1: a table of measurements without a column of time."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Say where measurements have no time; tables of a few numbers are lists, not measurements."""
    if any(one.time is not None for one in table.columns):
        return []
    numbers = sum(one.number is not None for one in table.columns)
    if numbers < thresholds.sensor_columns or table.row_count < thresholds.sensor_rows:
        return Unmeasured("측정값의 표로 보이지 않습니다.", "It does not look like a table of measurements.")  # fmt: skip
    return [found("TIME_COLUMN_NONE", count=table.row_count)]


CHECK = Check(
    id="S1",
    ko="시간 열 찾기",
    en="Column of time",
    dimension=Dimension.timeliness,
    codes=("TIME_COLUMN_NONE",),
    rule_ko="값의 95 % 이상이 한 가지 형식의 시각인 열을 찾음. 숫자 열 3개, 50행 이상인 표에 없으면 알림",
    rule_en="a column of which at least 95 % are stamps of one form is looked for, and missed in tables of 50 rows and three number columns or more",
    source="tsid_conveyor: 900 rows of four sensors without a time",
    look=look,
    todo_ko="측정한 시각의 열을 더하거나, 간격을 설명에 적으십시오.",
    todo_en="Add a column with the time of measuring, or say in the description at which interval the rows were taken.",
)
