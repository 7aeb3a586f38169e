"""N3: a value that stands for no measurement."""

from collections.abc import Sequence

from quality.checks.checking import NO_NUMBERS, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find repeated extremes far from everything else."""
    numbers = [one for one in table.columns if one.number is not None]
    if not numbers:
        return NO_NUMBERS
    return [
        found("SENSOR_SENTINEL", column=column.name, count=count, value=value)
        for column in numbers
        if column.number is not None and column.distinct_count >= thresholds.varied_values
        for value, count in column.number.sentinels
    ]


CHECK = Check(
    id="N3",
    ko="센티널",
    en="Sentinel value",
    dimension=Dimension.validity,
    codes=("SENSOR_SENTINEL",),
    rule_ko="5번 넘게 나오는 최댓값이나 최솟값이, 나머지 값의 5~95 % 폭의 3배보다 멀리 떨어짐",
    rule_en="an extreme that is seen five times or more lies further from all other values than three times the width of their middle nine tenths",
    source="Pecos check_corrupt; the distance instead of a list of numbers",
    look=look,
    todo_ko="측정하지 못했다는 표시이면 빈 칸으로 바꾸십시오.",
    todo_en="Leave the cells empty where the value stands for no measurement.",
)
