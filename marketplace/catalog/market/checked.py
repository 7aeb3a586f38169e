"""What every check came to over all tables and files of a report, and how even its steps of time are. Pure."""

from msgspec import Struct

from quality import ACROSS_CHECKS, CHECKS, AcrossCheck, Check, DatasetReport, Series
from quality.report import Checked


class CheckLine(Struct, frozen=True, kw_only=True):
    """One check over all tables, or files where it is of whole ones: in how many it found something or not."""

    check: Check
    found_count: int
    clear_count: int
    unmeasured_count: int
    reason_ko: str
    reason_en: str


class SeriesLine(Struct, frozen=True, kw_only=True):
    """The steps of time of one table."""

    table: str
    series: Series


def check_lines(report: DatasetReport) -> list[CheckLine]:
    """Return a line for each check; none for a report that was made before there were checks."""
    came = [one for table in report.tables for one in table.checks]
    came += [one for file in report.files for one in file.checks]
    lines = []
    for check in CHECKS:
        mine = [one for one in came if one.id == check.id]
        if not mine:
            continue
        reason = next((one for one in mine if one.state == "unmeasured"), None)
        lines.append(
            CheckLine(
                check=check,
                found_count=sum(one.state == "found" for one in mine),
                clear_count=sum(one.state == "clear" for one in mine),
                unmeasured_count=sum(one.state == "unmeasured" for one in mine),
                reason_ko=reason.reason_ko if reason else "",
                reason_en=reason.reason_en if reason else "",
            )
        )
    return lines


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
