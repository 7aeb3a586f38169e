"""Parquet: the footer is read and judged before any page is."""

from typing import Final

import pyarrow as pa
from pyarrow import parquet

from quality.findings import refuse
from quality.limits import Limits
from quality.sources import Source

MAGIC: Final = b"PAR1"
ENCRYPTED: Final = b"PARE"
TAIL_BYTES: Final = 8


def check(source: Source, limits: Limits) -> None:
    """Judge a Parquet file by its footer.

    Raises:
        Refused: broken, encrypted, split over files, or beyond the limits
    """
    size_bytes = source.size_bytes
    if size_bytes < 3 * len(MAGIC):
        raise refuse("PARQUET_BROKEN")
    with source.open() as opened:
        opened.seek(size_bytes - TAIL_BYTES)
        tail = opened.read(TAIL_BYTES)
        if tail.endswith(ENCRYPTED):
            raise refuse("PARQUET_FEATURE")
        if not tail.endswith(MAGIC) or int.from_bytes(tail[:4], "little") + TAIL_BYTES > size_bytes:
            raise refuse("PARQUET_BROKEN")
        opened.seek(0)
        try:
            _judge(parquet.ParquetFile(opened), limits)
        except (pa.ArrowException, OSError, ValueError, UnicodeError) as error:
            raise refuse("PARQUET_BROKEN") from error


def _judge(file: parquet.ParquetFile, limits: Limits) -> None:
    metadata, schema = file.metadata, file.schema_arrow
    if metadata.num_columns > limits.columns_max or len(schema) > limits.columns_max:
        raise refuse("COL_TOO_MANY", most=f"{limits.columns_max:,}")
    if metadata.num_rows > limits.rows_max:
        raise refuse("TABLE_ROWS", most=f"{limits.rows_max:,}")
    if metadata.num_rows == 0:
        raise refuse("TABLE_NO_ROWS")
    if max(depth_of(column.type) for column in schema) > limits.depth_max:
        raise refuse("SCHEMA_DEPTH", most=limits.depth_max)
    _judge_pages(metadata, limits)


def _judge_pages(metadata: parquet.FileMetaData, limits: Limits) -> None:
    for group in range(metadata.num_row_groups):
        for position in range(metadata.num_columns):
            column = metadata.row_group(group).column(position)
            if column.file_path:
                raise refuse("PARQUET_FEATURE")
            if column.total_uncompressed_size > limits.unpacked_bytes:
                raise refuse("PARQUET_EXPANSION")


def depth_of(kind: pa.DataType) -> int:
    """Return how deeply a type is nested; 1 when it is not."""
    if pa.types.is_dictionary(kind):
        return depth_of(kind.value_type)
    inner = [kind.field(at).type for at in range(kind.num_fields)]
    return 1 + max((depth_of(one) for one in inner), default=0)
