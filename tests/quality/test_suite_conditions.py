"""Rules about some rows: each spelling is read, what is not understood is refused, and rows keep their numbers."""

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from quality import Limits
from quality.profile.blocks import Block
from quality.profile.plan import plan_of
from quality.suites.conditions import Asked, conditions_of
from quality.suites.counting import Counts
from quality.suites.references import References
from quality.suites.results import SuiteResult
from quality.suites.running import result_of
from quality.suites.suite import Suite
from quality.suites.wording import rule_words
from quality.suites.wrong import Wrong
from tests.quality.suite_cases import rule
from tests.quality.test_suites import CSV, checked, suite

PANDAS = {"condition_parser": "pandas"}
GREAT = {"condition_parser": "great_expectations"}


def compared(name: str, operator: str, parameter: Any) -> dict[str, Any]:
    return {
        "type": "comparison", "column": {"name": name}, "operator": operator, "parameter": parameter,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kwargs", "asked"),
    [
        ({"row_condition": 'col("온도") > 5', **GREAT}, [Asked("온도", ">", 5.0)]),
        ({"row_condition": "col(\"상태\") != 'OK'", **GREAT}, [Asked("상태", "!=", "OK")]),
        ({"row_condition": 'col("a b").notNull()', **GREAT}, [Asked("a b", "filled")]),
        ({"row_condition": 'col("t") >= date("2024-01-31")', **GREAT}, [Asked("t", ">=", "2024-01-31")]),
        ({"row_condition": "온도 <= -1.5e3", **PANDAS}, [Asked("온도", "<=", -1500.0)]),
        ({"row_condition": '(`a b` == "x and y") & (c.isnull()) and d<3', **PANDAS}, [Asked("a b", "==", "x and y"), Asked("c", "empty"), Asked("d", "<", 3.0)]),
        ({"row_condition": compared("x", "==", "A")}, [Asked("x", "==", "A")]),
        ({"row_condition": {"type": "and", "conditions": [compared("x", "<", 2), {"type": "nullity", "column": {"name": "y"}, "is_null": True}]}}, [Asked("x", "<", 2.0), Asked("y", "empty")]),
        ({"row_condition": {"type": "pass_through", "pass_through_filter": "x > 1"}}, [Asked("x", ">", 1.0)]),
        ({}, []),
    ],
)  # fmt: skip
def test_each_spelling_of_a_condition_is_read(kwargs: dict[str, Any], asked: list[Asked]) -> None:
    assert conditions_of(kwargs) == tuple(asked)


@pytest.mark.parametrize(
    "kwargs",
    [
        {"row_condition": "a > 5 or b < 3", **PANDAS},
        {"row_condition": "a + b > 5", **PANDAS},
        {"row_condition": "not a > 5", **PANDAS},
        {"row_condition": "1 < a < 5", **PANDAS},
        {"row_condition": "(a > 5", **PANDAS},
        {"row_condition": "a > 5 and", **PANDAS},
        {"row_condition": "a > b", **PANDAS},
        {"row_condition": "a > 5; import os", **PANDAS},
        {"row_condition": "@os.system('x')", **PANDAS},
        {"row_condition": "a > 5", **GREAT},
        {"row_condition": 'col("a") > 5 and col("b") > 1', **GREAT},
        {"row_condition": "a > 5", "condition_parser": "spark"},
        {"row_condition": "a > 5"},
        {"row_condition": ["a"]},
        {"row_condition": {"type": "or", "conditions": [compared("a", ">", 1)]}},
        {"row_condition": compared("a", "IN", [1])},
        {"row_condition": compared("a", "==", None)},
        {"row_condition": {"type": "and", "conditions": []}},
        {"row_condition": " and ".join(["a > 1"] * 21), **PANDAS},
    ],
)
def test_what_is_not_understood_is_refused_and_never_guessed(kwargs: dict[str, Any]) -> None:
    assert isinstance(conditions_of(kwargs), Wrong)


