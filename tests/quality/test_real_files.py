"""Real factory files against what plain pandas, zipfile and Pillow say of them.

The files lie beside the repository and may not be in it; without them these tests are skipped.
"""

import json
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from quality import Column, FileReport, Table, examine, read_rows, settings_of, summarize
from tests.repository import ROOT

pytestmark = pytest.mark.slow  # whole files, each read by two real children

FOLDERS = [above / "shared/data/real" for above in ROOT.parents]
REAL = next((folder for folder in FOLDERS if folder.is_dir()), None)
TABLES = (
    "ai4i2020_9cols.csv",
    "cmapss_FD001_hand_dirtied.txt",
    "kamp_casting_process.parquet",
    "kamp_diecasting_quality.csv",
    "kamp_melting_tank_first10000.csv",
    "kamp_plating_2021-10-14.csv",
    "machining_capacity.csv",
    "machining_orders_cp949.csv",
    "nab_machine_temperature.csv",
    "skab_valve1_0.csv",
    "steel_industry_energy.csv",
    "tsid_conveyor_a_diagonal_cut_5mm.csv",
    "tsid_conveyor_normal.xlsx",
)
ARCHIVES = (
    "deeppcb_group20085_37pairs.zip",
    "kamp_plating_33days.zip",
    "tsid_conveyor_mixed_encodings.zip",
)


@cache
def examined(name: str) -> tuple[FileReport, dict[str, Any]]:
    if REAL is None:
        pytest.skip("the folder of real files does not lie beside the repository")
    facts = json.loads((REAL / Path(name).with_suffix(".facts.json")).read_text())
    return examine(REAL / name, name=name), facts


def the_table(name: str) -> tuple[Table, dict[str, Any]]:
    report, facts = examined(name)
    (table,) = report.tables
    return table, facts


def name_of(fact: dict[str, Any]) -> str:
    given = fact["name"]
    return " / ".join(given) if isinstance(given, list) else str(given)


def close(value: float | None, other: float) -> bool:
    return value is not None and math.isclose(value, other, rel_tol=1e-8, abs_tol=1e-9)


@pytest.mark.parametrize("name", TABLES)
def test_rows_columns_nulls_and_repeats_are_exact(name: str) -> None:
    table, facts = the_table(name)
    parts = facts["kamp_index_parts"]

    assert (table.row_count, len(table.columns)) == (facts["rows"], facts["columns"])
    assert sum(column.null_count for column in table.columns) == facts["nulls_total"]
    assert table.duplicate_count == parts["duplicate_rows_beyond_first"]
    assert table.distinct_groups == parts["distinct_row_values"]
    assert table.repeated_groups == parts["row_values_seen_more_than_once"]


def distinct_numbers(column: Column) -> int:
    """Count values of the dirtied file, where pandas counts texts: ``-0.0000`` and ``0.0000`` are two."""
    assert REAL is not None, "asked only where the files lie"
    rows = (REAL / "cmapss_FD001_hand_dirtied.txt").read_text().splitlines()
    cells = {row.split()[column.position] for row in rows}
    numbers = {cell for cell in cells if cell.lstrip("-").replace(".", "").isdigit()}
    return len({float(cell) for cell in numbers}) + len(cells - numbers)


def disagreements(
    column: Column, fact: dict[str, Any], spellings: Callable[[Column], int] | None
) -> list[str]:
    """Return where a column of ours and of pandas differ."""
    wrong = []
    if column.null_count != fact["nulls"]:
        wrong.append("nulls")
    # Beyond 32,768 values it is an estimate, and says so.
    allowed = 0 if column.distinct_exact else 0.03 * fact["distinct"]
    own = spellings is not None and column.number is not None and "mean" not in fact
    truth = spellings(column) if own and spellings else fact["distinct"]
    if abs(column.distinct_count - truth) > allowed:
        wrong.append("distinct")
    run = fact["longest_run"]
    if run and column.longest_run and column.longest_run.length != run["length"]:
        wrong.append(f"run {column.longest_run} {run}")
    if "mean" in fact and fact["mean"] is not None:
        number = column.number
        if number is None:
            return [*wrong, f"no numbers but {column.kind}"]
        pairs = (
            (number.low, fact["min"]),
            (number.high, fact["max"]),
            (number.mean, fact["mean"]),
            (number.quantiles[3], fact["median"]),
            (number.std, fact["std_ddof1"]),
        )
        wrong += [f"{mine} {theirs}" for mine, theirs in pairs if not close(mine, theirs)]
        if (number.zero_count, number.negative_count) != (fact["zeros"], fact["negatives"]):
            wrong.append("zeros or negatives")
    return wrong


@pytest.mark.parametrize("name", TABLES)
def test_every_column_agrees_with_pandas(name: str) -> None:
    table, facts = the_table(name)
    columns = list(table.columns)

    spellings = distinct_numbers if name.startswith("cmapss") else None
    wrong = {}
    for column, fact in zip(columns, facts["column_facts"], strict=True):
        if table.header_rows:
            assert column.name == name_of(fact)
        if found := disagreements(column, fact, spellings):
            wrong[column.name] = found

    assert wrong == {}


