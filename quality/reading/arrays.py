"""Columns of Arrow as text."""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from quality.limits import Limits

# How pandas stores the row labels of a frame; they are no column of the data.
PANDAS_INDEX: Final = "__index_level_"
BINARY_CHARS: Final = 64


def declared(kind: pa.DataType) -> str:
    """Return what a reading says of a type: ``number``, ``nested`` or nothing."""
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    return "nested" if pa.types.is_nested(kind) else ""


def as_text(column: pa.Array, limits: Limits) -> pa.Array:
    """Return a column as text, empty where it has no value."""
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if isinstance(column, pa.RunEndEncodedArray):
        column = pc.run_end_decode(column)
    if pa.types.is_nested(column.type):
        # One at a time: a cell may be small and what it shows large.
        return pa.array([str(cell.as_py())[: limits.cell_bytes] for cell in column], pa.string())
    if _binary(column.type):
        cells = column.to_pylist()
        return pa.array(["" if cell is None else cell.hex()[:BINARY_CHARS] for cell in cells])
    try:
        return pc.fill_null(column.cast(pa.string()), "")
    except pa.ArrowNotImplementedError:
        return pa.array(["" if cell is None else str(cell) for cell in column.to_pylist()])


def _binary(kind: pa.DataType) -> bool:
    tests = pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary
    return any(test(kind) for test in (*tests, pa.types.is_binary_view))
