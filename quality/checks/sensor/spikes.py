"""N4: single values that leap away and come back."""

from collections.abc import Sequence

from quality.checks.checking import NO_NUMBERS, Check, Dimension, Thresholds, Unmeasured
from quality.checks.sensor.machines import entities
from quality.findings import found
from quality.report import Finding, NumberFacts, Table


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
        _said(table, column.name, column.number)
        for column in table.columns
        if column.number is not None
        and column.number.spike_count
        and column.number.spike_count <= thresholds.spikes_share_max * column.number.count
    ]


def _said(table: Table, column: str, facts: NumberFacts) -> Finding:
    assert facts.spike_count is not None, "chosen above"
    entity, most, most_en = entities(table), "", ""
    if entity is not None and facts.spikes_by:
        name, count = facts.spikes_by[0]
        most = f". '{entity.column}' 값 {name}에서 {count:,}번으로 가장 많음"
        most_en = f"; most, {count:,}, in '{entity.column}' {name}"
    return found(
        "SENSOR_SPIKES", column=column, count=facts.spike_count, row=facts.spikes[0].row,
        value=facts.spikes[0].value, most=most, most_en=most_en,
    )  # fmt: skip


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
    todo_ko="적힌 행의 값을 원본과 견주고, 잘못 잰 값이면 비우십시오.",
    todo_en="Compare the rows that are named with the source, and empty those that were measured wrongly.",
)