@pytest.mark.parametrize(
    "name",
    [
        "kamp_casting_process.parquet",
        "kamp_plating_2021-10-14.csv",
        "nab_machine_temperature.csv",
        "skab_valve1_0.csv",
        "steel_industry_energy.csv",
    ],
)
def test_the_order_of_time_is_exact(name: str) -> None:
    table, facts = the_table(name)
    truth = facts["time"]
    time = next(c.time for c in table.columns if c.name == truth["column"])

    assert time is not None
    assert time.backward_count == truth["backward_steps"]
    assert time.zero_count == truth["zero_steps"]
    assert time.repeated_count == truth["rows_repeating_an_earlier_timestamp"]
    assert close(time.interval_median_s, truth["median_positive_interval_s"])
    gaps = truth.get("gaps_over_1.5x_median_after_sort_and_dedup", {}).get("count")
    assert gaps is None or time.gap_count == gaps


@pytest.mark.parametrize("name", ARCHIVES)
def test_members_of_archives_are_exact(name: str) -> None:
    report, facts = examined(name)

    assert len(report.members) == facts["members"]
    rows = {m["name"]: m["rows"] for m in facts["member_facts"] if m.get("rows") is not None}
    texts = [table for table in report.tables if table.encoding]
    assert sorted(table.row_count for table in texts) == sorted(rows.values())


@pytest.mark.parametrize("name", [*TABLES, *ARCHIVES])
def test_no_real_file_holds_personal_data_or_is_blocked(name: str) -> None:
    report, _ = examined(name)

    assert [one.code for one in report.findings if one.code.startswith("PII")] == []
    assert not report.blocked


def test_a_number_column_hides_repeated_rows_and_the_report_says_so() -> None:
    table, facts = the_table("kamp_diecasting_quality.csv")
    report, _ = examined("kamp_diecasting_quality.csv")

    assert table.header_rows == 2
    assert table.duplicate_without_ids_count == facts["extra"]["duplicate_rows_ignoring_id"]
    assert "ROWS_REPEATED_BUT_ID" in {one.code for one in report.findings}


def test_names_of_members_are_composed() -> None:
    report, _ = examined("tsid_conveyor_mixed_encodings.zip")

    assert "normal_belt/정상 데이터 수집.csv" in {one.name for one in report.members}
    encodings = [table.encoding for table in report.tables]
    assert (encodings.count("cp949"), encodings.count("utf-8-sig")) == (12, 1)


def test_rows_for_a_sample_come_as_they_stand() -> None:
    table, _ = the_table("machining_orders_cp949.csv")
    assert REAL is not None

    rows = read_rows(
        REAL / "machining_orders_cp949.csv",
        name="machining_orders_cp949.csv",
        table=table.name,
        first_row=180,
        row_count=10,
    )

    assert len(rows.rows) == 3
    assert rows.columns == tuple(column.name for column in table.columns)


def test_images_alone_get_no_grade() -> None:
    report, _ = examined("deeppcb_group20085_37pairs.zip")
    assert summarize([report]).grade == "-"


@pytest.mark.parametrize("name", TABLES)
def test_indices_are_those_that_pandas_gives_without_the_slips_of_published_code(name: str) -> None:
    report, facts = examined(name)
    parts = facts["kamp_index_parts"]
    pct = {one.name: one.pct for one in summarize([report]).indices}

    assert close(pct["completeness"], parts["completeness_cells_pct"])
    assert close(pct["uniqueness"], parts["uniqueness_rows_pct"])
    assert close(pct["uniqueness_groups"], parts["uniqueness_guidebook_groups_pct"])
    assert (pct["validity"], pct["accuracy"], pct["consistency_reference"]) == (None, None, None)


@pytest.mark.parametrize(
    "name", ["ai4i2020_9cols.csv", "cmapss_FD001_hand_dirtied.txt", "machining_capacity.csv"]
)
def test_rows_are_unique_by_their_declared_key_as_pandas_says(name: str) -> None:
    report, truth = examined(name)
    facts, given = truth["kamp_index_parts"], report.tables[0].columns
    # The file without a header has no names to go by; its key are the first columns.
    keys = facts["uniqueness_key"]
    if not {one.name for one in given} >= set(keys):
        keys = [one.name for one in given[: len(keys)]]
    assert REAL is not None

    report = examine(REAL / name, name=name, settings=settings_of({"keys": keys}))

    (table,) = report.tables
    assert table.key is not None
    index = next(one for one in summarize([report]).indices if one.name == "uniqueness_by_key")
    assert close(index.pct, facts["uniqueness_key_rows_pct"])
    groups = table.key.distinct_groups
    assert close(100 * (groups - table.key.repeated_groups) / groups, facts["uniqueness_key_groups_pct"])  # fmt: skip
