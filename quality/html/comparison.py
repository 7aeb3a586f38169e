"""The page of two reports: schema, statistics, and how far the values of each column moved. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from quality.comparing import (
    Differences,
    StatisticChange,
    compare,
    paired_tables,
    statistics_changed,
)
from quality.html.charts import Chart, overlaid, overlap
from quality.html.pages import Figures, Lang
from quality.html.setting import filled
from quality.html.texts import Cell
from quality.report import Column, DatasetReport
from quality.terminal.differences import NAMES
from quality.terminal.words import Tongue

STATISTICS_MOST: Final = 300
MOVED_MOST: Final = 400
CHARTS_MOST: Final = 24
# Two samples of one source overlap by more than this.
SAME: Final = 0.995


class Moved(Struct, frozen=True, kw_only=True):
    """A column of numbers that is in both: how much of the two distributions overlaps [1]."""

    table: str
    before: Column
    after: Column
    overlap: float


def render_comparison(before: DatasetReport, after: DatasetReport, lang: Lang = "ko") -> str:
    """Return what differs between two reports as one page of HTML."""
    say = Tongue(lang == "en")
    return filled("comparison.html", say, **_values(before, after, say))


def _values(before: DatasetReport, after: DatasetReport, say: Tongue) -> dict[str, Any]:
    found = compare(before, after)
    statistics = list(statistics_changed(before, after))
    moved = moved_columns(before, after)
    changed = [one for one in moved if one.overlap < SAME]
    return {
        "before": before,
        "after": after,
        "found": found,
        "schema": _schema(found, say),
        "statistics": _by_column(statistics, say)[:STATISTICS_MOST],
        "statistics_count": len({(one.table, one.column) for one in statistics}),
        "moved": moved[:MOVED_MOST],
        "moved_count": len(moved),
        "changed_count": len(changed),
        "charts": _charts(changed or moved, say),
        "figure": Figures(say),
        "alone": len({one.table for one in statistics} | {one.table for one in moved}) <= 1,
        "same": found.none and not statistics,
    }


def moved_columns(before: DatasetReport, after: DatasetReport) -> list[Moved]:
    """Return the columns of numbers that are in both, those that moved most first."""
    moved = []
    for name, old, new in paired_tables(before, after):
        mine = {column.name: column for column in old.columns}
        for column in new.columns:
            known = mine.get(column.name)
            common = overlap(known, column) if known is not None else None
            if known is not None and common is not None:
                moved.append(Moved(table=name, before=known, after=column, overlap=common))
    return sorted(moved, key=lambda one: one.overlap)


def _charts(moved: Sequence[Moved], say: Tongue) -> list[tuple[str, Chart]]:
    drawn = ((one.table, overlaid(one.before, one.after, say)) for one in moved[:CHARTS_MOST])
    return [(table, chart) for table, chart in drawn if chart is not None]


def _schema(found: Differences, say: Tongue) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Return each kind of change with its state and what changed: table and column, or kinds."""
    retyped = tuple(
        (one.table, f"{one.column}: {say.kind(one.kind_before)} → {say.kind(one.kind_after)}")
        for one in found.columns_changed
        if one.retyped
    )
    every = (
        ("warn", say("없어진 표", "Tables removed"), tuple((one, "") for one in found.tables_removed)),
        ("info", say("새 표", "Tables added"), tuple((one, "") for one in found.tables_added)),
        ("warn", say("없어진 열", "Columns removed"), found.columns_removed),
        ("info", say("새 열", "Columns added"), found.columns_added),
        ("warn", say("종류가 바뀐 열", "Columns of another kind"), retyped),
    )  # fmt: skip
    return [(state, name, changed) for state, name, changed in every if changed]


def _by_column(
    statistics: Sequence[StatisticChange], say: Tongue
) -> list[tuple[str, str, list[tuple[str, Cell, Cell]]]]:
    """Return the statistics that differ, those of one column together."""
    found: dict[tuple[str, str], list[tuple[str, Cell, Cell]]] = {}
    for one in statistics:
        name = say(*NAMES.get(one.statistic, (one.statistic,) * 2))
        change = (name, _value(one, one.before, say), _value(one, one.after, say))
        found.setdefault((one.table, one.column), []).append(change)
    return [(table, column, changes) for (table, column), changes in found.items()]


def _value(one: StatisticChange, value: Cell, say: Tongue) -> Cell:
    if one.statistic == "kind" and isinstance(value, str):
        return say.kind(value)
    return f"{value:.8}…" if one.statistic == "digest" else value
