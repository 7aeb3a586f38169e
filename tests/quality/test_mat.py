"""Tables and columns of numbers in MAT files come out as they were written."""

from pathlib import Path

import pytest

from quality import examine, read_rows
from tests.quality import corpus_mat

pytestmark = pytest.mark.slow  # each case starts real children


def test_columns_of_one_length_stand_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(corpus_mat.good())

    tables = {table.name: table for table in examine(path, name="a.mat").tables}

    assert {name: table.row_count for name, table in tables.items()} == {
        "m": 10,
        "DE_time, FE_time": 50,
    }
    rows = read_rows(path, name="a.mat", table="DE_time, FE_time", first_row=48, row_count=9)
    assert rows.columns == ("DE_time", "FE_time")
    assert rows.rows == (("48", "48"), ("49", "49"))
    rows = read_rows(path, name="a.mat", table="m", first_row=0, row_count=2)
    assert rows.columns == ("m_1", "m_2", "m_3")
    assert rows.rows == (("0", "10", "20"), ("1", "11", "21"))


def test_the_other_byte_order_gives_the_same_numbers(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(corpus_mat.swapped())

    rows = read_rows(path, name="a.mat", table="x", first_row=0, row_count=9)

    assert rows.rows == (("0",), ("1",), ("2",), ("3",))
