"""JSON Lines and arrays of objects become the table that the same rows as CSV would be."""

import csv
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from quality import Table, examine, read_rows
from tests.quality.test_real_files import REAL

pytestmark = pytest.mark.slow  # each case starts two real children

LINES = (
    '{"시각": "2026-01-01 00:00:00", "값": 2.50, "축": {"x": 1, "y": {"z": true}}, "점": [1, "a", null]}',
    '{"값": 12345678901234567890, "시각": null, "축": {"x": 2}, "점": [], "축 없음": 1}',
    '{"시각": "2026-01-01 00:00:02", "값": 1e400, "축": null}',
)
COLUMNS = ("시각", "값", "축.x", "축.y.z", "점", "축 없음", "축")
ROWS = (
    ("2026-01-01 00:00:00", "2.50", "1", "true", '[1,"a",null]', "", ""),
    ("", "12345678901234567890", "2", "", "[]", "1", ""),
    ("2026-01-01 00:00:02", "1e400", "", "", "", "", ""),
)


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json"])
def test_numbers_stay_as_written_and_objects_are_flattened(name: str, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    array = name == "a.json"
    path.write_text(f"[{','.join(LINES)}]" if array else "\n".join(LINES))

    rows = read_rows(path, name=name, table=name, first_row=0, row_count=10)

    assert (rows.columns, rows.rows) == (COLUMNS, ROWS)
    (table,) = examine(path, name=name).tables
    assert [column.kind for column in table.columns if column.name == "점"] == ["nested"]


def test_objects_below_the_depth_that_is_flattened_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text('{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":1}}}}}}}}}\n')

    rows = read_rows(path, name="a.jsonl", table="a.jsonl", first_row=0, row_count=1)

    assert rows == replace(rows, columns=("a.b.c.d.e.f.g.h",), rows=(('{"i":1}',),))


def test_the_table_of_a_real_file_is_the_same_as_json_lines(tmp_path: Path) -> None:
    if REAL is None:
        pytest.skip("the folder of real files does not lie beside the repository")
    source, path = REAL / "kamp_plating_2021-10-14.csv", tmp_path / "upload"
    with source.open(encoding="utf-8-sig", newline="") as opened:
        path.write_text("".join(json.dumps(row) + "\n" for row in csv.DictReader(opened)))

    (one,) = examine(source, name="a.csv").tables
    (other,) = examine(path, name="a.jsonl").tables

    assert alike(one) == alike(other)


def alike(table: Table) -> Table:
    """Leave out what the file gives; a CSV's clean numbers are counted without their letters."""
    columns = tuple(replace(column, length_max=None) for column in table.columns)
    return replace(table, name="", encoding=None, delimiter=None, header_rows=0, columns=columns)
