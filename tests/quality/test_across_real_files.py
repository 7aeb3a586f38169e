"""What real files have to do with each other and with public data."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from quality import (
    DatasetReport,
    summarize,
)
from quality.terminal.summary import summary
from quality.terminal.words import Tongue
from tests.quality.test_across import between, codes, file_of
from tests.quality.test_real_files import REAL, examined

pytestmark = pytest.mark.slow  # whole files, each read by two real children

ROWS: Final = 900
CHANCE: Final = np.random.default_rng(23)
Columns = Mapping[str, list[str]]


def real(*names: str) -> DatasetReport:
    return summarize([examined(name)[0] for name in names])


def test_orders_find_their_items_as_the_facts_say() -> None:
    report = real("machining_orders_cp949.csv", "machining_capacity.csv")

    assert report.across is not None
    (join,) = report.across.joins
    assert (join.column, join.to_column, join.found_count, join.count) == ("품번", "item", 127, 183)
    assert join.exact
    assert join.rows
    finding = codes(report)["REFERENCE_BROKEN"]
    assert (finding.count, "69.40 %" in finding.ko) == (56, True)
    index = next(one for one in report.indices if one.name == "consistency_reference")
    assert (index.numerator, index.denominator) == (127, 183)


def test_a_belt_as_csv_and_as_workbook_is_one_and_nothing_else_is() -> None:
    report = real("tsid_conveyor_mixed_encodings.zip")

    assert report.across is not None
    (same,) = report.across.identical
    assert same.names == (
        "normal_belt/정상 데이터 수집.csv",
        "normal_belt/정상 데이터 수집.xlsx / Sheet1",
    )
    assert not same.bytes_too
    assert set(codes(report)) == {"TABLE_IDENTICAL", "PUBLIC_COPY", "LABEL_IN_NAME"}
    assert codes(report)["LABEL_IN_NAME"].count == 14


def test_a_day_that_lies_in_the_archive_too_is_found_by_its_bytes() -> None:
    report = real("kamp_plating_33days.zip", "kamp_plating_2021-10-14.csv")

    assert codes(report)["FILE_IDENTICAL"].examples == (
        "kemp-abh-sensor-2021.10.14.csv",
        "kamp_plating_2021-10-14.csv",
    )
    facts = examined("kamp_plating_33days.zip")[1]
    hashes = {one["name"]: one["sha256"] for one in facts["member_facts"]}
    members = {one.name: one.sha256 for one in report.files[0].members}
    assert members == hashes
    assert report.across is not None
    (join,) = report.across.joins
    assert (join.column, join.to_column, join.pct) == ("LoT", "Lot", 100.0)


@pytest.mark.parametrize(
    "name",
    [
        "ai4i2020_9cols.csv",
        "kamp_casting_process.parquet",
        "kamp_diecasting_quality.csv",
        "kamp_melting_tank_first10000.csv",
        "kamp_plating_33days.zip",
        "nab_machine_temperature.csv",
        "skab_valve1_0.csv",
        "steel_industry_energy.csv",
        "tsid_conveyor_mixed_encodings.zip",
    ],
)
def test_no_real_file_is_said_to_repeat_itself(name: str) -> None:
    report, facts = examined(name)

    repeats = {one.code for one in report.findings} & {"UNITS_REPEATED", "WINDOW_REPEATED"}
    assert repeats == set()
    assert report.sha256 == facts["sha256"]


def test_the_terminal_says_what_is_between_the_files() -> None:
    report = real("machining_orders_cp949.csv", "machining_capacity.csv")

    said = "\n".join(summary(report, Tongue(english=False)))
    english = "\n".join(summary(report, Tongue(english=True)))

    assert "[REFERENCE_BROKEN]" in said
    assert (
        "machining_orders_cp949.csv.품번 → machining_capacity.csv.item: 69.40 % (127 / 183)" in said
    )
    assert "Between tables" in english
    assert "Between tables" not in "\n".join(summary(summarize(report.files[:1]), Tongue(english=True)))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("tsid_conveyor_a_diagonal_cut_5mm.csv", "TSID conveyor belt"),
        ("kamp_plating_2021-10-14.csv", "KAMP 크로메이트 도금"),
        ("ai4i2020_9cols.csv", "AI4I 2020"),
        ("tsid_conveyor_normal.xlsx", "TSID conveyor belt"),
    ],
)
def test_public_files_are_known_by_the_list_of_this_package(name: str, known: str) -> None:
    report = real(name)

    assert report.across is not None
    assert report.across.public != ()
    assert all(one.name.startswith(known) for one in report.across.public)
    assert "PUBLIC_COPY" in codes(report)


def test_a_part_of_a_public_file_is_known_with_a_constant_added(tmp_path: Path) -> None:
    examined("nab_machine_temperature.csv")  # skips where the folder is not there
    assert REAL is not None
    text = (REAL / "nab_machine_temperature.csv").read_text().splitlines()[1_000:9_000]
    rows = [line.split(",") for line in text]
    columns = {"at": [one for one, _ in rows], "value": [str(float(two) + 3.5) for _, two in rows]}

    report = between([file_of(columns, tmp_path, "mine.csv")])

    assert report.across is not None
    (match,) = report.across.public
    assert (match.name, match.columns, match.row_share) == (
        "NAB machine temperature",
        ("value",),
        None,
    )
