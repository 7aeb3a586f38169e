"""What differs between two versions, and how the grade comes about; pure."""

from pathlib import Path

import pytest

from quality import FileReport, compare, examine, summarize

pytestmark = pytest.mark.slow  # the reports come from real children


def report_of(folder: Path, content: str, name: str = "a.csv") -> FileReport:
    path = folder / "upload"
    path.write_text(content)
    return examine(path, name=name)


def test_a_new_version_says_what_it_adds_drops_and_retypes(tmp_path: Path) -> None:
    before = summarize([report_of(tmp_path, "t,x,y\n1,1.5,a\n2,2.5,b\n")])
    after = summarize([report_of(tmp_path, "t,x,z\n1,p,1\n2,q,2\n3,r,3\n", "renamed.csv")])

    found = compare(before, after)

    assert found.columns_added == (("renamed.csv", "z"),)
    assert found.columns_removed == (("renamed.csv", "y"),)
    changed = {one.column: one for one in found.columns_changed}
    assert (changed["x"].kind_before, changed["x"].kind_after, changed["x"].retyped) == (
        "number",
        "text",
        True,
    )
    assert (changed["t"].mean_before, changed["t"].mean_after) == (1.5, 2.0)
    assert (found.rows_before, found.rows_after) == (2, 3)
    assert compare(before, before).columns_changed == ()


def test_tables_of_several_files_belong_together_by_name(tmp_path: Path) -> None:
    one, two = report_of(tmp_path, "a\n1\n"), report_of(tmp_path, "a\n1\n", "b.csv")

    found = compare(summarize([one]), summarize([one, two]))

    assert (found.tables_added, found.tables_removed) == (("b.csv",), ())


def test_the_grade_shows_its_fractions_and_what_was_not_measured(tmp_path: Path) -> None:
    report = summarize([report_of(tmp_path, "a,b\n1,\n2,x\n2,x\n")])
    known = {one.name: one for one in report.indices}

    assert (known["completeness"].numerator, known["completeness"].denominator) == (5, 6)
    assert (known["uniqueness"].numerator, known["uniqueness"].denominator) == (2, 3)
    assert known["validity"].pct is None
    assert known["accuracy"].pct is None
    assert (known["integrity"].numerator, known["integrity"].denominator) == (1, 2)
    # 6, 1 and 1 parts of what was measured: 83.33, 66.67 and 50 per cent.
    assert report.total_pct == pytest.approx((6 * 500 / 6 + 200 / 3 + 50) / 8)
    assert report.grade == "C"


def test_what_blocks_leaves_no_grade(tmp_path: Path) -> None:
    report = summarize([report_of(tmp_path, "a,a\n1,2\n")])

    assert (report.grade, report.blocker_count) == ("-", 1)
    assert "차단 1건" in report.grade_ko
