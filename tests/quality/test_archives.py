"""What lies in a ZIP is read as if it had come alone, under its name in composed Hangul."""

import unicodedata
from pathlib import Path

import pytest

from quality import examine
from tests.quality import corpus_zip

pytestmark = pytest.mark.slow  # each case starts two real children


def test_every_kind_of_table_is_read_from_any_folder(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(corpus_zip.every_kind())

    report = examine(path, name="a.zip")

    assert [(table.name, table.row_count) for table in report.tables] == [
        ("자료/a.csv", 3),
        ("자료/깊은/b.xlsx / Sheet", 2),
        ("c.xls / 자료", 3),
        ("d.parquet", 3),
        ("e.feather", 3),
        ("f.jsonl", 3),
        ("g.json", 3),
    ]
    kinds = {member.name: member.kind for member in report.members}
    assert kinds["e.feather"] == "arrow"
    assert kinds["설명.md"] == "other"
    assert len(kinds) == len(corpus_zip.MEMBERS)


@pytest.mark.parametrize(
    "raw",
    ["정상 데이터.csv".encode("cp949"), unicodedata.normalize("NFD", "정상 데이터.csv").encode()],
    ids=["CP949", "NFD without a flag"],
)
def test_names_without_a_word_of_their_encoding_come_out_composed(
    raw: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(corpus_zip.named(raw))

    report = examine(path, name="a.zip")

    assert [member.name for member in report.members] == ["정상 데이터.csv"]
    assert [table.name for table in report.tables] == ["정상 데이터.csv"]
