"""N6: a measured column with very few different values."""

from collections.abc import Sequence

from quality.checks.checking import NO_NUMBERS, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns of fractions that take a handful of values in many rows; integers may be settings."""
    if not any(one.number is not None for one in table.columns):
        return NO_NUMBERS
    if table.row_count < thresholds.coarse_rows:
        return Unmeasured("행이 적어 판단할 수 없습니다.", "There are too few rows to tell.")
    return [
        found("SENSOR_COARSE", column=column.name, count=column.distinct_count)
        for column in table.columns
        if column.kind == "number"
        and 2 < column.distinct_count <= thresholds.coarse_values
        and any("." in value for value, _ in column.top_values)
    ]


CHECK = Check(
    id="N6",
    ko="양자화",
    en="Coarse resolution",
    dimension=Dimension.accuracy,
    codes=("SENSOR_COARSE",),
    rule_ko="소수인 열이 500행 이상에서 3~10가지 값만 가짐",
    rule_en="a column of fractions takes three to ten values in 500 rows or more",
    source="skab_valve1_0: a pressure of five values",
    look=look,
    todo_ko="저장할 때 반올림되었으면 원본의 값을 쓰십시오.",
    todo_en="Use the values of the source where they were rounded when they were saved.",
)
