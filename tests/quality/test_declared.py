"""What is declared of data is honoured in every format, counted exactly, and where it is wrong it is a finding."""

import json
import pickle
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from msgspec import to_builtins
from pyarrow import parquet

from quality import Column, FileReport, Limits, Settings, examine, settings_of, summarize
from quality.canonical import plain
from quality.profile import keepings, profile
from quality.profile.blocks import Block
from quality.profile.finishing import Columns
from quality.profile.partial import Partial
from quality.profile.plan import plan_of
from quality.sources import opened_at

ROWS = 400
SAID = {
    "columns": {
        "온도": {"unit": "℃", "low": 10, "high": 80},
        "판정": {"codes": ["정상", "불량"]},
        "로트": {"pattern": "L-[0-9]{4}", "kind": "text"},
        "등급": {"codes": ["1", "2", "3"]},
        "번호": {"kind": "number"},
    },
    "time": "시각",
    "entity": "설비",
    "keys": ["시각", "설비"],
    "relations": [{"left": "하한", "op": "<=", "right": "상한"}],
}


def rows() -> list[dict[str, Any]]:
    """A table with a planted number of each breach."""
    made: list[dict[str, Any]] = [
        {
            "시각": f"2026-03-02 08:{at // 2 // 60:02d}:{at // 2 % 60:02d}",
            "설비": f"M{at % 2}",
            "온도": 20.0 + at % 50 + 0.5,
            "판정": "불량" if at % 5 == 0 else "정상",
            "로트": f"L-{at // 10:04d}",
            "등급": at % 3 + 1,
            "번호": str(at),
            "하한": at % 7,
            "상한": 9,
        }
        for at in range(ROWS)
    ]
    for at, value in ((7, 99.0), (8, 5.0), (300, 80.0), (301, 80.5)):
        made[at]["온도"] = value
    made[11]["온도"] = None
    for at in range(40, 65):
        made[at]["판정"] = "보류"
    made[100]["로트"] = "L-12345"
    made[101]["로트"] = "x L-0010"
    made[200]["등급"] = 7
    made[5]["상한"] = 1  # 5 <= 1 is broken
    made[6]["상한"] = 6  # 6 <= 6 holds
    made[399] = dict(made[397])  # the same time and machine twice
    return made


def as_csv(made: list[dict[str, Any]], path: Path) -> str:
    lines = [",".join(made[0])]
    lines += [",".join("" if cell is None else str(cell) for cell in row.values()) for row in made]
    path.write_text("\n".join(lines) + "\n")
    return "a.csv"


def as_jsonl(made: list[dict[str, Any]], path: Path) -> str:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made))
    return "a.jsonl"


def as_parquet(made: list[dict[str, Any]], path: Path) -> str:
    parquet.write_table(pa.Table.from_pylist(made), path, row_group_size=130)
    return "a.parquet"


FORMATS = (as_csv, as_jsonl, as_parquet)


def counted(folder: Path, settings: Settings, write: Any = as_csv) -> FileReport:
    path = folder / "upload"
    name = write(rows(), path)
    if write is as_parquet:  # its reader leaves the file open, which only a child may
        return examine(path, name=name, settings=settings)
    return profiled(path, name, settings)


def profiled(path: Path, name: str, settings: Settings) -> FileReport:
    with opened_at(path) as file:
        return profile(file, name, Limits(), settings=settings)


def columns_of(report: FileReport) -> dict[str, Column]:
    return {column.name: column for table in report.tables for column in table.columns}


def breaches(report: FileReport) -> dict[tuple[str, str], tuple[int, list[int]]]:
    return {
        (column.name, one.rule): (one.count, [place.row for place in one.places])
        for column in columns_of(report).values()
        if column.kept is not None
        for one in column.kept.breaches
    }