@pytest.mark.slow  # a real child
def test_rows_outside_of_a_condition_do_not_count_and_others_keep_their_numbers(
    tmp_path: Path,
) -> None:
    def low(condition: str, **more: str) -> dict[str, Any]:
        return rule("column_values_to_be_between", column="온도", max_value=750, row_condition=condition, **more)  # fmt: skip

    came: SuiteResult = checked(
        tmp_path, CSV,
        suite(
            low('col("상태") == "불량"', **GREAT),
            low("상태 != '불량' and 온도.notnull()", **PANDAS),
            low("없는열 > 1", **PANDAS),
            low("상태 > 3", **PANDAS),
            low("시각 >= '2024-01-01 00:00:02'", **PANDAS),
            rule("table_row_count_to_equal", value=3, row_condition="상태 == '정상'", **PANDAS),
        ),
    )  # fmt: skip
    facts = [(one.success, one.element_count, one.missing_count, [place.row for place in one.places]) for one in came.results]  # fmt: skip

    assert facts == [
        (False, 2, 0, [2, 4]),
        (False, 2, 0, [5]),
        (False, None, None, []),
        (False, None, None, []),
        (False, 2, 1, [5]),
        (True, None, None, []),
    ]
    assert came.results[2].reason_ko == "'없는열' 열이 없습니다."
    assert "글자입니다" in came.results[3].reason_ko
    assert came.results[0].ko == "'상태' = 불량인 행에서 열 '온도'의 값은 750 이하이어야 합니다"
    assert came.results[1].en == "in rows where '상태' ≠ 불량 and '온도' is filled, values of column '온도' must be at most 750"  # fmt: skip


def test_a_condition_is_said_in_words() -> None:
    (one,) = suite(rule("table_row_count_to_equal", value=3, row_condition="a > 12000", **PANDAS)).expectations  # fmt: skip

    assert rule_words(one).en == "in rows where 'a' > 12000, there must be 3 rows"


def test_counts_of_some_rows_are_the_same_however_a_table_is_split() -> None:
    chance = random.Random(5)
    lines = [[chance.choice(["", str(chance.gauss(5, 3))]), chance.choice("abcd"), str(n % 97)] for n in range(400)]  # fmt: skip
    columns = [pa.array([line[at] for line in lines], pa.string()) for at in range(3)]
    plan = plan_of(("x", "label", "n"), ("",) * 3, [columns])
    asked = {"row_condition": "label != 'a' and n < 60", **PANDAS}
    rules: Suite = suite(
        rule("column_values_to_be_between", column="x", min_value=4, **asked),
        rule("column_values_to_be_increasing", column="x", mostly=0.5, **asked),
        rule("column_values_to_be_unique", column="n", **asked),
        rule("column_values_to_match_regex", column="label", regex="^[a-c]$", **asked),
        rule("column_median_to_be_between", column="x", min_value=5, **asked),
        rule("column_values_to_be_of_type", column="x", type_="int", **asked),
        rule("compound_columns_to_be_unique", column_list=["label", "n"], **asked),
        rule("table_row_count_to_equal", value=400, **asked),
    )

    def counted(low: int, high: int) -> Counts:
        counts = Counts(list(enumerate(rules.expectations)), plan, References((), (), Limits()))
        for at in range(low, high, 50):
            counts.add(Block(at // 50, plan, [one.slice(at, min(50, high - at)) for one in columns]))  # fmt: skip
        return counts

    def results(counts: Counts) -> list[Any]:
        came = counts.finish()
        return [result_of(number, one, came[number]) for number, one in enumerate(rules.expectations)]  # fmt: skip

    whole = results(counted(0, 400))
    chosen = [row for row, (_, label, n) in enumerate(lines, 1) if label != "a" and int(n) < 60]
    below = [row for row in chosen if lines[row - 1][0] and float(lines[row - 1][0]) < 4]
    assert whole[0].element_count == len(chosen)
    assert [one.row for one in whole[0].places] == below[:20]
    assert whole[-1].observed == len(chosen)
    for seed in range(6):
        chance = random.Random(seed)
        edges = sorted({0, 400, *(50 * chance.randrange(9) for _ in range(4))})
        parts = [counted(low, high) for low, high in pairwise(edges)]
        while len(parts) > 1:
            at = chance.randrange(len(parts) - 1)
            parts[at].merge(parts[at + 1])
            del parts[at + 1]
        assert results(parts[0]) == whole


def test_a_rule_for_a_table_is_left_out_of_others() -> None:
    (one,) = suite({**rule("column_values_to_be_unique", column="a"), "meta": {"table": "sensor*.csv"}}).expectations  # fmt: skip

    assert one.about("sensor_2024.csv")
    assert one.about("folder", "sensor.csv")
    assert not one.about("lots.csv")
