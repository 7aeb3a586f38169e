"""What people declare of their data in a file: read, refused in words, packed, named."""

from datetime import date
from typing import Any

import pytest

from quality import NOTHING_SAID, DeclaredColumn, Relation, Settings, SettingsInvalid
from quality.checks.checking import Thresholds
from quality.settings import CODES_MAX, COLUMNS_MAX, SETTINGS_BYTES_MAX
from quality.settings_files import read_settings, settings_of
from quality.thresholds import applied

TOML = """
time = "시각"
entity = "설비"
keys = ["시각", "설비"]
label = "판정"
as_of = 2026-11-28
preset = "equal"

[columns."온도"]
kind = "number"
unit = "℃"
low = 0
high = 80.5

[columns."판정"]
codes = ["정상", "불량"]

[[relations]]
left = "하한"
op = "<="
right = "상한"

[thresholds]
stuck_rows = 20
clock_s = [3000, 4100]
rare_share = 0.05
"""


def told(said: Any) -> list[str]:
    with pytest.raises(SettingsInvalid) as refused:
        settings_of(said)
    assert all(ko and en for ko, en in refused.value.problems)
    return [en for _, en in refused.value.problems]


def test_settings_are_read_from_toml_and_json_alike() -> None:
    made = read_settings(TOML.encode(), toml=True)

    assert made == Settings(
        columns=(
            DeclaredColumn(name="온도", kind="number", unit="℃", low=0.0, high=80.5),
            DeclaredColumn(name="판정", codes=("정상", "불량")),
        ),
        time="시각",
        entity="설비",
        keys=("시각", "설비"),
        label="판정",
        relations=(Relation(left="하한", op="<=", right="상한"),),
        as_of=date(2026, 11, 28),
        preset="equal",
        # What is the default after all is not kept.
        thresholds={"stuck_rows": 20, "clock_s": (3000, 4100)},
    )
    text = '{"as_of": "2026-11-28", "columns": [{"name": "온도", "low": 0}]}'
    assert read_settings(text.encode(), toml=False) == Settings(
        as_of=date(2026, 11, 28), columns=(DeclaredColumn(name="온도", low=0.0),)
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"tiem": "a"}, "unknown name 'tiem'"),
        ({"columns": [{"name": "a", "lwo": 1}]}, "columns[0]: unknown name 'lwo'"),
        ({"columns": [{"low": 1}]}, "columns[0]: 'name' is missing"),
        ({"columns": {"a": {"low": "1"}}}, "columns[0].low: expected a number, found text"),
        ({"columns": {"a": {"kind": "float"}}}, "columns[0].kind: 'float' is no value to choose"),
        ({"columns": {"a": {"low": 2, "high": 1}}}, "the least value of column 'a' (2) is above its greatest (1)"),
        ({"columns": {"a": {"low": float("inf")}}}, "the range of column 'a' must be finite"),
        ({"columns": [{"name": "a"}, {"name": " a "}]}, "the column ' a ' stands twice"),
        ({"columns": {" ": {}}}, "a column has no name"),
        ({"relations": [{"left": "a", "op": "<<", "right": "b"}]}, "relations[0].op: '<<' is no value to choose"),
        ({"preset": "best"}, "there is no preset 'best'; there are: kamp-appendix-4, equal, dqi"),
        ({"version": 2}, "version must be 1"),
        ({"thresholds": {"stuck_rows": 1.5}}, "the threshold 'stuck_rows' must be a whole number, 0 or more"),
        ({"thresholds": {"stuck_share": 2}}, "the threshold 'stuck_share' must be a share from 0 to 1"),
        ({"thresholds": {"drift_spreads": "3"}}, "the threshold 'drift_spreads' must be a number, 0 or more"),
        ({"thresholds": {"clock_s": [2, 1]}}, "the threshold 'clock_s' must be 2 numbers, the smaller one first"),
        ([1], "expected a table, found a list"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(said: Any, words: str) -> None:
    assert told(said) == [words]


def test_a_threshold_without_a_name_of_ours_is_refused_with_the_names_there_are() -> None:
    (said,) = told({"thresholds": {"stuck": 1}})

    assert said.startswith("there is no threshold 'stuck'; there are: stuck_rows")


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe", b"{"])
def test_a_file_that_is_not_well_formed_is_refused(content: bytes) -> None:
    with pytest.raises(SettingsInvalid, match="not well formed"):
        read_settings(content, toml=content != b"{")


def test_as_many_columns_as_a_table_may_have_and_one_more() -> None:
    columns = [{"name": str(at), "low": 0.5} for at in range(COLUMNS_MAX + 1)]

    assert len(settings_of({"columns": columns[1:]}).columns) == COLUMNS_MAX
    assert told({"columns": columns}) == ["at most 2,000 columns and 200 relations"]


def test_settings_are_as_long_as_they_may_be_and_one_byte_longer() -> None:
    def of(count: int, chars: int) -> dict[str, Any]:
        listed = {"a": CODES_MAX, "b": count}
        columns = {name: {"codes": ["x" * 900] * codes} for name, codes in listed.items()}
        return {"columns": columns | {"c": {"meaning": "z" * chars}}}

    base = settings_of(of(1, 0)).size_bytes
    count = (SETTINGS_BYTES_MAX - base) // 903 + 1
    left = SETTINGS_BYTES_MAX - settings_of(of(count, 0)).size_bytes

    assert settings_of(of(count, left)).size_bytes == SETTINGS_BYTES_MAX
    assert told(of(count, left + 1)) == ["too much is declared: shorten the lists of codes"]


def test_settings_have_a_name() -> None:
    made = read_settings(TOML.encode(), toml=True)

    assert NOTHING_SAID.id == ""
    assert made.id == read_settings(TOML.encode(), toml=True).id != Settings(time="시각").id


def test_thresholds_take_the_place_of_the_defaults() -> None:
    changed = applied({"stuck_rows": 20, "clock_s": (3000, 4100), "stuck_factor": 4})

    assert (changed.stuck_rows, changed.clock_s, changed.stuck_factor) == (20, (3000.0, 4100.0), 4.0)  # fmt: skip
    assert changed.rare_share == Thresholds().rare_share