@pytest.mark.parametrize("write", FORMATS)
def test_declarations_are_honoured_and_every_breach_is_counted_with_its_row(
    tmp_path: Path, write: Any
) -> None:
    report = counted(tmp_path, settings_of(SAID), write)

    assert breaches(report) == {
        ("온도", "range"): (3, [8, 9, 302]),
        ("판정", "codes"): (25, list(range(41, 61))),  # the first 20 places
        ("로트", "pattern"): (2, [101, 102]),
        ("등급", "codes"): (1, [201]),
    }
    (table,) = report.tables
    assert table.series is not None
    assert (table.series.time_column, table.series.entity_column) == ("시각", "설비")
    assert table.key is not None
    assert (table.key.duplicate_count, table.key.distinct_groups) == (1, ROWS - 1)
    (rule,) = table.relations
    assert (rule.checked_count, rule.broken_count) == (ROWS, 1)
    assert (rule.places[0].row, rule.places[0].value) == (6, "5 <= 1")
    found = columns_of(report)
    assert (found["온도"].unit, found["온도"].ucum) == ("℃", "Cel")
    assert found["번호"].kind in ("integer", "number")
    assert {one.code for one in report.findings} >= {
        "VALUE_OUT_OF_RANGE", "VALUE_NOT_IN_CODES", "VALUE_NOT_IN_PATTERN", "RELATION_BROKEN", "KEY_BROKEN",
    }  # fmt: skip
    indices = {one.name: (one.numerator, one.denominator) for one in summarize([report]).indices}
    assert indices["validity"] == (5 * ROWS - 1 - 3 - 25 - 2 - 1, 5 * ROWS - 1)
    assert indices["accuracy"] == (ROWS - 1, ROWS)
    assert indices["uniqueness_by_key"] == (ROWS - 1, ROWS)


@pytest.mark.parametrize("write", FORMATS)
def test_a_table_that_keeps_to_what_is_declared_is_left_alone(tmp_path: Path, write: Any) -> None:
    said = {
        "columns": {
            "온도": {"low": 5, "high": 99},
            "판정": {"codes": ["정상", "불량", "보류"]},
            "등급": {"codes": ["1", "2", "3", "7"]},
            "설비": {"pattern": "M[01]"},
        },
        "relations": [{"left": "하한", "op": "<", "right": "온도"}],
    }
    report = counted(tmp_path, settings_of(said), write)

    assert breaches(report) == {}
    assert not [one for one in report.findings if one.code.startswith(("VALUE_", "DECLARED", "REL"))]  # fmt: skip


def test_kinds_are_read_as_declared_whatever_the_sample_looks_like(tmp_path: Path) -> None:
    said = {
        "columns": {"등급": {"kind": "text"}, "설비": {"kind": "number"}, "판정": {"kind": "time"}}
    }
    report = counted(tmp_path, settings_of(said))
    found = columns_of(report)

    assert (found["등급"].kind, found["등급"].number) == ("text", None)
    wrong = found["설비"].kept
    assert wrong is not None
    assert (wrong.checked_count, wrong.passed_count) == (ROWS, 0)
    codes = {one.code: one for one in report.findings}
    assert codes["VALUE_OF_OTHER_KIND"].column == "설비"
    # What cannot be read at all is said, and the column is read as it looks.
    assert codes["DECLARED_UNFIT"].column == "판정"
    assert found["판정"].kind == "text"


def test_what_is_declared_wrongly_is_a_finding_and_never_an_error(tmp_path: Path) -> None:
    said = {
        "columns": {
            "없음": {"low": 1},
            "로트": {"pattern": "L-(?=1)("},
            "시각": {"low": 1},
            "온도": {"unit": "K"},
        },
        "time": "판정",
        "entity": "기계",
        "keys": ["로트", "순번"],
        "relations": [
            {"left": "판정", "op": "<", "right": "온도"},
            {"left": "온도", "op": "<", "right": "기준"},
        ],
    }
    report = counted(tmp_path, settings_of(said))

    unfit = [(one.column, one.en) for one in report.findings if one.code == "DECLARED_UNFIT"]
    assert {column for column, _ in unfit} == {"로트", "시각", "판정"}
    assert len(unfit) == 4  # the label as time, and in a relation with a number
    (missing,) = [one for one in report.findings if one.code == "DECLARED_MISSING"]
    assert missing.examples == ("없음", "기계", "순번", "기준")
    (table,) = report.tables
    assert table.key is None
    assert table.relations == ()
    assert table.series is not None  # the column of time is looked for as if none were declared
    assert table.series.time_column == "시각"


