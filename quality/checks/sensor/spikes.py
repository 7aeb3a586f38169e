"""N4: single values that leap away and come back."""

from collections.abc import Sequence

from quality.checks.checking import NO_NUMBERS, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns with a few spikes; many are the nature of the signal."""
    numbers = [one.number for one in table.columns if one.number is not None]
    if not numbers:
        return NO_NUMBERS
    if all(one.spike_count is None for one in numbers):
        return Unmeasured(
            "잡음이 없어 튀는 정도를 잴 수 없습니다.", "There is no noise to compare with."
        )
    return [
        found(
            "SENSOR_SPIKES", column=column.name, count=column.number.spike_count,
            row=column.number.spikes[0].row, value=column.number.spikes[0].value,
        )
        for column in table.columns
        if column.number is not None
        and column.number.spike_count
        and column.number.spike_count <= thresholds.spikes_share_max * column.number.count
    ]  # fmt: skip


CHECK = Check(
    id="N4",
    ko="스파이크",
    en="Spikes",
    dimension=Dimension.accuracy,
    codes=("SENSOR_SPIKES",),
    rule_ko="이웃과의 차이가 중앙값절대편차의 12배(표준편차로 환산)를 넘고 한두 행 뒤에 되돌아옴",
    rule_en="a step beyond twelve median absolute deviations of the steps, as standard deviations, is taken back one or two rows later",
    source="Teh, Kempa-Liehr, Wang, Sensor data quality: a systematic review, J. Big Data 7:11, 2020 (outliers)",
    look=look,
)
