"""Cells of new and old workbooks as text, whatever the library makes of them."""

import datetime
import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from quality import read_rows
from tests.quality import corpus_xls

pytestmark = pytest.mark.slow  # each case starts a real child


def test_values_of_a_sheet_are_written_as_people_see_them(tmp_path: Path) -> None:
    book, path = Workbook(), tmp_path / "upload"
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.title = "자료"
    sheet.append(["시각", "날", "때", "온도", "개수", "번호", "참"])
    stamp = datetime.datetime(2026, 1, 1, tzinfo=None)  # noqa: DTZ001 - sheets know no zones
    for at in range(3):
        later = stamp + datetime.timedelta(seconds=at)
        sheet.append([later, later.date(), datetime.time(0, at, 5), 20.5, 3, "00123", at == 1])
    file = io.BytesIO()
    book.save(file)
    path.write_bytes(file.getvalue())

    rows = read_rows(path, name="a.xlsx", table="자료", first_row=0, row_count=9)

    assert rows.rows == tuple(
        (
            f"2026-01-01 00:00:0{at}",
            "2026-01-01 00:00:00",
            f"00:0{at}:05",
            "20.5",
            "3",
            "00123",
            str(at == 1),
        )
        for at in range(3)
    )


def test_an_old_workbook_gives_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(corpus_xls.contained(corpus_xls.stream()))

    rows = read_rows(path, name="a.xls", table="자료", first_row=0, row_count=9)

    assert rows.columns == ("시각", "온도")
    assert rows.rows == (("1", "1.5"), ("2", "2.5"), ("3", "3.5"))
