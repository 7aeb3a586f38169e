"""Checks of how a file is written, of tables, of time and of privacy: each finds what is planted and is silent otherwise."""

from datetime import date
from pathlib import Path

import pytest

from quality import ACROSS_CHECKS, CHECKS, Check, FileReport, Finding, Limits, Severity, examine
from quality.checks import aged, judged, run
from quality.checks.checking import Thresholds
from quality.findings import KINDS, SAME_CODE
from quality.profile import profile
from quality.sources import opened_at
from tests.quality.corpus import GOOD, zipped
from tests.quality.test_checks import NOISE, ROWS, clean, replaced, stamps, without


def looked(columns: dict[str, list[str]], folder: Path) -> FileReport:
    """Count a table without a child: what children do is tested elsewhere."""
    rows = zip(*columns.values(), strict=True)
    text = "\n".join([",".join(columns), *(",".join(row) for row in rows)]) + "\n"
    path = folder / "upload"
    path.write_text(text)
    with opened_at(path) as file:
        return judged(profile(file, "a.csv", Limits()))


def found_by(report: FileReport, check: str) -> list[Finding]:
    return [one for one in report.findings if one.check == check]


def only(report: FileReport, check: str) -> Finding:
    (finding,) = found_by(report, check)
    return finding


def state(report: FileReport, check: str) -> str:
    """What came of a check of the file, or of its only table."""
    came = (*report.checks, *(one for table in report.tables for one in table.checks))
    return next(one.state for one in came if one.id == check)


def rows_of(finding: Finding) -> list[int]:
    return [place.row for place in finding.places]


def test_every_code_belongs_to_one_check() -> None:
    codes = [code for check in CHECKS for code in check.codes]
    codes += [code for across in ACROSS_CHECKS for code in across.codes]

    assert sorted(codes) == sorted(set(codes)), "a code belongs to two checks"
    assert set(KINDS) - set(SAME_CODE) - set(codes) == set(), "add these to a check"
    assert set(codes) - set(KINDS) == set(), "a check gives a code that has no sentences"


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.id)
def test_every_check_says_what_it_is(check: Check) -> None:
    said = (check.ko, check.en, check.rule_ko, check.rule_en, check.source, check.todo_ko, check.todo_en)  # fmt: skip

    assert all(said), said
    assert check.look is not None or check.whole is not None


def test_ids_are_different() -> None:
    ids = [check.id for check in CHECKS]
    assert len(ids) == len(set(ids))


def test_a_clean_file_is_clear_in_every_check_that_could_run(tmp_path: Path) -> None:
    report = looked(clean(), tmp_path)

    assert report.findings == ()
    assert {one.id for one in report.checks} == {one.id for one in CHECKS if one.whole}
    (table,) = report.tables
    assert {one.id for one in table.checks} == {one.id for one in CHECKS if one.whole is None}
    assert {one.id for one in report.checks if one.state == "clear"} == {"F0", "F1", "F2", "F8"}


# File


@pytest.mark.slow  # real children
def test_what_the_gate_finds_is_told_by_its_check(tmp_path: Path) -> None:
    cases = (
        ("a.csv", b"", "F0", "FILE_EMPTY"),
        ("a.csv", "a,b\n가,1\n".encode("cp949") * 4, "F1", "ENC_CONVERTED"),
        ("a.csv", b"a,a\n1,2\n3,4\n", "F2", "COL_DUPLICATE"),
        ("a.zip", zipped(("../a.csv", GOOD)), "F3", "ARCHIVE_PATH"),
        ("a.csv", GOOD * 30 + b"1,2\n", "F8", "CSV_COLUMNS"),
    )
    for name, content, check, code in cases:
        path = tmp_path / "upload"
        path.write_bytes(content)
        report = examine(path, name=name)
        assert code in {one.code for one in found_by(report, check)}, name
        assert state(report, check) == "found"


def test_numbers_with_commas_spaces_and_units_are_told_with_their_forms(tmp_path: Path) -> None:
    columns = clean() | {
        "금형": [f" {one:,} " for one in range(1_000, 1_000 + ROWS)],
        "길이": [f"{at % 50}.5 mm" for at in range(ROWS)],
    }
    quoted = {
        name: [f'"{cell}"' if "," in cell else cell for cell in cells]
        for name, cells in columns.items()
    }
    report = looked(quoted, tmp_path)
    forms = {column.name: column.number_forms for column in report.tables[0].columns}

    assert dict(forms["금형"]) == {"comma": ROWS, "space": ROWS}
    assert dict(forms["길이"]) == {"unit mm": ROWS}
    assert {one.column for one in found_by(report, "F4")} == {"금형", "길이"}
    assert [place.value for place in found_by(report, "F4")[0].places][:1] == [" 1,000 "]


