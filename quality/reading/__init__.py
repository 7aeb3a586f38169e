"""Tables out of files, in blocks of bounded size; every cell arrives as text."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
from msgspec import Struct

from quality.reading.cells import Cell, Cutting, Ragged
from quality.report import Finding


class TextCells(Struct, frozen=True, kw_only=True):
    """A text table in cells, as UTF-8.

    Args:
        cutting: how records are cut into columns
        all: gives every cell in order
        sample: gives cells from all over the table, or from its beginning where it cannot be read anywhere
        ragged: gets the records that are left out while cells are parsed
    """

    cutting: Cutting
    all: Callable[[], Iterator[Cell]]
    sample: Callable[[], list[Cell]]
    ragged: list[Ragged]


class Reading(Struct, frozen=True, kw_only=True):
    """A table that can be read once.

    Args:
        name: of the file, sheet or member
        columns: names as they stand in the file, two header rows joined by `` / ``
        declared: the file's own type of each column where it has one: ``number``, ``nested``, or ""
        blocks: gives record batches with one text column for each name, in file order
        damage: what is known to be damaged once all blocks were read
        expected_count: rows of data that the scan of the bytes counted
        typed: gives the same blocks with numbers as floats where the file itself has them
        cells: of a text, in file order, without its header; the quick way to its columns
    """

    name: str
    columns: tuple[str, ...]
    declared: tuple[str, ...]
    blocks: Callable[[], Iterator[pa.RecordBatch]]
    encoding: str | None = None
    delimiter: str | None = None
    header_rows: int = 1
    findings: tuple[Finding, ...] = ()
    damage: Callable[[], tuple[int, tuple[Finding, ...]]] = lambda: (0, ())
    expected_count: int | None = None
    typed: Callable[[], Iterator[pa.RecordBatch]] | None = None
    cells: "TextCells | None" = None


def text_batch(columns: list[Any]) -> pa.RecordBatch:
    """Return a batch of text columns without names that could clash."""
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(column, pa.string())
        for column in columns
    ]
    return pa.RecordBatch.from_arrays(arrays, [str(at) for at in range(len(arrays))])
