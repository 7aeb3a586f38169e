"""How even the steps of time are in each table. Pure."""

from msgspec import Struct

from quality import DatasetReport, Series


class SeriesLine(Struct, frozen=True, kw_only=True):
    """The steps of time of one table."""

    table: str
    series: Series


def series_lines(report: DatasetReport, most: int) -> list[SeriesLine]:
    """Return the steps of time of the first tables that have any."""
    return [
        SeriesLine(table=table.name, series=table.series)
        for table in report.tables
        if table.series is not None
    ][:most]
