"""The command ``quality``: what it shows, what it writes, and how it ends."""

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from quality import Severity
from quality.checks import advice
from quality.cli import FINE, REFUSED, UNREADABLE, WARNED, run
from quality.findings import KINDS
from quality.terminal.words import aligned, cut, safe, share, width
from tests.quality.corpus import GOOD, zipped
from tests.repository import ROOT

Shown = pytest.CaptureFixture[str]

FINE_CSV = "t,x\n1,1.5\n2,2.5\n3,4\n"
SPARSE_CSV = "t,메모\n" + "".join(f"{n},{'있음' if n == 1 else ''}\n" for n in range(1, 10))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "fine.csv").write_text(FINE_CSV)
    (tmp_path / "in" / "deep" / "sparse.csv").write_text(SPARSE_CSV)
    (tmp_path / "in" / ".hidden").write_text("no data")
    return tmp_path / "in"


def ran(shown: Shown, *arguments: object) -> tuple[int, str, str]:
    code = run([str(one) for one in arguments])
    out, err = shown.readouterr()
    return code, out, err


@pytest.mark.slow  # real children
def test_a_file_with_nothing_wrong_is_said_to_be_fine(folder: Path, capsys: Shown) -> None:
    code, out, err = ran(capsys, "profile", folder / "fine.csv")

    assert (code, err) == (FINE, "")
    assert "결과: 좋음. 막는 것도 경고도 없습니다. 등급 A" in out
    assert "6  /     6  비어 있지 않은 칸 / 모든 칸" in out
    assert "1.5 ~ 4" in out


@pytest.mark.slow  # real children
def test_what_blocks_stands_before_what_warns_and_that_before_figures(
    folder: Path, capsys: Shown
) -> None:
    (folder / "pii.csv").write_text("a,주민번호\n1,900101-1234567\n2,900101-1234567\n")

    code, out, _ = ran(capsys, "profile", folder)

    assert code == REFUSED
    places = [
        out.index(part)
        for part in ("결과: 막힘", "[PII_RRN]", "[COL_SPARSE]", "할 일: 수집이", "지수", "표 fine.csv")
    ]  # fmt: skip
    assert places == sorted(places)
    assert ".hidden" not in out


@pytest.mark.slow  # real children
def test_warnings_end_with_one_and_english_is_english(folder: Path, capsys: Shown) -> None:
    code, out, _ = ran(capsys, "profile", folder / "deep", "--lang", "en")

    assert code == WARNED
    assert "Result: warnings. Look at 1 findings. Grade D" in out
    assert "to do: Find out whether values were lost" in out
    assert "sparse.csv" in out


@pytest.mark.slow  # real children
def test_the_report_is_written_and_two_reports_compare_as_their_files(
    folder: Path, tmp_path: Path, capsys: Shown
) -> None:
    (folder / "later.csv").write_text("t,x,y\n1,a,1\n2,b,2\n")
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    assert ran(capsys, "profile", folder / "fine.csv", "--json", one)[0] == FINE
    assert ran(capsys, "profile", folder / "later.csv", "--json", two)[0] == FINE

    of_files = ran(capsys, "compare", folder / "fine.csv", folder / "later.csv")
    of_reports = ran(capsys, "compare", one, two)

    assert of_files == of_reports
    code, out, _ = of_files
    assert code == WARNED
    assert out.startswith("행: 3 → 2\n")
    assert "새 열 (1)\n  later.csv  y\n" in out
    assert "x  실수 → 문자" in out
    code, out, _ = ran(capsys, "compare", one, folder / "fine.csv")
    assert (code, "같습니다" in out) == (FINE, True)
    code, out, _ = ran(capsys, "profile", folder / "fine.csv", "--json", "-")
    assert (code, out) == (FINE, one.read_text())


@pytest.mark.slow  # real children
def test_images_are_counted_beside_tables(tmp_path: Path, capsys: Shown) -> None:
    picture = io.BytesIO()
    Image.new("L", (32, 32), 128).save(picture, "PNG")
    (tmp_path / "a.zip").write_bytes(zipped(("a.csv", GOOD), ("a.png", picture.getvalue())))

    _, out, _ = ran(capsys, "profile", tmp_path / "a.zip")

    assert "표 1개, 3행" in out
    assert "사진 1장" in out


def test_the_schema_is_printed(capsys: Shown) -> None:
    code, out, _ = ran(capsys, "schema")

    assert code == FINE
    assert json.loads(out) == json.loads((ROOT / "docs/quality-report.schema.json").read_text())


@pytest.mark.parametrize(
    "arguments",
    [
        ["profile"],
        ["profile", "--no-such-option"],
        ["profile", "no-such-file.csv"],
        ["compare", "no-such-file.csv", "another.csv"],
        ["nonsense"],
        [],
    ],
)
def test_what_cannot_be_read_or_is_no_command_ends_with_three(
    arguments: list[str], capsys: Shown
) -> None:
    code, out, err = ran(capsys, *arguments)

    assert code == UNREADABLE
    assert err or "Usage: quality" in out


def test_an_empty_folder_ends_with_three(tmp_path: Path, capsys: Shown) -> None:
    assert ran(capsys, "profile", tmp_path) == (UNREADABLE, "", "폴더에 파일이 없습니다.\n")


@pytest.mark.slow  # a real child under a real terminal
def test_a_terminal_sees_a_bar_and_a_file_does_not(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "quality", "profile", str(folder / "fine.csv")]
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", 0) as terminal:
        ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, check=True)
        os.close(theirs)
        seen = terminal.read(4096).decode()

    assert "0 B / 20 B" in seen
    assert "읽는 중 fine.csv" in seen
    assert "결과: 좋음" in ended.stdout.decode()
    quiet = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert (quiet.stdout, quiet.stderr) == (ended.stdout, b"")


def test_a_hostile_name_moves_no_cursor() -> None:
    assert safe("a\x1b[2Jb\u202ec") == "a�[2Jb�c"


def test_hangul_takes_two_cells() -> None:
    assert (width("온도a"), cut("온도온도", 5), cut("abc", 3)) == (5, "온도…", "abc")
    assert aligned([["열", "1"], ["abc", "22"]], right=(1,)) == ["  열    1", "  abc  22"]


def test_a_share_is_not_rounded_to_nothing_or_all() -> None:
    assert share(1, 10**9) == "0.01 %"
    assert share(10**9 - 1, 10**9) == "99.99 %"
    assert share(0, 5) == "0.00 %"


def test_every_warning_says_what_to_do() -> None:
    """In its own second sentence, or in what its check says."""
    silent = [
        code
        for code, kind in KINDS.items()
        if kind.severity is Severity.warning and advice(code) is None and kind.ko.count(".") < 2
    ]
    assert silent == []
