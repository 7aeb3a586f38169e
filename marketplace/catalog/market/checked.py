"""What every check between tables came to, and how even the steps of time are in each. Pure."""

from msgspec import Struct

from quality import ACROSS_CHECKS, AcrossCheck, DatasetReport, Series
from quality.report import Checked


class SeriesLine(Struct, frozen=True, kw_only=True):
    """The steps of time of one table."""

    table: str
    series: Series


def between_lines(report: DatasetReport) -> list[tuple[AcrossCheck, Checked]]:
    """Return each check of the whole dataset with what it came to; none for one table or an older report."""
    if report.across is None or report.table_count < 2:
        return []
    came = {one.id: one for one in report.across.checks}
    return [(check, came[check.id]) for check in ACROSS_CHECKS if check.id in came]


def series_lines(report: DatasetReport, most: int) -> list[SeriesLine]:
    """Return the steps of time of the first tables that have any."""
    return [
        SeriesLine(table=table.name, series=table.series)
        for table in report.tables
        if table.series is not None
    ][:most]
