"""Which tables, columns and charts a page shows, and where the JSON has what it leaves out. Pure."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct

from quality.html.charts import (
    Chart,
    correlation_map,
    drift_blocks,
    flatlines,
    frequent_values,
    histogram,
    missing_matrix,
    time_order,
    time_strip,
)
from quality.html.columns import ColumnLine, column_lines
from quality.html.telling import findings_about, weight
from quality.report import Column, DatasetReport, Finding, Table
from quality.terminal.words import Tongue

_CHARTS: Final = (time_order, flatlines, missing_matrix, drift_blocks, correlation_map)
TIMES_MOST: Final = 2


class Room(Struct, frozen=True, kw_only=True):
    """How much a page shows.

    Args:
        tables: with all their charts; of tables with the same columns at most ``alike``
        columns: lines in one table; ``columns_in_all`` over the page
        histograms: for one table
    """

    tables: int = 12
    alike: int = 2
    columns: int = 150
    columns_in_all: int = 400
    histograms: int = 24


class TableLine(Struct, frozen=True, kw_only=True):
    """A table in the list of all: ``path`` says where the JSON has it, ``anchor`` where the page has."""

    table: Table
    path: str
    anchor: str
    empty_count: int
    blocker_count: int
    warning_count: int


class TableView(Struct, frozen=True, kw_only=True):
    """A table with its columns and charts."""

    line: TableLine
    columns: tuple[ColumnLine, ...]
    columns_left: int
    charts: tuple[Chart, ...]
    histograms: tuple[Chart, ...]
    histograms_left: int


class Known(Struct, frozen=True):
    """A table, what was found in it, and its place in the report."""

    table: Table
    findings: tuple[Finding, ...]
    path: str


def known_tables(report: DatasetReport) -> list[Known]:
    """Return every table with what was found in it, in the order of the files."""
    return [
        Known(table, tuple(findings_about(file, table)), f"files[{at}].tables[{place}]")
        for at, file in enumerate(report.files)
        for place, table in enumerate(file.tables)
    ]


def table_views(
    known: Sequence[Known], say: Tongue, room: Room
) -> tuple[list[TableLine], list[TableView]]:
    """Return the list of all tables, and those that are shown whole, in the order of the files."""
    chosen = _chosen(known, room)
    lines, views, left = [], [], room.columns_in_all
    for at, one in enumerate(known):
        line = _table_line(one, f"table-{at + 1}" if at in chosen else "")
        lines.append(line)
        if at in chosen:
            view = _view(one, line, say, room, min(room.columns, max(left, 0)))
            left -= len(view.columns)
            views.append(view)
    return lines, views


def _chosen(known: Sequence[Known], room: Room) -> set[int]:
    """Return the tables to show whole: the worst first, few of those with the same columns."""
    order = sorted(range(len(known)), key=lambda at: ([-one for one in weight(known[at].findings)], at))  # fmt: skip
    alike: dict[tuple[str, ...], int] = {}
    chosen: set[int] = set()
    for at in order:
        names = tuple(column.name for column in known[at].table.columns)
        if len(chosen) < room.tables and alike.get(names, 0) < room.alike:
            alike[names] = alike.get(names, 0) + 1
            chosen.add(at)
    return chosen


def _table_line(one: Known, anchor: str) -> TableLine:
    blockers, warnings = weight(one.findings)
    return TableLine(
        table=one.table,
        path=one.path,
        anchor=anchor,
        empty_count=sum(column.null_count for column in one.table.columns),
        blocker_count=blockers,
        warning_count=warnings,
    )


def _view(one: Known, line: TableLine, say: Tongue, room: Room, most: int) -> TableView:
    lines = column_lines(one.table, one.findings, say)
    ranked = sorted(lines, key=lambda each: (not each.flagged, each.column.position))
    kept = sorted(ranked[:most], key=lambda each: each.column.position)
    varied = [each for each in ranked if _varied(each.column)]
    return TableView(
        line=line,
        columns=tuple(kept),
        columns_left=len(lines) - len(kept),
        charts=tuple(table_charts(one.table, say)),
        histograms=tuple(islice(spreads(varied, one.table, say), room.histograms)),
        histograms_left=max(len(varied) - room.histograms, 0),
    )


def table_charts(table: Table, say: Tongue) -> Iterator[Chart]:
    """Yield the charts of a table as a whole, those of time first."""
    for column in [one for one in table.columns if _timed(one, table)][:TIMES_MOST]:
        if (strip := time_strip(column, say)) is not None:
            yield strip
    for draw in _CHARTS:
        if (chart := draw(table, say)) is not None:
            yield chart


def _timed(column: Column, table: Table) -> bool:
    """Whether a column's stamps are drawn: those that order the table, or all where none does."""
    return column.time is not None and (
        table.series is None or table.series.time_column == column.name
    )


def _varied(column: Column) -> bool:
    """Whether there is a distribution to draw."""
    if column.identifying or column.constant:
        return False
    if column.number is not None:
        return bool(column.number.histogram)
    return column.kind in ("code", "boolean") and bool(column.top_values)


def spreads(lines: Sequence[ColumnLine], table: Table, say: Tongue) -> Iterator[Chart]:
    """Yield the distributions of columns, in the order given."""
    for line in lines:
        chart = histogram(line.column, say, flagged=line.flagged)
        if chart is None:
            chart = frequent_values(line.column, table.row_count, say)
        if chart is not None:
            yield chart
