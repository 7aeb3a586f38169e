"""S3: points that are missing from an even series, within each machine or lot."""

from collections.abc import Sequence

from msgspec.structs import replace

from quality.checks.checking import NO_TIME, Check, Dimension, Thresholds, Unmeasured
from quality.checks.time.stamped import tells_time
from quality.claims import Place
from quality.findings import found
from quality.report import Column, Finding, Table
from quality.timefacts import Series


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find gaps of a periodic series; of events there is no beat that could be missed."""
    series = table.series
    if series is None:
        return NO_TIME
    listed = [
        one
        for column in table.columns
        if tells_time(column, table)
        for one in _of_column(column, series)
    ]
    if not series.periodic or series.interval_median_s is None:
        return listed or Unmeasured(
            "수집 간격이 고르지 않아(사건 단위) 빠진 시점을 셀 수 없습니다.",
            "The steps are not even (one row an event), so missing points cannot be counted.",
        )
    if series.entity_column is None and series.backward_count:
        return listed or Unmeasured(
            "시각이 거꾸로 가는 행이 있어, 정렬한 뒤의 공백만 열마다 셉니다.",
            "Some rows step back in time, so gaps are counted for each column after sorting alone.",
        )
    if series.gap_count and series.gaps:
        listed.append(_of_series(series, series.gap_count))
    return listed


def _of_column(column: Column, series: Series) -> list[Finding]:
    """Return the gaps of a column in sorted order, where they are not told of the series."""
    facts = column.time
    if facts is None or not facts.gap_count:
        return []
    if series.time_column == column.name and (
        series.entity_column is not None or (series.periodic and not series.backward_count)
    ):
        return []
    longest = f"{facts.gap_longest_s:,.0f}"
    return [found("TIME_GAPS", column=column.name, count=facts.gap_count, longest=longest)]


def _of_series(series: Series, count: int) -> Finding:
    by = series.entity_column
    said = found(
        "SERIES_GAPS", column=series.time_column, count=count,
        row=series.gaps[0].row + 1, interval=f"{series.interval_median_s:g}",
        missing=f"{series.missing_point_count:,}", longest=f"{series.gaps[0].seconds:,.0f}",
        series=f"'{by}'별로" if by else "전체를", series_en=f"Within each '{by}'" if by else "Over the table",
    )  # fmt: skip
    return replace(
        said, places=tuple(Place(one.row + 1, f"{one.seconds:,.0f} s") for one in series.gaps)
    )


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
    todo_ko="빠진 구간을 원본에서 채우고, 정지 시간이면 설명에 적으십시오.",
    todo_en="Fill in what is missing from the source; say in the description where they are stops.",
)
