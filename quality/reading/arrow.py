"""Arrow IPC in batches; each is validated in full before a value is touched, none is mapped."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc

from quality.findings import refuse
from quality.gate import arrows
from quality.gate.parquets import depth_of
from quality.limits import MIB, Limits
from quality.reading import Reading, text_batch
from quality.reading.arrays import PANDAS_INDEX, as_text, declared
from quality.sources import Source

SLICE_ROWS: Final = 65_536
SLICE_BYTES: Final = 64 * MIB
# How long a cell of another type than text may become.
PLAIN_CHARS: Final = 64
BROKEN: Final = (pa.ArrowException, OSError, ValueError, KeyError, TypeError)


def read(source: Source, limits: Limits) -> Reading:
    """Return an Arrow file or stream as a table.

    Raises:
        Refused: broken frames or schema, no rows, or beyond the limits
    """
    frames = arrows.check(source, limits)
    reader = _opened(source, frames)
    _judge(reader.schema, limits)
    kept = [at for at, one in enumerate(reader.schema) if not one.name.startswith(PANDAS_INDEX)]
    fields = [reader.schema.field(at) for at in kept]
    return Reading(
        name=source.name,
        columns=tuple(one.name for one in fields),
        declared=tuple(declared(one.type) for one in fields),
        blocks=lambda: _blocks(_opened(source, frames), kept, limits),
        header_rows=0,
        expected_count=frames.row_count,
    )


def _opened(source: Source, frames: arrows.Frames) -> ipc.RecordBatchStreamReader:
    stream = source.open()
    stream.seek(frames.start)
    try:
        return ipc.open_stream(pa.PythonFile(arrows.Region(stream, frames.start, frames.end), "r"))
    except BROKEN as error:
        raise refuse("ARROW_INVALID") from error


def _judge(schema: pa.Schema, limits: Limits) -> None:
    if len(schema) > limits.columns_max:
        raise refuse("COL_TOO_MANY", most=f"{limits.columns_max:,}")
    if not len(schema):
        raise refuse("TABLE_NO_ROWS")
    if max(depth_of(one.type) for one in schema) > limits.depth_max:
        raise refuse("SCHEMA_DEPTH", most=limits.depth_max)


def _blocks(
    reader: ipc.RecordBatchStreamReader, kept: list[int], limits: Limits
) -> Iterator[pa.RecordBatch]:
    try:
        for batch in reader:
            batch.validate(full=True)
            columns = [batch.column(at) for at in kept]
            step = _step(columns, limits)
            for at in range(0, batch.num_rows, step):
                yield text_batch([as_text(one.slice(at, step), limits) for one in columns])
    except MemoryError as error:
        raise refuse("ARROW_EXPANSION") from error
    except BROKEN as error:
        raise refuse("ARROW_INVALID") from error


def _step(columns: list[pa.Array], limits: Limits) -> int:
    """Return how many rows at once stay small as text, however often a value is repeated."""
    widest = [_widest(column) for column in columns]
    if max(widest) > limits.cell_bytes:
        raise refuse("CELL_TOO_LONG", row=1, most=f"{limits.cell_bytes:,}")
    return max(1, min(SLICE_ROWS, SLICE_BYTES // sum(widest)))


def _widest(column: pa.Array) -> int:
    """Return the bytes of a column's longest value."""
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary
    if isinstance(column, pa.RunEndEncodedArray):
        column = column.values
    kind = column.type
    if not (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    ):
        return PLAIN_CHARS
    if pa.types.is_string_view(kind):
        # Lengths of views stand in their first four bytes.
        return _widest_view(column)
    return max(pc.max(pc.binary_length(column)).as_py() or 0, PLAIN_CHARS)


def _widest_view(column: pa.Array) -> int:
    views = column.buffers()[1]
    if views is None:
        return PLAIN_CHARS
    lengths = pa.Array.from_buffers(pa.int32(), 4 * len(views) // 16, [None, views])[::4]
    return max(pc.max(lengths).as_py() or 0, PLAIN_CHARS)
