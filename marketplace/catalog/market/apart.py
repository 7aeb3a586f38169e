"""How machines, lots and classes of a dataset differ: the groups of its tables, and their telling columns. Pure."""

from statistics import median
from typing import Final

from msgspec import Struct

from quality import DatasetReport
from quality.groupfacts import GroupFacts, Groups

# A page stays readable; the JSON has all columns and groups.
COLUMNS_MOST: Final = 6
SPREAD_DIGITS: Final = 3


class GroupRow(Struct, frozen=True, kw_only=True):
    """One machine, lot or class; median and spread of each shown column."""

    facts: GroupFacts
    levels: list[tuple[float | None, float | None]]


class GroupLines(Struct, frozen=True, kw_only=True):
    """A table told apart by one column; ``left_out`` counts columns of numbers that are not shown."""

    table: str
    groups: Groups
    columns: list[str]
    rows: list[GroupRow]
    left_out: int

    @property
    def ordered(self) -> bool:
        """Whether the order of a machine's rows was measured."""
        return self.groups.role == "entity"


def group_lines(report: DatasetReport, most: int) -> list[GroupLines]:
    """Return the first groups of the tables that have any."""
    found = [(table.name, one) for table in report.tables for one in table.groups]
    return [_lines(name, one) for name, one in found[:most]]


def group_count(report: DatasetReport) -> int:
    """Return how many there are in all."""
    return sum(len(table.groups) for table in report.tables)


def _lines(table: str, groups: Groups) -> GroupLines:
    order = sorted(range(len(groups.columns)), key=lambda at: -_apart(groups, at))
    shown = sorted(order[:COLUMNS_MOST])
    return GroupLines(
        table=table,
        groups=groups,
        columns=[groups.columns[at] for at in shown],
        rows=[
            GroupRow(facts=one, levels=[(one.medians[at], _short(one.spreads[at])) for at in shown])
            for one in groups.groups
        ],
        left_out=len(order) - len(shown),
    )


def _short(spread: float | None) -> float | None:
    return None if spread is None else float(f"{spread:.{SPREAD_DIGITS}g}")


def _apart(groups: Groups, at: int) -> float:
    """Return how far the levels of the groups are apart, in their usual spreads."""
    levels = [value for one in groups.groups if (value := one.medians[at]) is not None]
    spreads = [value for one in groups.groups if (value := one.spreads[at]) is not None]
    if not levels:
        return 0.0
    usual = median(spreads)
    wide = max(levels) - min(levels)
    return wide / usual if usual else float(wide > 0)
