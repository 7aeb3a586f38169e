"""Every check over every real file: how many alarms each gave, and that none is new.

An alarm is a finding that warns or blocks, or a note of the checks that look for faults. What is listed here was
looked at: each stands in the file's facts, or in the reason beside it. A new one fails the test, and so does one
that is no longer given.
"""

import sys
from collections import Counter
from typing import Final

import pytest

from quality import CHECKS
from tests.quality.test_real_files import ARCHIVES, TABLES, examined

pytestmark = pytest.mark.slow  # whole files, each read by two real children

# The checks of this part: of files, tables, time, privacy and images. Those of sensors and labels have their own.
MINE: Final = tuple(check.id for check in CHECKS if check.id[0] in "FTSVI")

# By file: how often each check spoke, and why that is right.
ACCEPTED: Final[dict[str, dict[str, tuple[int, str]]]] = {
    "ai4i2020_9cols.csv": {
        "S1": (1, "the rows have numbers and no time"),
    },
    "cmapss_FD001_hand_dirtied.txt": {
        "F6": (15, "47 cells of 15 columns were dirtied by hand"),
        "T3": (7, "four columns are constant, three more but for dirtied cells"),
        "S1": (1, "the rows have cycles and no time"),
    },
    "kamp_casting_process.parquet": {
        "T1": (2, "heating_furnace and molten_volume have more than 30 % empty cells"),
        "S2": (1, "one row a shot"),
        "S3": (1, "steps are wide because rows are shots"),
        "S8": (1, "rows on 85 of 89 days"),
    },
    "kamp_diecasting_quality.csv": {
        "T2": (1, "2,918 rows repeat an earlier one without id"),
        "T3": (20, "constant limits and defects, and defects that hardly occur"),
        "T4": (2, "limit columns that are copies"),
        "T5": (2, "two names end with a space"),
        "T9": (2, "factory temperature and humidity outside of their own limits"),
        "S1": (1, "the rows have shots and no time"),
    },
    "kamp_melting_tank_first10000.csv": {
        "T3": (1, "one class only"),
        "S6": (1, "ten rows at each minute"),
    },
    "kamp_plating_2021-10-14.csv": {
        "F7": (1, "times without a date"),
        "S3": (1, "21 pauses between lots"),
    },
    "machining_capacity.csv": {
        "F5": (2, "items and machines are codes with leading zeros"),
        "T7": (1, "item and machine together have empty cells"),
    },
    "machining_orders_cp949.csv": {
        "F1": (1, "CP949"),
        "F4": (3, "' 25,870 '"),
        "F5": (1, "item numbers with leading zeros"),
        "T1": (1, "109 blanks in 선급"),
        "T5": (1, "'AB/W ' beside 'AB/W'"),
        "V4": (1, "unit prices"),
    },
    "nab_machine_temperature.csv": {
        "S4": (1, "12 repeated stamps"),
        "S5": (1, "one step back"),
        "S9": (1, "of 55 minutes"),
    },
    "skab_valve1_0.csv": {
        "T3": (1, "a label with 0.35 % ones"),
        "S3": (1, "53 missing seconds"),
    },
    "steel_industry_energy.csv": {
        "F7": (1, "13,824 dates that could be read in two ways"),
        "S5": (1, "365 steps back, one a day"),
    },
    "tsid_conveyor_a_diagonal_cut_5mm.csv": {
        "F1": (1, "CP949"),
        "T2": (1, "one repeated row"),
        "T7": (1, "no time and no number"),
        "S1": (1, "no time"),
    },
    "tsid_conveyor_normal.xlsx": {
        "T7": (1, "no time and no number"),
        "S1": (1, "no time"),
    },
    "deeppcb_group20085_37pairs.zip": {
        "I2": (1, "three templates of the same bytes"),
        "I3": (1, "template and test of a pair are nearly the same"),
        "I5": (3, "nearly empty boards: brighter, blurred and plain beside the others"),
    },
    "kamp_plating_33days.zip": {
        "F7": (33, "times without a date in each of 33 days"),
        "S3": (33, "pauses between lots"),
        "T1": (1, "20 blank lots"),
    },
    "tsid_conveyor_mixed_encodings.zip": {
        "F1": (12, "CP949"),
        "T2": (4, "repeated rows in four of the files"),
        "T7": (14, "no time and no number"),
        "S1": (14, "no time"),
    },
}


def test_every_alarm_on_the_real_files_was_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    given: dict[str, dict[str, int]] = {}
    for name in (*TABLES, *ARCHIVES):
        report, _ = examined(name)
        given[name] = dict(Counter(one.check for one in report.findings if one.check in MINE))
    total = sum((Counter(each) for each in given.values()), Counter[str]())
    with capsys.disabled():
        lines = [f"{check}: {total[check]} on {sum(check in each for each in given.values())} of {len(given)} files" for check in MINE]  # fmt: skip
        sys.stdout.write("\n".join(["", *lines, f"{total.total()} findings of these checks", ""]))

    accepted = {name: {check: count for check, (count, _) in each.items()} for name, each in ACCEPTED.items()}  # fmt: skip
    assert given == accepted


def test_no_check_of_privacy_stops_a_real_file() -> None:
    for name in (*TABLES, *ARCHIVES):
        report, _ = examined(name)
        assert {one.code for one in report.findings if one.check in ("V1", "V2", "V3")} == set()


def test_every_finding_of_a_real_file_names_its_check() -> None:
    for name in (*TABLES, *ARCHIVES):
        report, _ = examined(name)
        assert [one.code for one in report.findings if not one.check] == []
