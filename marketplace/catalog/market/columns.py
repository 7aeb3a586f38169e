"""What is shown of each column: what the file says of it beside what the seller says. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from quality import Column, DatasetReport, Finding, Table

BARS: Final = 24
TOP_MOST: Final = 5
_MEDIAN: Final = 3  # place of the 50 per cent point among the quantiles of a report


class ColumnCard(Struct, frozen=True, kw_only=True):
    """One column over all tables with the same columns.

    ``bars`` are counts in equal steps from ``low`` to ``high``; over several tables they are spread from
    each table's own histogram, so they are close and not exact. ``median`` is given for one table alone.
    """

    name: str
    meaning: str
    unit: str
    kind: str
    null_count: int
    row_count: int
    distinct_count: int
    low: float | None
    high: float | None
    median: float | None
    first: str | None
    last: str | None
    bars: tuple[float, ...]
    top_values: tuple[tuple[str, int], ...]
    allowed_low: float | None
    allowed_high: float | None
    codes: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def null_pct(self) -> float:
        """Empty cells in per cent."""
        return 100 * self.null_count / self.row_count if self.row_count else 0.0


class ColumnGroup(Struct, frozen=True, kw_only=True):
    """Tables with the same columns, and those columns."""

    tables: tuple[str, ...]
    row_count: int
    columns: tuple[ColumnCard, ...]


def column_groups(
    report: DatasetReport, dictionary: Sequence[Mapping[str, Any]]
) -> list[ColumnGroup]:
    """Return the columns of a dataset, tables with the same columns taken together.

    Args:
        dictionary: the seller's entries ``name, meaning, unit, low, high, codes``
    """
    said = {entry["name"]: entry for entry in dictionary}
    found: dict[tuple[str, ...], list[Table]] = {}
    for file in report.files:
        for table in file.tables:
            found.setdefault(tuple(column.name for column in table.columns), []).append(table)
    notes: dict[str, list[Finding]] = {}
    for file in report.files:
        for finding in file.findings:
            if finding.column is not None:
                notes.setdefault(finding.column, []).append(finding)
    return [
        ColumnGroup(
            tables=tuple(table.name for table in tables),
            row_count=sum(table.row_count for table in tables),
            columns=tuple(
                _card(
                    [table.columns[place] for table in tables],
                    sum(table.row_count for table in tables),
                    said.get(name, {}),
                    notes.get(name, ()),
                )
                for place, name in enumerate(names)
            ),
        )
        for names, tables in found.items()
    ]


def _card(
    parts: Sequence[Column], row_count: int, said: Mapping[str, Any], notes: Iterable[Finding]
) -> ColumnCard:
    first = parts[0]
    numbers = [part.number for part in parts if part.number is not None and part.number.count]
    times = [part.time for part in parts if part.time is not None]
    alone = len(parts) == 1
    low = min((one.low for one in numbers), default=None)
    high = max((one.high for one in numbers), default=None)
    return ColumnCard(
        name=first.name,
        meaning=said.get("meaning", ""),
        unit=said.get("unit") or first.unit or "",
        kind=first.kind,
        null_count=sum(part.null_count + part.blank_count for part in parts),
        row_count=row_count,
        distinct_count=max(part.distinct_count for part in parts),
        low=low,
        high=high,
        median=numbers[0].quantiles[_MEDIAN] if alone and numbers else None,
        first=min((one.low for one in times), default=None),
        last=max((one.high for one in times), default=None),
        bars=_bars(parts, low, high),
        top_values=first.top_values[:TOP_MOST] if alone and first.kind == "code" else (),
        allowed_low=said.get("low"),
        allowed_high=said.get("high"),
        codes=tuple(said.get("codes", ())),
        findings=tuple(notes),
    )


def _bars(parts: Sequence[Column], low: float | None, high: float | None) -> tuple[float, ...]:
    """Spread the tables' histograms over one; for words and codes the frequent values."""
    if parts[0].kind == "time":
        return ()
    if low is None or high is None:
        return tuple(float(count) for _, count in parts[0].top_values[:BARS])
    if high <= low:
        return (float(sum(part.number.count for part in parts if part.number)),)
    bars = [0.0] * BARS
    step = (high - low) / BARS
    for part in parts:
        for one in part.number.histogram if part.number is not None else ():
            _pour(bars, (one.low - low) / step, (one.high - low) / step, one.count)
    return tuple(bars)


def _pour(bars: list[float], start: float, end: float, count: int) -> None:
    """Add a count to the bars that the stretch covers, by how much of it lies in each."""
    if end <= start:
        bars[min(int(start), len(bars) - 1)] += count
        return
    for place in range(max(int(start), 0), min(int(end) + 1, len(bars))):
        shared = min(end, place + 1) - max(start, place)
        if shared > 0:
            bars[place] += count * shared / (end - start)
