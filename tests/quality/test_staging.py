"""Tables staged as typed Parquet hold the rows of the file, in columns that any tool can name."""

import datetime
import json
import math
import os
import random
import tempfile
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pyarrow import parquet

from quality import Limits, canonical, examine
from quality.engines.dasked import Dask
from quality.engines.local import Processes
from quality.errors import EngineUnavailable
from quality.noting import Notes
from quality.profile import profile, rows_of
from quality.profile.pieces import Work
from quality.profile.staging import METADATA, Staging, safe_names
from quality.sources import opened_at
from quality.ways import Way
from tests.quality.machine_tables import NAMES, written
from tests.quality.test_engines import KINDS

SLOWLY = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def staged(path: Path, name: str, limits: Limits, work: Work | None = None) -> bytes:
    """What one table is staged as, by this process."""
    with tempfile.TemporaryFile() as file, opened_at(path) as given_file:
        staging = Staging(file.fileno(), Notes())
        profile(given_file, name, limits, work=replace(work or Work(), staging=staging))
        assert not staging.full
        return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)


def read(content: bytes) -> pa.Table:
    return parquet.read_table(pa.BufferReader(content))


def meant(cell: str, kind: pa.DataType) -> object:
    """What a cell is as a value of a type; none where it is no such value."""
    if cell == "":
        return None
    if kind == pa.string():
        return cell
    with suppress(ValueError):
        if pa.types.is_timestamp(kind):
            return datetime.datetime.fromisoformat(cell)
        value = float(cell.strip().replace(",", ""))
        return value if math.isfinite(value) else None
    return None


@SLOWLY
@given(
    kind=st.sampled_from(sorted(KINDS)),
    seed=st.integers(0, 2**32),
    count=st.integers(1, 400),
    threads=st.integers(1, 3),
)
def test_the_rows_come_back(tmp_path: Path, kind: str, seed: int, count: int, threads: int) -> None:
    name, limits = KINDS[kind], Limits(block_bytes=4_096)
    path = written(tmp_path / name, kind, random.Random(seed), count)
    content = staged(path, name, limits)

    table = read(content)
    with opened_at(path) as file:
        names, rows = rows_of(file, name, name, 0, 10**6, limits)

    told = json.loads(table.schema.metadata[METADATA])
    assert [one["name"] for one in told] == list(names)
    assert [one["column"] for one in told] == table.column_names
    for at, field in enumerate(table.schema):
        cells = [row[at] for row in rows]
        assert table.column(at).to_pylist() == [meant(cell, field.type) for cell in cells]
    assert staged(path, name, limits, Work(threads, 2)) == content


def test_columns_are_typed_by_the_plan(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "utf-8", random.Random(1), 300)

    kinds = {field.name: str(field.type) for field in read(staged(path, "a.csv", Limits())).schema}

    assert kinds == {
        "시각": "timestamp[us]",
        "설비": "string",
        "온도": "double",
        "횟수": "int64",
        "번호": "string",
        "판정": "string",
        "메모": "string",
    }
    assert len(NAMES) == len(kinds)


@pytest.mark.parametrize(
    ("late", "kind", "value"),
    [
        ("1.5,2026-01-01 00:00:00", "double", 1.5),
        ("9007199254740994,2026-01-01 00:00:00", "double", 9007199254740994.0),
        ("1,2026-01-01 00:00:00+09:00", "string", "2026-01-01 00:00:00+09:00"),
    ],
)
def test_a_column_that_turns_out_to_be_another_is_written_again(
    tmp_path: Path, late: str, kind: str, value: object
) -> None:
    """What no sample showed: the plan is made from six stretches of a large file."""
    path = tmp_path / "a.csv"
    line = b"1,2026-01-01 00:00:00\n"
    limits = Limits(block_bytes=1 << 20)
    rows = 26 * (1 << 20) // len(line)
    with path.open("wb") as file:
        file.write(
            b"n,t\n" + line * (rows // 10) + late.encode() + b"\n" + line * (rows - rows // 10)
        )

    table = read(staged(path, "a.csv", limits))

    assert kind in [str(field.type) for field in table.schema]
    assert value in (table.column(0)[rows // 10].as_py(), table.column(1)[rows // 10].as_py())
    assert table.num_rows == rows + 1


def test_names_are_told_apart_whatever_their_case() -> None:
    given_names = ["Temp [℃]", "temp (℃)", "", "1호기", "a.b", "A b", "가" * 90, 'x"; drop', "a_b"]

    found = safe_names(given_names)

    assert len({one.casefold() for one in found}) == len(given_names)
    assert found[2:6] == ["column_3", "_1호기", "a_b", "A_b_2"]
    assert all(one.isidentifier() for one in found)


@pytest.mark.slow  # real children
def test_a_file_is_staged_while_it_is_examined(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "cp949", random.Random(2), 200)
    stage = tmp_path / "staged"

    report = examine(path, name="a.csv", stage=stage)
    examine(path, name="a.csv", stage=tmp_path / "other", way=Way(engine=Processes(2, 4)))

    assert canonical(report) == canonical(examine(path, name="a.csv"))
    assert [one.name for one in stage.iterdir()] == ["1.parquet"]
    content = (stage / "1.parquet").read_bytes()
    assert content == staged(path, "a.csv", Limits())
    assert content == (tmp_path / "other" / "1.parquet").read_bytes()


@pytest.mark.slow  # real children
def test_what_takes_more_than_is_allowed_is_not_staged(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "utf-8", random.Random(2), 200)
    limits = Limits(written_free_bytes=1_000, written_share=0.01)

    report = examine(path, name="a.csv", limits=limits, stage=tmp_path / "staged")

    assert report.findings[-1].code == "STAGE_TOO_LARGE"
    assert not (tmp_path / "staged").exists()
    assert report.tables[0].row_count > 0


@pytest.mark.slow  # a real child
def test_parquet_is_not_written_far_away(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "utf-8", random.Random(2), 20)

    with pytest.raises(EngineUnavailable):
        examine(path, name="a.csv", stage=tmp_path / "s", way=Way(engine=Dask("tcp://127.0.0.1:9")))
