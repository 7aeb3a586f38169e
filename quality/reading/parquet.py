"""Parquet in groups of rows, and these in batches; every column as text beside its declared type."""

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from quality.findings import refuse
from quality.gate import parquets
from quality.limits import Limits
from quality.reading import Groups, Reading, text_batch
from quality.reading.arrays import PANDAS_INDEX, as_text, declared
from quality.reading.layout import Layout
from quality.reading.ranges import RangeFile
from quality.sources import ReadRange, Source

BATCH_ROWS: Final = 65_536


def read(source: Source, limits: Limits) -> Reading:
    """Return a Parquet file as a table.

    Raises:
        Refused: what the footer shows, or a page that cannot be read
    """
    parquets.check(source, limits)
    file = parquet.ParquetFile(source.open())
    fields = [one for one in file.schema_arrow if not one.name.startswith(PANDAS_INDEX)]
    names = tuple(one.name for one in fields)
    cells, sizes = _cells(file.metadata)
    layout = Layout(
        kind="parquet", size_bytes=source.size_bytes, columns=names, groups=cells, group_bytes=sizes
    )
    groups = None if source.read is None else Groups(layout=layout, read=source.read)
    return Reading(
        name=source.name,
        columns=names,
        declared=tuple(declared(one.type) for one in fields),
        blocks=lambda: _blocks(file, names, range(file.metadata.num_row_groups), limits),
        header_rows=0,
        expected_count=file.metadata.num_rows,
        groups=groups,
    )


def opened(read_range: ReadRange, layout: Layout) -> parquet.ParquetFile:
    """Open a file that was judged before, out of ranges.

    Raises:
        Refused: it is not as it was
    """
    try:
        return parquet.ParquetFile(pa.PythonFile(RangeFile(read_range, layout.size_bytes), "r"))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refuse("PARQUET_BROKEN") from error


def batches(
    file: parquet.ParquetFile, layout: Layout, number: int, limits: Limits
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one cell as text columns.

    Raises:
        Refused: a page that cannot be read
    """
    low, high = layout.groups[number]
    return _blocks(file, layout.columns, range(low, high), limits)


def _cells(metadata: Any) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Put groups together until they make a block; return the groups and the bytes of each."""
    groups: list[tuple[int, int]] = []
    sizes: list[int] = []
    low = rows = size = 0
    for at in range(metadata.num_row_groups):
        group = metadata.row_group(at)
        rows += group.num_rows
        columns = [group.column(one) for one in range(group.num_columns)]
        size += sum(max(one.total_compressed_size, 0) for one in columns)
        if rows >= BATCH_ROWS or at + 1 == metadata.num_row_groups:
            groups.append((low, at + 1))
            sizes.append(size)
            low, rows, size = at + 1, 0, 0
    return tuple(groups), tuple(sizes)


def _blocks(
    file: parquet.ParquetFile, names: tuple[str, ...], groups: range, limits: Limits
) -> Iterator[pa.RecordBatch]:
    try:
        for batch in file.iter_batches(
            batch_size=BATCH_ROWS, row_groups=list(groups), columns=list(names), use_threads=False
        ):
            if batch.nbytes > limits.profile_memory_bytes // 4:
                raise refuse("PARQUET_EXPANSION")
            yield text_batch([as_text(column, limits) for column in batch.columns])
    except MemoryError as error:
        raise refuse("PARQUET_EXPANSION") from error
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refuse("PARQUET_BROKEN") from error
