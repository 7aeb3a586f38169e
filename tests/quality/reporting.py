"""Reports made by hand for tests of what is shown of them; a test names only what it is about."""

from typing import Any

from quality import Column, DatasetReport, FileReport, Table, summarize
from quality.report import Band, Bin, NumberFacts

HOSTILE = '<script>alert("1")</script>\u202e\u2066 온도\u0000'
SHOWN = "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;\ufffd\ufffd 온도\ufffd"


def a_number(**given: Any) -> NumberFacts:
    """Numbers from 0 to 4 in two bars."""
    known: dict[str, Any] = {
        "count": 10, "low": 0.0, "high": 4.0, "mean": 1.5, "std": 1.25, "zero_count": 1,
        "negative_count": 0, "nonfinite_count": 0,
        "quantiles": (0.0, 0.0, 1.0, 1.5, 2.0, 4.0, 4.0),
        "histogram": (Bin(0.0, 2.0, 7), Bin(2.0, 4.0, 3)), "sampled": False,
    }  # fmt: skip
    return NumberFacts(**{**known, **given})


def a_column(name: str = "온도", **given: Any) -> Column:
    """A column of ten numbers."""
    known: dict[str, Any] = {
        "position": 0, "unit": None, "kind": "number", "null_count": 0, "blank_count": 0,
        "placeholder_count": 0, "distinct_count": 9, "distinct_exact": True, "constant": False,
        "top_values": (), "length_max": None, "longest_run": None, "number": a_number(),
    }  # fmt: skip
    return Column(name=name, **{**known, **given})


def a_table(*columns: Column, **given: Any) -> Table:
    """A table of ten rows."""
    known: dict[str, Any] = {
        "name": "a.csv", "encoding": "utf-8", "delimiter": ",", "header_rows": 1, "row_count": 10,
        "duplicate_count": 0, "duplicate_without_ids_count": 0, "distinct_groups": 10,
        "repeated_groups": 0, "damaged_count": 0,
    }  # fmt: skip
    return Table(columns=columns or (a_column(),), **{**known, **given})


def a_report(*tables: Table, **given: Any) -> DatasetReport:
    """A dataset of one file with these tables."""
    known: dict[str, Any] = {"name": "a.csv", "kind": "csv", "size_bytes": 100}
    return summarize([FileReport(tables=tables, **{**known, **given})])


def bands(*medians: float, rows: int = 100, spread: float = 1.0) -> tuple[Band, ...]:
    """Tenths of a table with these medians."""
    return tuple(
        Band(
            first_row=at * rows, count=rows, low=one - spread, median=one, high=one + spread,
            spread=spread,
        )
        for at, one in enumerate(medians)
    )  # fmt: skip
