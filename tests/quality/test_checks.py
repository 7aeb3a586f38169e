"""Each check finds what is planted, is silent where nothing is, and says of real files what is known of them."""

from pathlib import Path
from typing import Final

import numpy as np
import pytest

from quality import FileReport, Finding, Severity, examine
from quality.checks import CHECKS
from tests.quality.test_real_files import examined

ROWS: Final = 2_000
CHANCE: Final = np.random.default_rng(17)
RANGE_END: Final = 51.0
NOISE: Final = np.round(CHANCE.normal(50, 2, ROWS), 3)


def stamps(step_s: int = 1, rows: int = ROWS) -> list[str]:
    """Stamps at an even beat."""
    start = np.datetime64("2026-03-02T08:00:00")
    return [str(start + np.timedelta64(at * step_s, "s")).replace("T", " ") for at in range(rows)]


def clean() -> dict[str, list[str]]:
    """A table in which nothing is to be found."""
    return {
        "시각": stamps(),
        "온도 [℃]": [str(one) for one in NOISE],
        "판정": ["불량" if at % 5 == 0 else "정상" for at in range(ROWS)],
    }


def looked(columns: dict[str, list[str]], folder: Path) -> FileReport:
    rows = zip(*columns.values(), strict=True)
    text = "\n".join([",".join(columns), *(",".join(row) for row in rows)]) + "\n"
    path = folder / "upload"
    path.write_text(text)
    return examine(path, name="a.csv")


def told(report: FileReport) -> dict[str, Finding]:
    mine = {code for check in CHECKS for code in check.codes}
    return {one.code: one for one in report.findings if one.code in mine}


def replaced(values: list[str], first: int, new: list[str]) -> list[str]:
    return [*values[:first], *new, *values[first + len(new) :]]


def without(columns: dict[str, list[str]], first: int, count: int) -> dict[str, list[str]]:
    return {name: [*values[:first], *values[first + count :]] for name, values in columns.items()}


def test_a_clean_table_is_left_alone_by_every_check(tmp_path: Path) -> None:
    report = looked(clean(), tmp_path)

    assert told(report) == {}
    (table,) = report.tables
    states = {one.id: one.state for one in table.checks}
    assert set(states) == {check.id for check in CHECKS if check.whole is None}
    unmeasured = {name for name, state in states.items() if state == "unmeasured"}
    assert unmeasured == {
        "T9",
        "T10",
        "S7",
        "S8",
        "S10",
        "L2",
    }  # no limits, machine, third day, date to compare, one input
    assert all(one.reason_ko and one.reason_en for one in table.checks if one.state == "unmeasured")


def test_a_sensor_that_stands_still_is_found_with_its_rows(tmp_path: Path) -> None:
    columns = clean()
    columns["온도 [℃]"] = replaced(columns["온도 [℃]"], 700, ["49.5"] * 120)

    finding = told(looked(columns, tmp_path))["SENSOR_STUCK"]

    assert (finding.row, finding.count, finding.column) == (701, 120, "온도 [℃]")
    assert finding.severity is Severity.warning


