"""What differs between two versions of a dataset: tables, columns, types, rows, statistics. Pure."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, to_builtins

from quality.canonical import rounded
from quality.differing import differing
from quality.report import Column, DatasetReport, Table


class ColumnChange(Struct, frozen=True, kw_only=True):
    """A column that is there in both: its kind and what moved; shares and means before and after."""

    table: str
    column: str
    kind_before: str
    kind_after: str
    null_share_before: float
    null_share_after: float
    mean_before: float | None
    mean_after: float | None

    @property
    def retyped(self) -> bool:
        """Whether the column is of another kind now."""
        return self.kind_before != self.kind_after


class Differences(Struct, frozen=True, kw_only=True):
    """What a buyer of the earlier version would find changed."""

    tables_added: tuple[str, ...]
    tables_removed: tuple[str, ...]
    columns_added: tuple[tuple[str, str], ...]
    columns_removed: tuple[tuple[str, str], ...]
    columns_changed: tuple[ColumnChange, ...]
    rows_before: int
    rows_after: int

    @property
    def none(self) -> bool:
        """Whether nothing differs."""
        told = (self.tables_added, self.tables_removed, self.columns_added, self.columns_removed)
        return not any(told) and not self.columns_changed and self.rows_before == self.rows_after


def compare(before: DatasetReport, after: DatasetReport) -> Differences:
    """Compare two reports; tables belong together by their names, columns likewise.

    A dataset of one table is compared with another of one table whatever their names.
    """
    old, new = _tables(before), _tables(after)
    pairs = _pairs(old, new)
    alone = len(old) == len(new) == 1
    added = () if alone else tuple(name for name in new if name not in old)
    removed = () if alone else tuple(name for name in old if name not in new)
    gained: list[tuple[str, str]] = []
    lost: list[tuple[str, str]] = []
    changed: list[ColumnChange] = []
    for name, one, other in pairs:
        mine = {column.name: column for column in one.columns}
        theirs = {column.name: column for column in other.columns}
        gained += [(name, column) for column in theirs if column not in mine]
        lost += [(name, column) for column in mine if column not in theirs]
        changed += [
            change
            for column in theirs
            if column in mine
            and (change := _change(name, (one, mine[column]), (other, theirs[column]))) is not None
        ]
    return Differences(
        tables_added=added,
        tables_removed=removed,
        columns_added=tuple(gained),
        columns_removed=tuple(lost),
        columns_changed=tuple(changed),
        rows_before=before.row_count,
        rows_after=after.row_count,
    )


class StatisticChange(Struct, frozen=True):
    """One number or stamp of a column that is another now; None where there is none."""

    table: str
    column: str
    statistic: str
    before: int | float | str | None
    after: int | float | str | None


def statistics_changed(before: DatasetReport, after: DatasetReport) -> Iterator[StatisticChange]:
    """Yield what differs in columns that are in both, but histograms, frequent values and longest runs.

    Counts are compared exactly, fractions within 1e-9 of their size.
    """
    for table, one, other in paired_tables(before, after):
        mine = {column.name: column for column in one.columns}
        for column in other.columns:
            if column.name not in mine:
                continue
            old, new = _statistics(mine[column.name]), _statistics(column)
            for found in differing(old, new):
                name = found.path
                yield StatisticChange(table, column.name, name, old.get(name), new.get(name))


def paired_tables(before: DatasetReport, after: DatasetReport) -> list[tuple[str, Table, Table]]:
    """Return the tables that belong together, with the name of the later one."""
    return _pairs(_tables(before), _tables(after))


def _statistics(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for before, part in (("", column), ("number.", column.number), ("time.", column.time)):
        for name, value in (to_builtins(part) if part is not None else {}).items():
            if isinstance(value, int | float | str) and name not in ("position", "name"):
                made[before + name] = rounded(value) if isinstance(value, float) else value
    if column.number is not None:
        quantiles = column.number.quantiles
        made["number.median"] = rounded(quantiles[len(quantiles) // 2])
    return made


def _pairs(old: dict[str, Table], new: dict[str, Table]) -> list[tuple[str, Table, Table]]:
    if len(old) == len(new) == 1:
        return [(next(iter(new)), next(iter(old.values())), next(iter(new.values())))]
    return [(name, old[name], new[name]) for name in new if name in old]


def _tables(report: DatasetReport) -> dict[str, Table]:
    return {table.name: table for table in report.tables}


def _change(
    table: str, before: tuple[Table, Column], after: tuple[Table, Column]
) -> ColumnChange | None:
    (old_table, old), (new_table, new) = before, after
    change = ColumnChange(
        table=table,
        column=new.name,
        kind_before=old.kind,
        kind_after=new.kind,
        null_share_before=old.null_count / max(old_table.row_count, 1),
        null_share_after=new.null_count / max(new_table.row_count, 1),
        mean_before=old.number.mean if old.number else None,
        mean_after=new.number.mean if new.number else None,
    )
    same = (
        not change.retyped
        and change.null_share_before == change.null_share_after
        and change.mean_before == change.mean_after
    )
    return None if same else change
