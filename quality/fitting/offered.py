"""The columns of a dataset as its report states them, tables of the same columns taken together."""

from collections.abc import Mapping

from msgspec import Struct

from quality.fitting.conversions import Scale, scale_of
from quality.report import Bin, Column, DatasetReport, Table


class Meaning(Struct, frozen=True):
    """What the seller says of a column; empty where nothing was said."""

    meaning: str = ""
    unit: str = ""


class Offered(Struct, frozen=True, kw_only=True):
    """A column that is for sale."""

    tables: tuple[str, ...]
    name: str
    meaning: str
    unit: str
    kind: str
    row_count: int
    low: float | None
    high: float | None
    bins: tuple[Bin, ...]
    values: tuple[tuple[str, int], ...]

    @property
    def scale(self) -> Scale | None:
        """What its unit means."""
        return scale_of(self.unit)


def offered_of(report: DatasetReport, said: Mapping[str, Meaning]) -> list[Offered]:
    """Return the columns of a dataset in their order.

    Args:
        said: by the columns' names
    """
    groups: dict[tuple[str, ...], list[Table]] = {}
    for table in report.tables:
        groups.setdefault(tuple(one.name for one in table.columns), []).append(table)
    return [
        _offered(tables, at, said.get(name, Meaning()))
        for names, tables in groups.items()
        for at, name in enumerate(names)
    ]


def _offered(tables: list[Table], at: int, said: Meaning) -> Offered:
    parts: list[Column] = [table.columns[at] for table in tables]
    numbers = [part.number for part in parts if part.number is not None]
    counts: dict[str, int] = {}
    if not numbers and all(part.top_exact for part in parts):
        for part in parts:
            for value, count in part.top_values:
                counts[value] = counts.get(value, 0) + count
    return Offered(
        tables=tuple(table.name for table in tables),
        name=parts[0].name,
        meaning=said.meaning,
        unit=said.unit or parts[0].unit or "",
        kind=parts[0].kind,
        row_count=sum(table.row_count for table in tables),
        low=min((one.low for one in numbers), default=None),
        high=max((one.high for one in numbers), default=None),
        bins=tuple(one for number in numbers for one in number.histogram),
        values=tuple(counts.items()),
    )
