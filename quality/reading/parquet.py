"""Parquet in batches of rows; every column as text beside its declared type."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
from pyarrow import parquet

from quality.findings import refuse
from quality.gate import parquets
from quality.limits import Limits
from quality.reading import Reading, text_batch
from quality.reading.arrays import PANDAS_INDEX, as_text, declared
from quality.sources import Source

BATCH_ROWS: Final = 65_536


def read(source: Source, limits: Limits) -> Reading:
    """Return a Parquet file as a table.

    Raises:
        Refused: what the footer shows, or a page that cannot be read
    """
    parquets.check(source, limits)
    file = parquet.ParquetFile(source.open())
    fields = [one for one in file.schema_arrow if not one.name.startswith(PANDAS_INDEX)]
    names = [one.name for one in fields]
    return Reading(
        name=source.name,
        columns=tuple(names),
        declared=tuple(declared(one.type) for one in fields),
        blocks=lambda: _blocks(file, names, limits),
        header_rows=0,
        expected_count=file.metadata.num_rows,
    )


def _blocks(
    file: parquet.ParquetFile, names: list[str], limits: Limits
) -> Iterator[pa.RecordBatch]:
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=names, use_threads=False):
            if batch.nbytes > limits.profile_memory_bytes // 4:
                raise refuse("PARQUET_EXPANSION")
            yield text_batch([as_text(column, limits) for column in batch.columns])
    except MemoryError as error:
        raise refuse("PARQUET_EXPANSION") from error
    except (pa.ArrowException, OSError, ValueError) as error:
        raise refuse("PARQUET_BROKEN") from error