def test_a_unit_that_contradicts_the_name_of_its_column_is_said(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text("온도 [℃],압력(bar)\n1,2\n3,4\n")
    said = settings_of({"columns": {"온도 [℃]": {"unit": "K"}, "압력(bar)": {"unit": "Bar"}}})

    report = profiled(path, "a.csv", said)

    assert [one.column for one in report.findings if one.code == "UNIT_DIFFERS"] == ["온도 [℃]"]


def test_codes_with_leading_zeros_are_words(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text("코드\n" + "0433\n" * 30 + "433\n")

    report = profiled(path, "a.csv", settings_of({"columns": {"코드": {"codes": ["0433"]}}}))  # fmt: skip

    assert breaches(report) == {("코드", "codes"): (1, [31])}


def test_values_that_look_personal_are_hidden_where_they_break_a_rule(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text("상태\n정상\n010-1234-5678\n")

    report = profiled(path, "a.csv", settings_of({"columns": {"상태": {"codes": ["정상"]}}}))  # fmt: skip

    kept = columns_of(report)["상태"].kept
    assert kept is not None
    assert [one.value for one in kept.breaches[0].places] == ["010-****-****"]


def test_thresholds_of_the_settings_decide_what_a_check_finds(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    values = [f"{50 + (at * 7919 % 977) / 100}" for at in range(2_000)]
    values[700:760] = ["49.5"] * 60
    path.write_text("값\n" + "\n".join(values) + "\n")

    def codes(**thresholds: float) -> set[str]:
        report = profiled(path, "a.csv", settings_of({"thresholds": thresholds}))
        return {one.code for one in report.findings}

    assert "SENSOR_STUCK" in codes()
    assert "SENSOR_STUCK" not in codes(stuck_rows=100)


@pytest.mark.parametrize("seed", range(6))
def test_breaches_are_the_same_however_blocks_are_spread(seed: int) -> None:
    made, chance, blocks = rows(), random.Random(seed), 20
    names = tuple(made[0])
    columns = [pa.array(["" if row[name] is None else str(row[name]) for row in made]) for name in names]  # fmt: skip
    plan = plan_of(names, ("",) * len(names), [columns], settings_of(SAID))

    def figures(counted: Partial) -> Any:
        facts = Columns(counted).all()
        return to_builtins([facts, keepings.key_facts(counted), keepings.relations(counted)])

    def part(low: int, high: int) -> Partial:
        one = Partial(plan)
        for number in range(low, high):
            one.add(Block(number, plan, [each.slice(number * 20, 20) for each in columns]))
        return pickle.loads(pickle.dumps(one))  # type: ignore[no-any-return]

    alone = figures(part(0, blocks))
    edges = sorted({0, blocks, *(chance.randrange(blocks + 1) for _ in range(6))})
    parts = [part(low, high) for low, high in pairwise(edges)]
    while len(parts) > 1:
        at = chance.randrange(len(parts) - 1)
        parts[at].merge(parts[at + 1])
        del parts[at + 1]
    assert figures(parts[0]) == alone


@pytest.mark.slow  # real children
def test_settings_reach_the_child_and_stand_in_the_report(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    name = as_csv(rows(), path)
    # More than one argument of a command holds, were it not packed.
    wide = {f"열 {at:04d}": {"low": at, "unit": "℃", "meaning": "뜻" * 20} for at in range(1_500)}
    said = settings_of(SAID | {"columns": SAID["columns"] | wide})  # type: ignore[operator]

    report = examine(path, name=name, settings=said)
    made = summarize([report])

    assert breaches(report)["온도", "range"][0] == 3
    assert (report.settings, report.settings_id) == (said, said.id)
    assert (made.settings, made.files[0].settings, made.files[0].settings_id) == ((said,), None, said.id)  # fmt: skip
    assert made.rules != summarize([examine(path, name=name)]).rules
    assert plain(made)["settings"][0]["time"] == "시각"