def test_a_setting_that_holds_for_long_is_no_stuck_sensor(tmp_path: Path) -> None:
    columns = clean() | {"로트": [str(at // 50) for at in range(ROWS)]}

    assert told(looked(columns, tmp_path)) == {}


def test_values_cut_off_at_the_end_of_the_range_are_found(tmp_path: Path) -> None:
    columns = clean() | {"압력": [str(min(one, RANGE_END)) for one in NOISE]}

    finding = told(looked(columns, tmp_path))["SENSOR_CLIPPED"]

    assert (finding.column, finding.count) == ("압력", int((NOISE >= RANGE_END).sum()))


def test_a_value_that_stands_for_none_is_found(tmp_path: Path) -> None:
    columns = clean()
    values = [one if at % 100 else "-9999" for at, one in enumerate(columns["온도 [℃]"])]

    finding = told(looked(columns | {"온도 [℃]": values}, tmp_path))["SENSOR_SENTINEL"]

    assert finding.count == ROWS // 100
    assert "-9999" in finding.ko


def test_spikes_are_counted_with_the_first_row(tmp_path: Path) -> None:
    columns = clean()
    values = columns["온도 [℃]"]
    for row in (400, 900, 901, 1_500):
        values = replaced(values, row, ["400"])

    finding = told(looked(columns | {"온도 [℃]": values}, tmp_path))["SENSOR_SPIKES"]

    assert finding.count == 3  # two rows side by side are one
    assert "401행" in finding.ko


def test_a_change_of_level_is_found_where_it_is(tmp_path: Path) -> None:
    columns = clean()
    moved = [str(round(one + 20 * (at >= 1_000), 3)) for at, one in enumerate(NOISE)]

    finding = told(looked(columns | {"온도 [℃]": moved}, tmp_path))["SENSOR_DRIFT"]

    assert "1001행" in finding.ko


def test_a_coarse_sensor_is_found(tmp_path: Path) -> None:
    columns = clean() | {"유량": [str(0.25 * (at * 7 % 5)) for at in range(ROWS)]}

    assert told(looked(columns, tmp_path))["SENSOR_COARSE"].count == 5


def test_copied_columns_are_found(tmp_path: Path) -> None:
    columns = clean()
    columns["온도 2"] = list(columns["온도 [℃]"])

    assert told(looked(columns, tmp_path))["COL_SAME"].column == "온도 2"


def test_spellings_of_one_thing_are_found(tmp_path: Path) -> None:
    columns = clean() | {"설비": [("AB/W", "ab/w", "CD")[at % 3] for at in range(ROWS)]}

    finding = told(looked(columns, tmp_path))["SPELLING"]

    assert finding.examples == ("'AB/W' / 'ab/w'",)


def test_values_outside_of_their_own_limits_are_counted(tmp_path: Path) -> None:
    columns = clean() | {
        "temp": [str(one) for one in NOISE],
        "temp_min": ["47"] * ROWS,
        "temp_max": ["53"] * ROWS,
    }

    finding = told(looked(columns, tmp_path))["LIMIT_BROKEN"]

    assert finding.count == int(((NOISE < 47) | (NOISE > 53)).sum())


def test_missing_points_are_counted_within_each_machine(tmp_path: Path) -> None:
    columns = clean()
    names = [f"M{at % 2}" for at in range(ROWS)]
    shared = [stamp for stamp in stamps(10, ROWS // 2) for _ in range(2)]
    table = {"시각": shared, "설비": names, "온도 [℃]": columns["온도 [℃]"]}

    report = looked(without(table, 600, 8), tmp_path)
    finding = told(report)["SERIES_GAPS"]

    assert finding.count == 2
    (series,) = [one.series for one in report.tables]
    assert series is not None
    assert (series.entity_column, series.missing_point_count) == ("설비", 8)
    assert {one.entity for one in series.gaps} == {"M0", "M1"}


def test_cut_off_seconds_and_a_clock_set_back_are_found(tmp_path: Path) -> None:
    columns = clean()
    minutes = [f"2026-03-02 {8 + at // 600:02d}:{at // 10 % 60:02d}" for at in range(ROWS)]
    hour = stamps(60)
    back = [*hour[:1_000], *hour[940:1_940]]

    assert "10행" in told(looked(columns | {"시각": minutes}, tmp_path))["TIME_RESOLUTION"].ko
    assert "1001행" in told(looked(columns | {"시각": back}, tmp_path))["TIME_CLOCK"].ko


def test_labels_of_one_class_and_rare_classes_are_found(tmp_path: Path) -> None:
    one = clean() | {"판정": ["정상"] * ROWS}
    rare = clean() | {"판정": ["불량" if at % 50 == 0 else "정상" for at in range(ROWS)]}

    assert told(looked(one, tmp_path))["LABEL_ONE_CLASS"].column == "판정"
    assert told(looked(rare, tmp_path))["LABEL_RARE"].count == ROWS // 50


KNOWN: Final[dict[str, set[tuple[str, str | None]]]] = {
    "kamp_casting_process.parquet": {("COL_SPARSE", "molten_volume"), ("TIME_UNEVEN", "registration_time"), ("DAYS_EMPTY", "registration_time"), ("SENSOR_STUCK", "upper_mold_temp3"), ("SENSOR_CLIPPED", "lower_mold_temp3")},
    "kamp_diecasting_quality.csv": {("ROWS_REPEATED_BUT_ID", "Process / id"), ("COL_CONSTANT", "Defects / Stain_2"), ("NAME_SPACES", "Process / Clamping_Force "), ("TIME_COLUMN_NONE", None), ("LIMIT_BROKEN", "Sensor / Factory_Temp"), ("LIMIT_BROKEN", "Sensor / Factory_Humidity"), ("COL_SAME", "Sensor / Factory_Humidity_Min")},
    "kamp_melting_tank_first10000.csv": {("LABEL_ONE_CLASS", "TAG"), ("TIME_RESOLUTION", "STD_DT")},
    "kamp_plating_2021-10-14.csv": {("TIME_NO_DATE", "Time"), ("SERIES_GAPS", "Time")},
    "machining_capacity.csv": {("CODE_ZEROS", "item"), ("CODE_ZEROS", "machine")},
    "machining_orders_cp949.csv": {("ENC_CONVERTED", None), ("NUM_AS_TEXT", "길이"), ("NUM_AS_TEXT", "단가"), ("TRADE_SECRET", "단가"), ("SPELLING", "선급")},
    "nab_machine_temperature.csv": {("TIME_REPEATED", "timestamp"), ("TIME_BACKWARD", "timestamp"), ("TIME_CLOCK", "timestamp")},
    "cmapss_FD001_hand_dirtied.txt": {("PLACEHOLDER", "열15"), ("COL_NEARLY_CONSTANT", "열10")},
    "steel_industry_energy.csv": {("DATE_ORDER", "date"), ("TIME_BACKWARD", "date")},
    "deeppcb_group20085_37pairs.zip": {("IMG_IDENTICAL", None), ("IMG_SIMILAR", None)},
    "skab_valve1_0.csv": {("SERIES_GAPS", "datetime"), ("SENSOR_COARSE", "Pressure")},
    "ai4i2020_9cols.csv": {("LABEL_RARE", "Machine failure")},
}  # fmt: skip


@pytest.mark.slow  # whole files, each read by two real children
@pytest.mark.parametrize("name", KNOWN)
def test_real_files_have_what_is_known_of_them(name: str) -> None:
    report, _ = examined(name)

    assert KNOWN[name] <= {(one.code, one.column) for one in report.findings}


@pytest.mark.slow  # whole files, each read by two real children
def test_the_clean_file_gets_no_warning_from_the_checks() -> None:
    report, _ = examined("ai4i2020_9cols.csv")

    warned = {code: one for code, one in told(report).items() if one.severity is not Severity.note}
    assert warned == {}