def test_codes_with_leading_zeros_stay_texts(tmp_path: Path) -> None:
    finding = only(
        looked(clean() | {"품목": [f"{at % 40:04d}" for at in range(ROWS)]}, tmp_path), "F5"
    )

    assert (finding.column, finding.count, finding.places[0].value) == ("품목", ROWS, "0000")


def test_words_for_missing_values_are_counted_by_their_spelling(tmp_path: Path) -> None:
    columns = clean()
    for row, word in ((10, "-"), (20, "N/A"), (30, "-"), (40, "결측")):
        columns["온도 [℃]"] = replaced(columns["온도 [℃]"], row, [word])
    report = looked(columns, tmp_path)
    finding = only(report, "F6")

    assert report.tables[0].columns[1].placeholders == (("-", 2), ("N/A", 1), ("결측", 1))
    assert [(one.row, one.value) for one in finding.places] == [(11, "-"), (21, "N/A"), (31, "-"), (41, "결측")]  # fmt: skip
    assert finding.row == 11


def test_dates_that_could_be_read_in_two_ways_are_counted(tmp_path: Path) -> None:
    clear = [f"{at % 28 + 1:02d}/03/2026 08:{at // 60 % 60:02d}" for at in range(ROWS)]
    unclear = [f"{at % 12 + 1:02d}/03/2026 08:{at // 60 % 60:02d}" for at in range(ROWS)]
    some = only(looked(clean() | {"시각": clear}, tmp_path), "F7")
    every = only(looked(clean() | {"시각": unclear}, tmp_path), "F7")

    assert (some.code, some.severity) == ("DATE_ORDER", Severity.note)
    assert some.count == sum(at % 28 < 12 for at in range(ROWS))
    assert (every.count, every.severity) == (ROWS, Severity.warning)


def test_times_without_a_date_and_impossible_days_are_told(tmp_path: Path) -> None:
    alone = [stamp[11:] for stamp in stamps()]
    wrong = replaced(stamps(), 5, ["2026-02-30 08:00:00"])

    assert only(looked(clean() | {"시각": alone}, tmp_path), "F7").code == "TIME_NO_DATE"
    finding = only(looked(clean() | {"시각": wrong}, tmp_path), "F7")
    assert (finding.code, rows_of(finding)) == ("DATE_IMPOSSIBLE", [6])


