"""Tables out of files, in blocks of bounded size; every cell arrives as text."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
from msgspec import Struct, field

from quality.reading.cells import Cell
from quality.reading.layout import Layout
from quality.reading.odd import Odd
from quality.report import Finding
from quality.sources import ReadRange


class TextCells(Struct, frozen=True, kw_only=True):
    """A text table in cells, as UTF-8.

    Args:
        layout: how records are cut into columns
        all: gives every cell in order
        sample: gives cells from all over the table, or from its beginning where it cannot be read anywhere
        odd: gets the records that are no rows while cells are parsed
        read: gives any bytes of the file, None where it can be read from its beginning alone
    """

    layout: Layout
    all: Callable[[], Iterator[Cell]]
    sample: Callable[[], list[Cell]]
    odd: Odd
    read: ReadRange | None = None


class Groups(Struct, frozen=True, kw_only=True):
    """A Parquet file by its groups of rows, each of which can be read alone."""

    layout: Layout
    read: ReadRange


class Reading(Struct, frozen=True, kw_only=True):
    """A table that can be read once.

    Args:
        name: of the file, sheet or member
        columns: names as they stand in the file, two header rows joined by `` / ``
        declared: the file's own type of each column where it has one: ``number``, ``nested``, or ""
        blocks: gives record batches with one text column for each name, in file order
        odd: what blocks and cells find that is no row
        damaged_count: rows that the scan of the bytes found damaged
        expected_count: rows of data that the scan of the bytes counted
        cells: of a text, in file order, without its header; the quick way to its columns
        groups: of Parquet, the same
    """

    name: str
    columns: tuple[str, ...]
    declared: tuple[str, ...]
    blocks: Callable[[], Iterator[pa.RecordBatch]]
    encoding: str | None = None
    delimiter: str | None = None
    header_rows: int = 1
    findings: tuple[Finding, ...] = ()
    odd: Odd = field(default_factory=Odd)
    damaged_count: int = 0
    expected_count: int | None = None
    cells: TextCells | None = None
    groups: Groups | None = None


def text_batch(columns: list[Any]) -> pa.RecordBatch:
    """Return a batch of text columns without names that could clash."""
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(column, pa.string())
        for column in columns
    ]
    return pa.RecordBatch.from_arrays(arrays, [str(at) for at in range(len(arrays))])
