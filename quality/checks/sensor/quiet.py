"""N7: a sensor that loses its noise where it usually scatters."""

from collections.abc import Sequence

from quality.checks.checking import NO_NUMBERS, Check, Dimension, Thresholds, Unmeasured
from quality.checks.sensor.machines import of_machine, taking_turns
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find the longest stretch without noise of each column that is seldom quiet."""
    numbers = [one for one in table.columns if one.number is not None]
    if not numbers:
        return NO_NUMBERS
    mixed = taking_turns(table, thresholds.turns)
    if mixed is not None:
        return Unmeasured(
            f"'{mixed.column}'의 행들이 섞여 있고 시각이 고르지 않아, 잡음을 하나씩 잴 수 없습니다.",
            f"The rows of '{mixed.column}' take turns at uneven times, so noise cannot be measured within each.",
        )
    listed = []
    for column in numbers:
        quiet = column.number.quiet if column.number is not None else None
        if quiet is None or quiet.row_share > thresholds.quiet_share_max or column.set_point:
            continue
        longest = quiet.stretches[0]
        listed.append(
            found(
                "SENSOR_QUIET", column=column.name, row=longest.start_row + 1,
                count=longest.length, of=of_machine(table, longest.entity),
            )
        )  # fmt: skip
    return listed


CHECK = Check(
    id="N7",
    ko="잡음 소실",
    en="Loss of noise",
    dimension=Dimension.accuracy,
    codes=("SENSOR_QUIET",),
    rule_ko="값이 움직이면서도 이웃과의 차이가 흩어지는 정도가 32행씩 64행 넘게 보통의 5 % 아래(설비·로트별, 그런 행이 20 % 이하인 열)",
    rule_en="values move while their steps scatter less than a twentieth as usual, in windows of 32 rows for 64 rows or more, within a machine or lot, in a column where no more than a fifth is so",
    source="SaQC flagByVariance; Teh, Kempa-Liehr, Wang, J. Big Data 7:11, 2020 (noise)",
    look=look,
    todo_ko="센서나 증폭기, 저장 과정의 필터가 바뀌었는지 확인하고 설명에 적으십시오.",
    todo_en="See whether sensor, amplifier or a filter was changed there, and say so in the description.",
)
