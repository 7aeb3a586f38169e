"""MAT: each table of numbers, and columns of the same length side by side."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
from msgspec.structs import replace
from numpy.typing import NDArray

from quality.findings import found, refuse
from quality.gate import mats
from quality.gate.mats import Variable
from quality.limits import Limits
from quality.reading import Reading, text_batch
from quality.reading.arrays import as_text
from quality.sources import Source

SLICE_ROWS: Final = 65_536
NAME_CHARS: Final = 100
NAMED: Final = 3


def read(source: Source, limits: Limits) -> list[Reading]:
    """Return the tables of numbers in a MAT file.

    Raises:
        Refused: damage, no table of numbers, or more than the limits
    """
    variables = mats.check(source, limits)
    skipped = [one.name for one in variables if one.name and not one.stored]
    columns: dict[int, list[Variable]] = {}
    tables = [[one] for one in variables if one.columns > 1]
    for one in variables:
        if one.columns == 1:
            columns.setdefault(one.rows, []).append(one)
    readings = [_reading(source, group, limits) for group in (*tables, *columns.values())]
    if skipped:
        note = found("MAT_SKIPPED", count=len(skipped), examples=skipped[:NAMED])
        readings[0] = replace(readings[0], findings=(note,))
    return readings


def _reading(source: Source, group: list[Variable], limits: Limits) -> Reading:
    width = sum(one.columns for one in group)
    if width > limits.columns_max:
        raise refuse("COL_TOO_MANY", most=f"{limits.columns_max:,}")
    if group[0].rows > limits.rows_max:
        raise refuse("TABLE_ROWS", most=f"{limits.rows_max:,}")
    if sum(one.data_bytes + one.size_bytes for one in group) > limits.profile_memory_bytes // 2:
        raise refuse("SHAPE_TOO_LARGE", name=group[0].name)
    return Reading(
        name=", ".join(one.name for one in group)[:NAME_CHARS],
        columns=tuple(_names(group)),
        declared=tuple(
            "number" if one.stored[1] == "f" else "" for one in group for _ in range(one.columns)
        ),
        blocks=lambda: _blocks(source, group, limits),
        header_rows=0,
        expected_count=group[0].rows,
    )


def _names(group: list[Variable]) -> Iterator[str]:
    for one in group:
        if one.columns == 1:
            yield one.name
        else:
            yield from (f"{one.name}_{at + 1}" for at in range(one.columns))


def _blocks(source: Source, group: list[Variable], limits: Limits) -> Iterator[pa.RecordBatch]:
    with source.open() as stream:
        arrays = [_array(mats.numbers(stream, one), one) for one in group]
    step = max(1, SLICE_ROWS // sum(one.columns for one in group))
    for at in range(0, group[0].rows, step):
        columns = [column for one in arrays for column in one[at : at + step].T]
        yield text_batch([as_text(pa.array(np.ascontiguousarray(one)), limits) for one in columns])


def _array(content: bytes, variable: Variable) -> NDArray[Any]:
    """Return the numbers by rows and columns, in the byte order of this machine."""
    stored = np.frombuffer(content, dtype=np.dtype(variable.stored))
    table = stored.reshape((variable.rows, variable.columns), order="F")
    return table.astype(table.dtype.newbyteorder("="), copy=False)