def test_lost_letters_are_found(tmp_path: Path) -> None:
    names = [("소재 \ufffd", "완성?품", "반제품?", "what?")[at % 4] for at in range(ROWS)]
    finding = only(looked(clean() | {"구분": names}, tmp_path), "F8")

    assert (finding.code, finding.count) == ("TEXT_BROKEN", ROWS // 2)


# Table


def test_columns_with_many_empty_cells_are_told_with_their_rows(tmp_path: Path) -> None:
    columns = clean()
    columns["온도 [℃]"] = replaced(columns["온도 [℃]"], 100, [""] * 700)
    finding = only(looked(columns, tmp_path), "T1")

    assert (finding.count, rows_of(finding)) == (700, list(range(101, 121)))
    columns["온도 [℃]"] = replaced(clean()["온도 [℃]"], 100, [""] * 600)
    assert found_by(looked(columns, tmp_path), "T1") == []  # 30 % is allowed


def test_repeated_rows_are_told_with_and_without_their_number(tmp_path: Path) -> None:
    columns = clean()
    again = {name: [*cells[:1_000], *cells[990:1_990]] for name, cells in columns.items()}
    numbered = {"번호": [str(at) for at in range(ROWS)], **again}

    plain = only(looked(again, tmp_path), "T2")
    assert (plain.code, plain.count, rows_of(plain)) == ("ROWS_REPEATED", 10, list(range(1_001, 1_011)))  # fmt: skip
    found = only(looked(numbered, tmp_path), "T2")
    assert (found.code, found.count, rows_of(found)) == ("ROWS_REPEATED_BUT_ID", 10, list(range(1_001, 1_011)))  # fmt: skip


def test_a_serial_number_that_comes_twice_is_found_with_its_row(tmp_path: Path) -> None:
    serials = [f"SN-{at:05d}" for at in range(ROWS)]
    columns = clean() | {"일련번호": replaced(serials, 700, ["SN-00003"])}
    report = looked(columns, tmp_path)
    finding = only(report, "T2")

    assert (finding.code, finding.column, finding.count, rows_of(finding)) == ("KEY_REPEATED", "일련번호", 1, [701])  # fmt: skip
    assert finding.severity is Severity.warning


def test_constant_and_nearly_constant_columns_are_told(tmp_path: Path) -> None:
    columns = clean() | {
        "공정": ["주조"] * ROWS,
        "모드": replaced(["자동"] * ROWS, 50, ["수동"] * 3),
    }
    found = {one.column: one for one in found_by(looked(columns, tmp_path), "T3")}

    assert (found["공정"].code, found["모드"].code) == ("COL_CONSTANT", "COL_NEARLY_CONSTANT")
    assert found["모드"].count == 3


def test_texts_among_numbers_and_numbers_among_texts_are_found(tmp_path: Path) -> None:
    columns = clean() | {
        "비고": [("정비", "12", "청소", "7.5", "점검")[at % 5] for at in range(ROWS)]
    }
    columns["온도 [℃]"] = replaced(columns["온도 [℃]"], 30, ["고장", "-"])
    found = {one.column: one for one in found_by(looked(columns, tmp_path), "T6")}

    assert (found["온도 [℃]"].count, found["온도 [℃]"].severity) == (1, Severity.warning)
    assert [(one.row, one.value) for one in found["온도 [℃]"].places] == [(31, "고장")]
    assert found["비고"].count == 2 * ROWS // 5


def test_what_tells_rows_apart_is_named_and_missed(tmp_path: Path) -> None:
    machines = {
        "설비": [str(at // 100) for at in range(ROWS)],
        "회차": [str(at % 100) for at in range(ROWS)],
        "압력": [str(at * 7919 % 997 / 10) for at in range(ROWS)],
    }
    paired = looked(machines, tmp_path)
    none = looked({"설비": machines["설비"], "압력": machines["압력"]}, tmp_path)

    assert [key.columns for key in paired.tables[0].keys] == [("설비", "회차")]
    assert state(paired, "T7") == "clear"
    assert only(none, "T7").code == "KEY_NONE"


# Time


def test_measurements_without_a_time_are_told_and_lists_are_not(tmp_path: Path) -> None:
    numbers = {f"센서 {at}": [str(one + at) for one in NOISE] for at in range(3)}
    report = looked(numbers, tmp_path)

    assert only(report, "S1").code == "TIME_COLUMN_NONE"
    assert {state(report, f"S{at}") for at in range(2, 11)} == {"unmeasured"}
    assert state(looked({"센서": numbers["센서 0"], "판정": clean()["판정"]}, tmp_path), "S1") == "unmeasured"  # fmt: skip


def test_events_have_no_even_interval(tmp_path: Path) -> None:
    every = stamps(rows=40_000)
    report = looked(
        clean() | {"시각": [every[at * at % 17 + at * 19] for at in range(ROWS)]}, tmp_path
    )

    assert only(report, "S2").code == "TIME_UNEVEN"


def test_stamps_that_come_twice_are_found_in_the_file_and_within_machines(tmp_path: Path) -> None:
    columns = clean()
    columns["시각"] = replaced(columns["시각"], 301, [columns["시각"][300]])
    finding = only(looked(columns, tmp_path), "S4")

    assert (finding.count, rows_of(finding)) == (1, [302])


def test_steps_back_are_told_with_rows_and_width(tmp_path: Path) -> None:
    columns = clean()
    columns["시각"] = replaced(columns["시각"], 500, columns["시각"][300:310])
    finding = only(looked(columns, tmp_path), "S5")

    assert (finding.count, finding.places[0].row, finding.places[0].value) == (1, 501, "-199 s")


def machines(step: dict[str, int], rows: int) -> dict[str, list[str]]:
    """Rows of machines, each with its own beat, in the order of time."""
    own = {name: stamps(beat, rows) for name, beat in step.items()}
    flat = sorted((stamp, name) for name, each in own.items() for stamp in each)
    return {
        "시각": [stamp for stamp, _ in flat],
        "설비": [name for _, name in flat],
        "온도": [str(one) for one in NOISE[: len(flat)]],
    }


def test_time_is_told_for_each_machine(tmp_path: Path) -> None:
    even = looked(machines({"A": 10, "B": 10, "C": 10}, 300), tmp_path)
    (series,) = [table.series for table in even.tables]
    assert series is not None
    assert [(one.name, one.row_count, one.interval_mean_s) for one in series.entities] == [("A", 300, 10.0), ("B", 300, 10.0), ("C", 300, 10.0)]  # fmt: skip
    assert state(even, "S7") == "clear"

    slow = looked(machines({"A": 10, "B": 10, "C": 10, "D": 10, "E": 10, "F": 60}, 300), tmp_path)
    finding = only(slow, "S7")
    assert (finding.code, finding.examples) == ("ENTITY_UNEVEN", ("F (60 s)",))


def test_days_without_rows_are_named(tmp_path: Path) -> None:
    hourly = [stamp for stamp in stamps(3_600, 24 * 20) if stamp[8:10] not in ("09", "12")]
    rows = {"시각": hourly, "온도": [str(one) for one in NOISE[: len(hourly)]]}
    report = looked(rows, tmp_path)
    finding = only(report, "S8")
    (table,) = report.tables

    assert (finding.count, finding.examples) == (2, ("2026-03-09", "2026-03-12"))
    assert table.coverage is not None
    assert (table.coverage.day_count, table.coverage.span_days) == (19, 21)
    assert (
        sum(count for _, count in table.coverage.days) == len(hourly) == sum(table.coverage.hours)
    )


def test_dates_of_delivery_are_no_time_of_recording(tmp_path: Path) -> None:
    dates = [f"2026-{at * 7 % 12 + 1:02d}-{at * 11 % 28 + 1:02d}" for at in range(ROWS)]
    report = looked({"납기": dates, "수량": [str(at) for at in range(ROWS)]}, tmp_path)

    assert {check: state(report, check) for check in ("S2", "S3", "S4", "S5", "S8")} == dict.fromkeys(("S2", "S3", "S4", "S5", "S8"), "unmeasured")  # fmt: skip


def test_mixed_zones_are_told(tmp_path: Path) -> None:
    mixed = [f"{one}{('Z', '+09:00')[at % 2]}" for at, one in enumerate(stamps())]

    codes = {one.code for one in found_by(looked(clean() | {"시각": mixed}, tmp_path), "S9")}
    assert "TIME_ZONES_MIXED" in codes


def test_age_is_measured_by_the_date_that_is_given_alone(tmp_path: Path) -> None:
    report = looked(clean(), tmp_path)
    (table,) = report.tables
    assert state(report, "S10") == "unmeasured"

    for as_of, code in (("2026-12-31", None), ("2027-03-03", "TIME_OLD"), ("2026-03-01", "TIME_FUTURE")):  # fmt: skip
        findings, _ = run(table, None, Thresholds(as_of=as_of))
        assert next((one.code for one in findings if one.check == "S10"), None) == code


def test_the_age_is_told_after_the_file_was_read(tmp_path: Path) -> None:
    report = aged(looked(clean(), tmp_path), date(2028, 1, 1))

    assert (report.as_of, state(report, "S10")) == ("2028-01-01", "found")
    assert only(report, "S10").column == "시각"
    again = aged(report, date(2026, 3, 2))
    assert (found_by(again, "S10"), state(again, "S10")) == ([], "clear")
    assert [one.id for one in again.tables[0].checks] == [one.id for one in looked(clean(), tmp_path).tables[0].checks]  # fmt: skip


# Privacy


@pytest.mark.slow  # real children
def test_evidence_names_its_member(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(zipped(("자료/a.csv", b"t,b\n" + b"x,1\n" * 30 + b"=1+1,1\n")))
    finding = only(examine(path, name="a.zip"), "F8")

    (place,) = finding.places
    assert (place.member, place.row, place.column, place.value) == ("자료/a.csv", 31, "t", "=1+1")


def test_rows_taken_away_are_told_as_gaps_with_their_rows(tmp_path: Path) -> None:
    finding = only(looked(without(clean(), 600, 8), tmp_path), "S3")

    assert [(one.row, one.value) for one in finding.places] == [(601, "9 s")]
