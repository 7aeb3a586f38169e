"""Verdicts of suites equal those of great-expectations on pandas, on generated and on real files."""

import json
import math
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from quality import Rules, Table, check, examine
from quality.suites.exporting import validation_result
from quality.suites.reading import suite_of
from quality.suites.results import RuleResult
from quality.suites.types import PASS, TYPES
from tests.quality import suite_cases
from tests.quality.suite_cases import suite_for
from tests.quality.test_real_files import REAL
from tests.repository import ROOT

pytestmark = pytest.mark.slow  # imports great-expectations in a program of its own

# Columns that pandas reads with another type than ours are left out: the data would not be the same.
REAL_FILES = (
    "ai4i2020_9cols.csv", "nab_machine_temperature.csv", "steel_industry_energy.csv",
    "kamp_casting_process.parquet", "kamp_plating_2021-10-14.csv",
)  # fmt: skip
RULES_LEAST = 39
EMPTY = 0.03
LISTED = 20


def generated(folder: Path, seed: int) -> Path:
    chance = random.Random(seed)
    lines = ["시각,machine,온도,압력,count,label,Count"]
    for row in range(3_000):
        temperature = "" if chance.random() < EMPTY else f"{chance.gauss(700, 90):.1f}"
        pressure = "" if chance.random() < EMPTY else f"{chance.gauss(5, 2):.2f}"
        label = chance.choice(["정상", "불량", "정상", "ok 1", "NG-2", ""])
        second = row + (chance.random() < EMPTY)
        stamp = f"2024-03-01 {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
        lines.append(
            f"{stamp},EQ-{row % 20:02d},{temperature},{pressure},{chance.randrange(9)},{label},{row}"
        )
    path = folder / f"generated{seed}.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


class Case:
    """A file with its suite, our results, and where pandas finds the same."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        (table,) = examine(path, name=path.name).tables
        self.suite = suite_for(alike(table), [one.name for one in table.columns], seed)
        report = check(path, name=path.name, rules=Rules(suite_of(self.suite)))
        (self.result,) = report.suites
        self.given = {
            "file": str(path),
            "encoding": (table.encoding or "utf-8").lower(),
            "times": [
                one.name for one in table.columns if one.time and one.time.form.startswith("%Y-")
            ],
            "suite": self.suite,
        }


def alike(table: Table) -> Table:
    """Return a table with those columns alone that pandas reads with the same types."""
    kept = [
        one
        for one in table.columns
        if one.kind != "code" and one.wrong_count == 0 and one.blank_count == 0
        if one.time is None or one.time.form.startswith("%Y-")
    ]
    return replace(table, columns=tuple(kept))


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    folder = tmp_path_factory.mktemp("suites")
    made = [Case(generated(folder, seed), seed) for seed in (1, 2)]
    if REAL is not None:
        made += [Case(REAL / name, 7) for name in REAL_FILES]
    return made


@pytest.fixture(scope="module")
def references(cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    given = tmp_path_factory.mktemp("references") / "cases.json"
    given.write_text(json.dumps([one.given for one in cases], ensure_ascii=False))
    program = str(ROOT / "tests/quality/gx_on_pandas.py")
    done = subprocess.run(
        [sys.executable, program, str(given)], capture_output=True, text=True, check=True
    )
    answers: list[Any] = json.loads(done.stdout)
    return answers


def test_verdicts_and_figures_are_those_of_great_expectations_on_pandas(
    cases: list[Case], references: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    compared, wrong = 0, []
    for case, reference in zip(cases, references, strict=True):
        ours = validation_result(case.result)["results"]
        assert len(ours) >= RULES_LEAST
        for own, theirs, result in zip(ours, reference, case.result.results, strict=True):
            compared += 1
            if difference := differs(own, theirs, result):
                wrong.append(f"{case.path.name} {result.type} {result.kwargs}: {difference}")

    with capsys.disabled():
        sys.stdout.write(
            f"\n{compared} verdicts compared with great-expectations on pandas, {len(wrong)} differ\n"
        )
    assert wrong == []


def differs(own: dict[str, Any], theirs: dict[str, Any], result: RuleResult) -> str:
    if own["success"] != theirs["success"] or result.ran == bool(theirs["raised"]):
        return f"{own['success']} {result.reason_en} against {theirs}"[:600]
    if not result.ran:
        return ""
    told, known = own["result"], theirs["result"]
    for name in (
        "element_count", "unexpected_count", "missing_count", "unexpected_percent", "missing_percent",
        "unexpected_percent_total", "partial_unexpected_index_list", "observed_value",
    ):  # fmt: skip
        wanted = known.get(name)
        if result.type == "expect_table_columns_to_match_set" and name in told:
            wanted, told[name] = sorted(wanted), sorted(told[name])  # theirs is a set
        if name == "observed_value" and isinstance(wanted, list) and len(wanted) > LISTED:
            wanted = wanted[: len(told.get(name) or ())]  # we name the first of many
        # A time comes in another spelling.
        if wanted is not None and not isinstance(wanted, str) and not same(told.get(name), wanted):
            return f"{name}: {told.get(name)} against {known[name]}"[:300]
    return ""


def same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if (
        isinstance(one, bool)
        or not isinstance(one, int | float)
        or not isinstance(other, int | float)
    ):
        return bool(one == other)
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def test_every_type_of_the_pass_is_compared(cases: list[Case]) -> None:
    ours = {suite_cases.rule("column_values_to_be_of_type")["type"]}
    known = {one["type"] for case in cases for one in case.suite["expectations"]}
    left = {name for name, kind in TYPES.items() if kind.way == PASS} - known - ours

    # Types of ours, types that great-expectations judges by the name of a library's type, and types that it
    # cannot run on pandas at all.
    assert left == {
        "expect_column_type_to_be", "expect_column_values_to_be_in_type_list",
        "expect_column_values_to_exist_in_other_file", "expect_row_values_to_satisfy_rule",
        "expect_column_values_to_match_like_pattern", "expect_column_values_to_not_match_like_pattern",
        "expect_column_values_to_match_like_pattern_list",
        "expect_column_values_to_not_match_like_pattern_list",
    }  # fmt: skip
