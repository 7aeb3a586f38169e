"""N5: the level of a sensor changes in the course of the table."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from quality.checks.checking import NO_NUMBERS, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table

BAND_VALUES_MIN = 30


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Compare the medians of neighbouring tenths of the table with their usual spread."""
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
    return [said for _, said in found_shifts[: thresholds.drift_columns]]


CHECK = Check(
    id="N5",
    ko="드리프트·레벨 이동",
    en="Drift or level shift",
    dimension=Dimension.accuracy,
    codes=("SENSOR_DRIFT",),
    rule_ko="파일 순서로 열 등분한 이웃 구간의 중앙값이 보통 퍼짐(중앙값절대편차)의 3배보다 크게 달라짐",
    rule_en="the medians of two neighbouring tenths of the file differ by more than three of their usual spreads",
    source="SaQC flagDriftFromNorm, with medians against outliers",
    look=look,
)
