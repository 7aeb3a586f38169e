"""What every check came to over all tables of a report, and how even its steps of time are. Pure."""

from msgspec import Struct

from quality import CHECKS, Check, DatasetReport, Series


class CheckLine(Struct, frozen=True, kw_only=True):
    """One check over all tables: in how many it found something, nothing, or could not be measured."""

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


def series_lines(report: DatasetReport, most: int) -> list[SeriesLine]:
    """Return the steps of time of the first tables that have any."""
    return [
        SeriesLine(table=table.name, series=table.series)
        for table in report.tables
        if table.series is not None
    ][:most]
