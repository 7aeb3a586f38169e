"""S3: points that are missing from an even series, within each machine or lot."""

from collections.abc import Sequence

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find gaps of a periodic series; of events there is no beat that could be missed."""
    series = table.series
    if series is None:
        return NO_TIME
    if not series.periodic or series.interval_median_s is None:
        return Unmeasured(
            "수집 간격이 고르지 않아(사건 단위) 빠진 시점을 셀 수 없습니다.",
            "The steps are not even (one row an event), so missing points cannot be counted.",
        )
    if series.entity_column is None and series.backward_count:
        return Unmeasured(
            "시각이 거꾸로 가는 행이 있어, 정렬한 뒤의 공백만 열마다 셉니다.",
            "Some rows step back in time, so gaps are counted for each column after sorting alone.",
        )
    if not series.gap_count or not series.gaps:
        return []
    by = series.entity_column
    return [
        found(
            "SERIES_GAPS", column=series.time_column, count=series.gap_count,
            row=series.gaps[0].row + 1, interval=f"{series.interval_median_s:g}",
            missing=f"{series.missing_point_count:,}", longest=f"{series.gaps[0].seconds:,.0f}",
            series=f"'{by}'별로" if by else "전체를", series_en=f"Within each '{by}'" if by else "Over the table",
        )
    ]  # fmt: skip


CHECK = Check(
    id="S3",
    ko="공백",
    en="Gaps",
    dimension=Dimension.timeliness,
    codes=("SERIES_GAPS", "TIME_GAPS"),
    rule_ko="간격이 중앙값의 1.5배를 넘음. 빠진 시점은 간격을 중앙값으로 나누어 반올림하고 1을 뺀 수의 합",
    rule_en="a step above 1.5 medians; missing points are the sum of steps over the median, rounded, less one",
    source="Pecos check_timestamp, with the interval found instead of given",
    look=look,
)
