"""N1: a sensor that stands still where it usually changes."""

from collections.abc import Sequence

from quality.checks.checking import NO_NUMBERS, Check, Dimension, Thresholds, Unmeasured
from quality.checks.sensor.machines import of_machine
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find the longest stretch of each column with many different values."""
    numbers = [one for one in table.columns if one.number is not None]
    if not numbers:
        return NO_NUMBERS
    least = max(thresholds.stuck_rows, thresholds.stuck_share * table.row_count)
    listed = []
    for column in numbers:
        flat = column.number.flat if column.number is not None else None
        # A setting is not stuck.
        if flat is None or column.set_point or column.distinct_count < thresholds.varied_values:
            continue
        longest = flat.stretches[0]
        others = flat.row_share * table.row_count - longest.length
        usual = max(others / max(flat.run_count - 1, 1), thresholds.stuck_rows)
        apart = longest.length >= thresholds.stuck_factor * usual
        wide = longest.length >= thresholds.stuck_most_share * table.row_count
        if longest.length >= least and (apart or wide):
            listed.append(
                found(
                    "SENSOR_STUCK", column=column.name, row=longest.start_row + 1,
                    count=longest.length, value=longest.value, of=of_machine(table, longest.entity),
                )
            )  # fmt: skip
    return listed


CHECK = Check(
    id="N1",
    ko="고착",
    en="Stuck sensor",
    dimension=Dimension.accuracy,
    codes=("SENSOR_STUCK",),
    rule_ko="값이 20가지 이상인 열에서 같은 값이 10행과 전체의 1 %보다 길게, 그 열의 보통 구간보다 5배 길거나 표의 20 % 넘게 이어짐(설비·로트별). 값이 적고 거의 언제나 오래 이어지는 설정값 같은 열은 뺌",
    rule_en="a column of 20 or more values keeps one for longer than 10 rows and 1 % of the table, and five times its usual stretch or a fifth of the table, within a machine or lot; columns like set points, of few values that nearly always stand for long, are left out",
    source="SaQC flagConstants and Pecos check_delta, with a bound by the length of the table",
    look=look,
    todo_ko="센서가 끊겼는지 확인하고, 정상이면 설명에 적으십시오.",
    todo_en="See whether the sensor was broken, and say so in the description if it was not.",
)
