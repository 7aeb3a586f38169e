"""Arrow IPC gives the table that Parquet gives, and every type has a text."""

import datetime
import decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import ipc, parquet

from quality import Column, examine, read_rows
from tests.quality.corpus_arrow import batch, written
from tests.quality.test_real_files import REAL

pytestmark = pytest.mark.slow  # each case starts real children

STAMP = datetime.datetime(2026, 1, 1, 0, 0, 1, tzinfo=datetime.UTC)
COLUMNS: dict[str, tuple[pa.Array, str]] = {
    "boolean": (pa.array([True]), "true"),
    "half": (pa.array([1.5], pa.float16()), "1.5"),
    "decimal": (pa.array([decimal.Decimal("1.50")]), "1.50"),
    "stamp": (pa.array([STAMP], pa.timestamp("us", "Asia/Seoul")), "2026-01-01 09:00:01.000000+0900"),
    "date": (pa.array([STAMP.date()]), "2026-01-01"),
    "duration": (pa.array([datetime.timedelta(seconds=5)], pa.duration("s")), "5"),
    "interval": (pa.array([(1, 2, 3)], pa.month_day_nano_interval()), "MonthDayNano(months=1, days=2, nanoseconds=3)"),
    "bytes": (pa.array([b"\x00\xff"]), "00ff"),
    "fixed": (pa.array([b"\x00\xff"], pa.binary(2)), "00ff"),
    "large": (pa.array(["가"], pa.large_string()), "가"),
    "view": (pa.array(["가나다라마"], pa.string_view()), "가나다라마"),
    "words": (pa.array(["x"]).dictionary_encode(), "x"),
    "runs": (pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array(["y"])), "y"),
    "list": (pa.array([[1, None]]), "[1, None]"),
    "struct": (pa.array([{"a": 1}]), "{'a': 1}"),
    "nothing": (pa.nulls(1), ""),
}  # fmt: skip


@pytest.mark.parametrize("file", [True, False], ids=["file", "stream"])
def test_every_type_has_a_text(file: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    path = tmp_path / "upload"
    made = batch(**{name: column for name, (column, _) in COLUMNS.items()})
    path.write_bytes(written(made, file=file))

    rows = read_rows(path, name="a.arrow", table="a.arrow", first_row=0, row_count=9)

    assert dict(zip(rows.columns, rows.rows[0], strict=True)) == {
        name: shown for name, (_, shown) in COLUMNS.items()
    }


def test_the_table_of_a_real_file_is_the_same_as_arrow(tmp_path: Path) -> None:
    if REAL is None:
        pytest.skip("the folder of real files does not lie beside the repository")
    source, path = REAL / "kamp_casting_process.parquet", tmp_path / "upload"
    table = parquet.read_table(source)
    with ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=10_000)

    (one,) = examine(source, name="a.parquet").tables
    (other,) = examine(path, name="a.arrow").tables

    assert (one.row_count, one.distinct_groups) == (other.row_count, other.distinct_groups)
    assert [counts(column) for column in one.columns] == [
        counts(column) for column in other.columns
    ]


def counts(column: Column) -> tuple[object, ...]:
    """Return what does not depend on how the rows are cut into batches."""
    number = column.number
    ends = (number.low, number.high, number.zero_count) if number else ()
    return (
        column.name,
        column.kind,
        column.null_count,
        column.distinct_count,
        column.longest_run,
        ends,
    )
