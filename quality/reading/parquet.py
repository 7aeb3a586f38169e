"""Parquet in batches of rows; every column as text beside its declared type."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from quality.findings import refuse
from quality.gate import parquets
from quality.limits import Limits
from quality.reading import Reading, text_batch
from quality.sources import Source

BATCH_ROWS: Final = 65_536
# How pandas stores the row labels of a frame; they are no column of the data.
PANDAS_INDEX: Final = "__index_level_"


def read(source: Source, limits: Limits) -> Reading:
    """Return a Parquet file as a table.

    Raises:
        Refused: what the footer shows, or a page that cannot be read
    """
    with source.open() as stream:
        parquets.check(stream, source.size_bytes, limits)
    file = parquet.ParquetFile(source.open())
    fields = [one for one in file.schema_arrow if not one.name.startswith(PANDAS_INDEX)]
    names = [one.name for one in fields]
    return Reading(
        name=source.name,
        columns=tuple(names),
        declared=tuple(_declared(one.type) for one in fields),
        blocks=lambda: _blocks(file, names, limits),
        header_rows=0,
        expected_count=file.metadata.num_rows,
    )


def _declared(kind: pa.DataType) -> str:
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    return "nested" if pa.types.is_nested(kind) else ""


def _blocks(
    file: parquet.ParquetFile, names: list[str], limits: Limits
) -> Iterator[pa.RecordBatch]:
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=names, use_threads=False):
            if batch.nbytes > limits.profile_memory_bytes // 4:
                raise refuse("PARQUET_EXPANSION")
            yield text_batch([_as_text(column, limits) for column in batch.columns])
    except MemoryError as error:
        raise refuse("PARQUET_EXPANSION") from error
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refuse("PARQUET_BROKEN") from error


def _as_text(column: pa.Array, limits: Limits) -> pa.Array:
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        return pa.array([str(cell)[: limits.cell_bytes] for cell in column.to_pylist()])
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array(["" if cell is None else cell.hex()[:64] for cell in column.to_pylist()])
    return pc.fill_null(column.cast(pa.string()), "")
