"""Checks of sensors and labels with planted faults: found where they are, silent where nothing was planted."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from msgspec.structs import replace

from quality import FileReport, Finding, Severity, Table
from quality.checks import CHECKS, run
from quality.checks.sensor.mixed_units import across
from quality.limits import Limits
from quality.profile import profile
from quality.sources import opened_at
from tests.quality.test_checks import stamps
from tests.quality.test_real_files import ARCHIVES, TABLES, examined

ROWS: Final = 3_000
MACHINES: Final = 3
BAD_SHARE: Final = 0.2
Columns = dict[str, list[str]]


def noise(level: float, spread: float, seed: int, rows: int = ROWS) -> list[float]:
    return [round(one, 3) for one in np.random.default_rng(seed).normal(level, spread, rows)]


def machines() -> Columns:
    """Three machines that take turns, one row a second each, with two sensors and a label by chance."""
    shared = [one for one in stamps(1, ROWS // MACHINES) for _ in range(MACHINES)]
    bad = np.random.default_rng(5).random(ROWS) < BAD_SHARE
    return {
        "시각": shared,
        "설비": [f"M{at % MACHINES + 1}" for at in range(ROWS)],
        "온도 [℃]": [str(one) for one in noise(50, 2, 1)],
        "압력": [str(one) for one in noise(5, 0.1, 2)],
        "전류": [str(one) for one in noise(120, 9, 3)],
        "판정": ["불량" if one else "정상" for one in bad],
    }


def counted(columns: Columns, folder: Path) -> tuple[FileReport, Table]:
    rows = zip(*columns.values(), strict=True)
    path = folder / "upload"
    path.write_text("\n".join([",".join(columns), *(",".join(row) for row in rows)]) + "\n")
    with opened_at(path) as file:
        report = profile(file, "a.csv", Limits())
    return report, report.tables[0]


def told(columns: Columns, folder: Path) -> dict[str, Finding]:
    mine = {code for check in CHECKS for code in check.codes}
    report, _ = counted(columns, folder)
    return {one.code: one for one in report.findings if one.code in mine}


def changed(columns: Columns, name: str, cells: Mapping[int, float | str]) -> Columns:
    values = list(columns[name])
    for row, cell in cells.items():
        values[row] = str(cell)
    return columns | {name: values}


def rows_of(machine: int, first: int, count: int) -> list[int]:
    """Rows of one machine in the file, from its own row on."""
    return [machine + MACHINES * at for at in range(first, first + count)]


def test_clean_machines_get_no_finding(tmp_path: Path) -> None:
    _, table = counted(machines(), tmp_path)

    assert told(machines(), tmp_path) == {}
    assert table.series is not None
    assert (table.series.entity_column, table.series.periodic) == ("설비", True)
    assert {one.id for one in table.checks if one.state == "unmeasured"} == {
        "T9", "T10", "S8", "S10",
    }  # fmt: skip  # nothing declared, less than three days, no date to compare


def test_a_stuck_sensor_is_told_with_its_machine(tmp_path: Path) -> None:
    rows = rows_of(1, 300, 200)
    columns = changed(machines(), "온도 [℃]", dict.fromkeys(rows, 48.5))

    finding = told(columns, tmp_path)["SENSOR_STUCK"]

    assert (finding.row, finding.count) == (rows[0] + 1, 200)
    assert "(설비: M2)" in finding.ko
    assert "(설비: M2)" in finding.en


def test_a_setting_is_no_stuck_sensor_and_is_named_one(tmp_path: Path) -> None:
    values = [str(20 + at // 90 % 40) if at < ROWS - 700 else "35" for at in range(ROWS)]
    columns = machines() | {"속도 설정": values}

    report, table = counted(columns, tmp_path)

    assert [one.name for one in table.columns if one.set_point] == ["속도 설정"]
    assert not [one for one in report.findings if one.code == "SENSOR_STUCK"]


def test_spikes_are_told_with_the_machine_that_has_most(tmp_path: Path) -> None:
    cells: dict[int, float | str] = dict.fromkeys(rows_of(2, 100, 1) + rows_of(2, 500, 1) + rows_of(0, 700, 1), 400)  # fmt: skip

    finding = told(changed(machines(), "온도 [℃]", cells), tmp_path)["SENSOR_SPIKES"]

    assert finding.count == 3
    assert "M3에서 2번" in finding.ko


def test_lost_noise_is_told_with_machine_and_rows(tmp_path: Path) -> None:
    rows = rows_of(0, 400, 160)
    smooth = dict(zip(rows, np.linspace(48, 52, 160), strict=True))

    finding = told(changed(machines(), "온도 [℃]", smooth), tmp_path)["SENSOR_QUIET"]

    assert finding.row is not None
    assert rows[0] <= finding.row - 1 <= rows[32]
    assert 96 <= finding.count <= 160
    assert "(설비: M1)" in finding.ko


def test_a_sensor_that_is_mostly_quiet_has_not_lost_its_noise(tmp_path: Path) -> None:
    columns = machines()
    for machine in range(MACHINES):
        rows = rows_of(machine, 100, 400)
        columns = changed(columns, "압력", dict(zip(rows, np.linspace(4.9, 5.1, 400), strict=True)))

    assert "SENSOR_QUIET" not in told(columns, tmp_path)


def test_a_shift_within_one_machine_is_told_with_it(tmp_path: Path) -> None:
    rows = rows_of(2, 660, 340)
    columns = machines()
    moved = {row: round(float(columns["온도 [℃]"][row]) + 5, 3) for row in rows}

    finding = told(changed(columns, "온도 [℃]", moved), tmp_path)["SENSOR_SHIFT"]

    assert finding.column == "온도 [℃]"
    assert "(설비: M3)" in finding.ko


def test_a_shift_of_the_whole_table_is_told(tmp_path: Path) -> None:
    columns = machines()
    values = np.array(columns["온도 [℃]"], dtype=float) + np.linspace(0, 8, ROWS)

    finding = told(columns | {"온도 [℃]": np.round(values, 3).astype(str).tolist()}, tmp_path)[
        "SENSOR_SHIFT"
    ]

    assert "설비:" not in finding.ko


@pytest.mark.parametrize(
    ("column", "factor", "offset", "words"),
    [
        ("압력", 10.0, 0.0, "× 10"),
        ("압력", 0.001, 0.0, "÷ 1000"),
        ("압력", 6.895, 0.0, "× 6.895"),
        ("압력", 9.807, 0.0, "× 9.807"),
        ("온도 [℃]", 1.8, 32.0, "× 1.8 + 32"),
    ],
)
def test_a_machine_in_another_unit_is_told(
    column: str, factor: float, offset: float, words: str, tmp_path: Path
) -> None:
    columns = machines()
    cells: dict[int, float | str] = {
        row: round(float(columns[column][row]) * factor + offset, 6) for row in rows_of(1, 0, 1_000)
    }

    finding = told(changed(columns, column, cells), tmp_path)["SENSOR_UNIT"]

    assert (finding.column, finding.severity) == (column, Severity.warning)
    assert "설비 M2" in finding.ko
    assert words in finding.ko


def test_a_stretch_in_another_unit_is_told_with_its_rows(tmp_path: Path) -> None:
    columns = machines()
    cells: dict[int, float | str] = {row: float(columns["압력"][row]) * 10 for row in range(900, 1_500)}  # fmt: skip

    finding = told(changed(columns, "압력", cells), tmp_path)["SENSOR_UNIT"]

    assert "901–1,200행, 1,201–1,500행" in finding.ko


def test_a_level_that_is_no_other_unit_is_left_alone(tmp_path: Path) -> None:
    columns = machines()
    cells: dict[int, float | str] = {row: float(columns["압력"][row]) * 3.1 for row in rows_of(1, 0, 1_000)}  # fmt: skip

    assert "SENSOR_UNIT" not in told(changed(columns, "압력", cells), tmp_path)


def test_one_table_of_an_archive_in_another_unit_is_told(tmp_path: Path) -> None:
    _, table = counted(machines(), tmp_path)
    columns = machines()
    colder = columns | {"압력": [str(float(one) * 1_000) for one in columns["압력"]]}
    _, other = counted(colder, tmp_path)
    tables = [replace(one, name=f"{day}.csv") for day, one in enumerate((table, table, other))]

    (finding,) = across(tables)

    assert across(tables[:2]) == []
    assert (finding.code, finding.column) == ("SENSOR_UNIT", "압력")
    assert "2.csv" in finding.ko


def test_contradicting_labels_are_told_with_their_rows(tmp_path: Path) -> None:
    columns = machines()
    pairs = [(100, 900), (200, 1_100)]
    for one, other in pairs:
        for name in ("설비", "온도 [℃]", "압력", "전류"):
            columns = changed(columns, name, {other: columns[name][one]})
        columns = changed(columns, "판정", {one: "정상", other: "불량"})

    finding = told(columns, tmp_path)["LABEL_CONFLICT"]

    assert (finding.count, finding.severity) == (4, Severity.note)
    assert finding.examples == ("101", "201", "901", "1101")


def test_rows_that_repeat_with_one_label_contradict_nothing(tmp_path: Path) -> None:
    columns = machines()
    for name in ("설비", "온도 [℃]", "압력", "전류", "판정"):
        columns = changed(columns, name, {900: columns[name][100]})

    assert "LABEL_CONFLICT" not in told(columns, tmp_path)


def test_equal_inputs_of_few_measured_values_may_be_chance(tmp_path: Path) -> None:
    columns = machines()
    del columns["전류"]

    _, table = counted(columns, tmp_path)

    assert [one.state for one in table.checks if one.id == "L2"] == ["unmeasured"]


def test_a_column_that_gives_the_label_away_is_told(tmp_path: Path) -> None:
    columns = machines()
    bad = [one == "불량" for one in columns["판정"]]
    by_size = [str(one + 40 * is_bad) for one, is_bad in zip(noise(5, 1, 9), bad, strict=True)]
    by_code = [f"E{at % 3}" if is_bad else f"G{at % 2}" for at, is_bad in enumerate(bad)]

    size = told(columns | {"후검사": by_size}, tmp_path)["LABEL_LEAK"]
    code = told(columns | {"처리": by_code}, tmp_path)["LABEL_LEAK"]

    assert (size.column, "AUC 1.0000" in size.en) == ("후검사", True)
    assert (code.column, "each value goes with one class" in code.en) == ("처리", True)


def test_a_label_in_the_order_of_the_rows_is_told(tmp_path: Path) -> None:
    columns = machines() | {"판정": ["정상"] * 2_000 + ["불량"] * 1_000}

    findings = told(columns, tmp_path)

    assert findings["LABEL_ORDER"].count == 2
    assert "LABEL_LEAK" not in findings


def test_rows_without_a_label_are_counted(tmp_path: Path) -> None:
    columns = changed(machines(), "판정", {7: "", 70: "", 71: " "})

    finding = told(columns, tmp_path)["LABEL_MISSING"]

    assert (finding.count, finding.row, finding.examples) == (3, 8, ("8", "71"))


def test_machines_and_classes_have_their_own_figures(tmp_path: Path) -> None:
    columns = changed(machines(), "압력", dict.fromkeys(rows_of(0, 10, 30), ""))
    columns = changed(columns, "온도 [℃]", dict.fromkeys(rows_of(1, 300, 200), 48.5))
    kept = [row for row in range(ROWS) if row not in rows_of(2, 500, 8)]
    columns = {name: [cells[row] for row in kept] for name, cells in columns.items()}

    _, table = counted(columns, tmp_path)
    by_machine, by_class = table.groups

    assert (by_machine.column, by_machine.role, by_machine.group_count) == ("설비", "entity", 3)
    assert by_machine.columns == ("온도 [℃]", "압력", "전류")
    one, two, three = by_machine.groups
    assert [group.name for group in by_machine.groups] == ["M1", "M2", "M3"]
    assert [group.row_count for group in by_machine.groups] == [1_000, 1_000, 992]
    assert [group.empty_count for group in by_machine.groups] == [30, 0, 0]
    assert [group.gap_count for group in by_machine.groups] == [0, 0, 1]
    assert (one.first, one.last) == ("2026-03-02 08:00:00", "2026-03-02 08:16:39")
    assert two.flat_share == pytest.approx(200 / 3_000)
    assert one.flat_share is not None
    assert three.medians[0] == pytest.approx(50, abs=0.3)
    assert (by_class.role, {group.name for group in by_class.groups}) == ("label", {"정상", "불량"})
    assert sum(group.row_count for group in by_class.groups) == len(kept)


def test_of_many_machines_the_first_fifty_are_shown_and_the_others_together(tmp_path: Path) -> None:
    rows = range(ROWS)
    columns = {
        "설비": [f"M{at % 60:02d}" if at < 2_400 else "M00" for at in rows],
        "온도": [str(one) for one in noise(50, 2, 1)],
    }

    _, table = counted(columns, tmp_path)
    (groups,) = table.groups

    assert (groups.role, groups.group_count, len(groups.groups)) == ("group", 60, 50)
    assert groups.groups[0].row_count == 640
    assert groups.rest is not None
    assert groups.rest.row_count == 400


def test_noise_of_machines_that_take_turns_at_uneven_times_is_not_measured(tmp_path: Path) -> None:
    columns = machines()
    del columns["시각"]

    _, table = counted(columns, tmp_path)

    (came,) = [one for one in table.checks if one.id == "N7"]
    assert came.state == "unmeasured"
    assert "'설비'" in came.reason_ko


CLEAN: Final = ("ai4i2020_9cols.csv", "nab_machine_temperature.csv", "kamp_plating_2021-10-14.csv")
NEW: Final = ("N7", "N8", "L2", "L3", "L4")


@pytest.mark.slow  # whole files, each read by two real children
def test_false_alarms_on_the_real_files_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """On the clean files nothing of the sensors or labels warns; on all of them the new checks are counted."""
    mine = {code: check.id for check in CHECKS for code in check.codes if check.id[0] in "NL"}
    counts: dict[str, dict[str, int]] = {}
    for name in (*TABLES, *ARCHIVES):
        report, _ = examined(name)
        for one in report.findings:
            if one.code in mine:
                by = counts.setdefault(name, {})
                by[mine[one.code]] = by.get(mine[one.code], 0) + 1
    with capsys.disabled():
        lines = [f"  {name:42} {counts.get(name) or 'none'}" for name in (*TABLES, *ARCHIVES)]
        sys.stdout.write("\n".join(["\nfindings of sensors and labels by file", *lines, ""]))

    warned = [
        (name, one.code, one.column)
        for name in CLEAN
        for one in examined(name)[0].findings
        if one.code in mine and one.severity is not Severity.note
    ]
    assert warned == []
    assert {name: [at for at in by if at in NEW] for name, by in counts.items() if set(by) & set(NEW)} == {}  # fmt: skip


@pytest.mark.slow  # a whole file, read by two real children
def test_the_thermocouples_that_stood_still_have_their_known_rows() -> None:
    report, facts = examined("kamp_casting_process.parquet")
    (table,) = report.tables
    truth = {one["name"]: one for one in facts["column_facts"]}
    stuck = {one.column: one for one in report.findings if one.code == "SENSOR_STUCK"}
    clipped = {one.column: one for one in report.findings if one.code == "SENSOR_CLIPPED"}
    columns = {one.name: one for one in table.columns}

    run = columns["lower_mold_temp3"].longest_run
    assert run is not None
    assert run.length == truth["lower_mold_temp3"]["longest_run"]["length"] == 65_924
    # Empty cells between two of the same value continue the stretch that the finding tells.
    assert stuck["lower_mold_temp3"].count >= 65_924
    assert clipped["upper_mold_temp3"].count == 81_157
    assert columns["ems_operation_time"].set_point
    assert "ems_operation_time" not in stuck
    assert {one.column: one.group_count for one in table.groups}["mold_code"] == 7


def test_what_can_be_set_changes_what_is_found(tmp_path: Path) -> None:
    columns = machines()
    cells: dict[int, float | str] = {row: float(columns["압력"][row]) * 10 for row in rows_of(1, 0, 1_000)}  # fmt: skip
    _, table = counted(changed(columns, "압력", cells), tmp_path)
    from quality.checks.checking import Thresholds  # noqa: PLC0415 - moves with the settings

    found, _ = run(table, None, Thresholds(unit_rows=2_000))

    assert "SENSOR_UNIT" not in {one.code for one in found}
