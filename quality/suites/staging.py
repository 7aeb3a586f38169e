"""Columns of a table as a Parquet file with types, for rules that other libraries run."""

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from quality.profile.planned import ColumnPlan, Plan
from quality.suites.viewing import View

ROW: Final = "row"
_TYPES: Final = {"number": pa.float64(), "time": pa.timestamp("us"), "text": pa.string()}
# Whole numbers are exact as floats below it.
EXACT: Final = 2.0**53


class Stage:
    """Writes some columns of a table, named c0, c1 … by position, beside the row of data from 1.

    Args:
        path: of the file that is written
        positions: of the columns
    """

    def __init__(self, path: Path, plan: Plan, positions: list[int]) -> None:
        self.path = path
        self.columns = [plan.columns[at] for at in sorted(positions)]
        self.whole = {one.position: True for one in self.columns if one.kind == "number"}
        self.row_count = 0
        fields = [pa.field(name_of(one.position), _TYPES[one.kind]) for one in self.columns]
        self._schema = pa.schema([pa.field(ROW, pa.int64()), *fields])
        self._writer = pq.ParquetWriter(str(path), self._schema, compression="zstd")

    def add(self, view: View) -> None:
        """Write the next block."""
        rows = np.arange(self.row_count + 1, self.row_count + view.rows + 1, dtype=np.int64)
        arrays = [pa.array(rows), *(self._array(view, one) for one in self.columns)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self.row_count += view.rows

    def _array(self, view: View, column: ColumnPlan) -> pa.Array:
        at = column.position
        missing = ~view.filled(at)
        if column.kind == "time":
            return pa.array(view.stamps(at), pa.timestamp("us"), mask=missing)
        if column.kind == "text":
            cells = view.coded(at)
            return cells.values.take(pa.array(cells.places, pa.int32(), mask=missing))
        values = view.numbers(at)
        if self.whole[at]:
            known = values[~missing]
            self.whole[at] = bool((known == np.rint(known)).all() and (np.abs(known) < EXACT).all())
        return pa.array(values, mask=missing)

    def close(self) -> None:
        """End the file."""
        self._writer.close()


def name_of(position: int) -> str:
    """Return the name that a column has while other libraries look at it: no two differ in case alone."""
    return f"c{position}"
