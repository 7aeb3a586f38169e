"""N5: the level of a sensor changes in the course of the table."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from quality.checks.checking import NO_NUMBERS, Check, Dimension, Thresholds, Unmeasured
from quality.checks.sensor.machines import entities, of_machine
from quality.findings import found
from quality.report import Column, Finding, Table

BAND_VALUES_MIN = 30


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Compare the medians of neighbouring tenths of the table, and the first and the last third."""
    numbers = [one for one in table.columns if one.number is not None]
    if not numbers:
        return NO_NUMBERS
    found_shifts = []
    for column in numbers:
        assert column.number is not None, "chosen above"
        bands = [one for one in column.number.bands if one.count >= BAND_VALUES_MIN]
        spread = median(one.spread for one in bands) if len(bands) > 2 else 0.0
        if spread <= 0 or column.distinct_count < thresholds.varied_values:
            continue
        before, after = max(pairwise(bands), key=lambda two: abs(two[1].median - two[0].median))
        shift = abs(after.median - before.median) / spread
        if shift > thresholds.drift_spreads:
            said = found(
                "SENSOR_DRIFT", column=column.name, row=after.first_row + 1,
                before=f"{before.median:g}", after=f"{after.median:g}",
            )  # fmt: skip
            found_shifts.append((shift, said))
    found_shifts.sort(key=lambda one: -one[0])
    moved = [said for _, said in found_shifts[: thresholds.drift_columns]]
    told = {said.column for _, said in found_shifts}
    apart = [
        (one, "") for one in numbers if one.number and (one.number.shift or 0) > thresholds.shift
    ]
    apart += _machines(table, numbers, {one.name for one, _ in apart}, thresholds)
    shifted = [
        found(
            "SENSOR_SHIFT", column=one.name, of=of_machine(table, machine),
            pct=f"{100 * _shift(table, one, machine):.0f}",
        )
        for one, machine in apart
        if one.name not in told and not one.set_point and not one.identifying
        and one.distinct_count >= thresholds.varied_values
    ]  # fmt: skip
    return [*moved, *shifted[: thresholds.drift_columns]]


def _machines(
    table: Table, numbers: list[Column], told: set[str], thresholds: Thresholds
) -> list[tuple[Column, str]]:
    """Return columns with the machine in which they changed most, where most machines did not change."""
    entity = entities(table)
    listed = []
    for column in numbers:
        if entity is None or column.name in told or column.name not in entity.columns:
            continue
        at = entity.columns.index(column.name)
        known = [
            (one.shifts[at] or 0.0, one.name) for one in entity.groups if one.shifts[at] is not None
        ]
        moved = [one for one in known if one[0] > thresholds.shift]
        # What happens within every machine is how it works.
        if moved and 2 * len(moved) <= len(known):
            listed.append((column, max(moved)[1]))
    return listed


def _shift(table: Table, column: Column, machine: str) -> float:
    entity = entities(table)
    if machine and entity is not None:
        own = next(one for one in entity.groups if one.name == machine)
        return own.shifts[entity.columns.index(column.name)] or 0.0
    return (column.number.shift if column.number is not None else None) or 0.0


CHECK = Check(
    id="N5",
    ko="드리프트·레벨 이동",
    en="Drift or level shift",
    dimension=Dimension.accuracy,
    codes=("SENSOR_DRIFT", "SENSOR_SHIFT"),
    rule_ko="파일 순서로 열 등분한 이웃 구간의 중앙값이 보통 퍼짐(중앙값절대편차)의 3배보다 크게 달라지거나, 앞과 뒤 3분의 1의 분포가 60 %보다 크게 다름(KS 통계량, 표 전체와 설비의 절반 이하에서)",
    rule_en="the medians of two neighbouring tenths of the file differ by more than three of their usual spreads, or the first and the last third are apart by more than 60 % (Kolmogorov-Smirnov statistic, over the table and within at most half of the machines)",
    source="SaQC flagDriftFromNorm, with medians against outliers; N. Smirnov, Annals of Mathematical Statistics 19(2), 1948",
    look=look,
    todo_ko="설비나 조건이 바뀌었으면 언제 무엇이 바뀌었는지 설명에 적으십시오.",
    todo_en="Say in the description what was changed and when.",
)
