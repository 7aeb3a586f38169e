"""Suites: read and refused in words, counted the same however a table is split, run in the child, exported."""

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from quality import Limits, Rules, check, examine
from quality.cli import FINE, UNREADABLE, WARNED, run
from quality.profile.blocks import Block
from quality.profile.plan import plan_of
from quality.suites.counting import Counts
from quality.suites.exporting import validation_result
from quality.suites.parts import NotRun
from quality.suites.patterns import Pattern, TooSlow
from quality.suites.reading import SuiteRefused, read_suite, suite_of
from quality.suites.references import References
from quality.suites.results import SuiteResult
from quality.suites.running import result_of
from quality.suites.suite import Suite
from quality.suites.types import REFUSED, TYPES
from quality.suites.wording import result_words, rule_words
from tests.quality.suite_cases import rule

CSV = """시각,machine,온도,temp,lot,상태,코드
2024-01-01 00:00:00,EQ-01,700,1.5,L1,정상,
2024-01-01 00:00:01,EQ-02,1600,2.5,L1,불량,D1
2024-01-01 00:00:02,EQ-01,,3.5,L2,정상,
2024-01-01 00:00:01,EQ-x,800,0.5,L3,불량,
2024-01-01 00:00:04,EQ-02,900,4.5,L9,정상,D2
"""


def suite(*rules: dict[str, Any], **more: Any) -> Suite:
    return suite_of({"name": "규칙", "expectations": list(rules), **more})


def checked(folder: Path, content: str, rules: Suite, *beside: tuple[Path, str]) -> SuiteResult:
    (folder / "sensor.csv").write_text(content)
    (result,) = check(folder / "sensor.csv", name="sensor.csv", rules=Rules(rules, beside)).suites
    return result


def said(result: SuiteResult) -> list[str]:
    return [f"{one.ko}: {result_words(one).ko}" for one in result.results]


def refused(*rules: Any, **more: Any) -> list[str]:
    with pytest.raises(SuiteRefused) as caught:
        suite_of({"name": "규칙", "expectations": list(rules), **more})
    return [f"{one.ko} | {one.en}" for one in caught.value.problems]


def test_a_suite_as_great_expectations_saves_it_is_read() -> None:
    saved: dict[str, Any] = {
        "name": "sensor", "id": "8b3b7b57-7a0a-4a44-9c40-7d8d3d9d6d65", "notes": None,
        "expectations": [{
            "type": "expect_column_values_to_be_between", "id": "x", "severity": "warning", "rendered_content": [],
            "kwargs": {"column": "온도", "min_value": 0, "max_value": 1500.0, "mostly": 0.9, "strict_min": False, "row_condition": None},
            "meta": {"notes": "공정 한계"}, "description": None,
        }],
        "meta": {"great_expectations_version": "1.24.1"},
    }  # fmt: skip

    read = read_suite(json.dumps(saved).encode())

    (one,) = read.expectations
    assert (one.type, one.severity) == ("expect_column_values_to_be_between", "warning")
    assert one.kwargs == {
        "column": "온도",
        "min_value": 0,
        "max_value": 1500.0,
        "mostly": 0.9,
        "strict_min": False,
    }
    assert one.meta == {"notes": "공정 한계"}
    assert read_suite(read.stored()).sha256 == read.sha256
    older = {"expectation_suite_name": "sensor", "expectations": [{"expectation_type": one.type, "kwargs": one.kwargs, "severity": "warning", "meta": one.meta}]}  # fmt: skip
    assert suite_of(older).sha256 == read.sha256


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"type": "expect_the_best", "kwargs": {}}, ("1번째 규칙 expect_the_best: 모르는 규칙입니다.", "is not known")),
        ({"kwargs": {}}, ("type과 kwargs가 있어야 합니다.", "needs 'type' and 'kwargs'")),
        (rule("column_values_to_be_between", column="a", min_value=5, max_value=1), ("min_value 5와(과) max_value 1 사이에는 값이 없어", "can never hold")),
        (rule("column_values_to_be_between", column="a", min_value=5, max_value=5, strict_max=True), ("지킬 수 없습니다.", "can never hold")),
        (rule("column_values_to_be_between", column="a", min_value="2024-02-01", max_value="2024-01-01"), ("지킬 수 없습니다.", "can never hold")),
        (rule("column_values_to_be_between", column="a"), ("min_value, max_value 가운데 하나는 있어야 합니다.", "needs one of min_value, max_value")),
        (rule("column_values_to_be_between", min_value=1), ("column 인수가 없습니다.", "lacks 'column'")),
        (rule("column_values_to_be_between", column="a", min_value="높음"), ("숫자나 일시", "must be a number or a time")),
        (rule("column_values_to_be_between", column="a", min_value=1, mostly=2), ("mostly: 0과 1 사이의 수여야 합니다.", "'mostly' must be a number from 0 to 1")),
        (rule("column_values_to_be_between", column="a", min_value=1, row_condition="b > 3"), ("condition_parser에", "needs the condition_parser")),
        (rule("column_values_to_be_between", column="a", min_value=1, row_condition="b > 3 or c < 1", condition_parser="pandas"), ("row_condition은", "has a row_condition that is not understood")),
        (rule("column_value_z_scores_to_be_less_than", column="a", threshold=3, double_sided=True, row_condition="b > 3", condition_parser="pandas"), ("row_condition을 쓸 수 없습니다.", "cannot have a row_condition")),
        (rule("table_column_count_to_equal", value=3, row_condition="b > 3", condition_parser="pandas"), ("row_condition을 쓸 수 없습니다.", "cannot have a row_condition")),
        (rule("column_values_to_be_unique", column="a", colour="red"), ("모르는 인수 colour입니다.", "unknown argument 'colour'")),
        (rule("column_values_to_match_regex", column="a", regex="(["), ("정규식을 읽을 수 없습니다", "is no valid pattern")),
        (rule("column_values_to_be_in_set", column="a", value_set=[]), ("숫자나 글자의 목록", "must be a list of 1 to")),
        (rule("compound_columns_to_be_unique", column_list=["a", "a"]), ("서로 다른 열 이름 두 개", "two or more different columns")),
        (rule("column_pair_values_to_be_equal", column_A="a", column_B="a"), ("서로 다른 두 열", "names one column twice")),
        (rule("row_values_to_satisfy_rule", rule={"left": {"sql": "drop table"}, "comparison": "<", "right": {"value": 1}}), ("열 사이의 규칙은", "must look like")),
        (rule("row_values_to_satisfy_rule", rule={"left": {"value": 2}, "comparison": "<", "right": {"value": 1}}), ("열을 하나 이상", "must name a column")),
        ({"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": "select 1"}}, ("SQL을 받지 않습니다.", "takes SQL")),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_run_is_named_in_both_languages(
    given: dict[str, Any], words: tuple[str, str]
) -> None:
    (problem,) = refused(given)

    assert all(one in problem for one in words)


def test_every_wrong_rule_is_named_with_its_place() -> None:
    right = rule("column_values_to_be_unique", column="a")
    problems = refused(rule("column_values_to_be_unique"), right, rule("column_to_be"))

    assert [one.split(" ")[0] for one in problems] == ["1번째", "3번째"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"no json", "JSON이 아닙니다."),
        (b"[]", "규칙 모음(suite)이 아닙니다."),
        (b'{"name": "a", "expectations": [NaN]}', "JSON이 아닙니다."),
        (b'{"name": "", "expectations": []}', "이름(name)이 없거나"),
        (b" " * (1 << 20) + b" ", "바이트보다 큽니다."),
        (json.dumps({"name": "a", "expectations": [{}] * 501}).encode(), "500개까지"),
    ],
)
def test_a_file_that_is_no_suite_is_refused(content: bytes, word: str) -> None:
    with pytest.raises(SuiteRefused) as caught:
        read_suite(content)

    assert word in caught.value.problems[0].ko


def test_every_type_can_be_said_in_both_languages() -> None:
    filled = {
        "column": "a", "columns": ["a", "b"], "number": 1, "bound": 1, "count": 1, "share": 0.5, "flag": True,
        "set": ["x"], "pattern": "x", "patterns": ["x"], "text": "x", "texts": ["x"], "pairs": [["x", "y"]],
        "quantiles": {"quantiles": [0.5], "value_ranges": [[1, 2]]}, "partition": {"weights": [1]},
        "rule": {"left": {"column": "a"}, "comparison": "<", "right": {"value": 3}}, "no_error": False,
        "match_on": "any", "outliers": "iqr", "pair_missing": "neither", "many_missing": "never",
        "condition": {"left": {"column": "b"}, "comparison": "is_filled"},
    }  # fmt: skip
    for name, kind in TYPES.items():
        kwargs = {argument.rstrip("!"): filled[test] for argument, test in kind.arguments.items()}
        if "column_B" in kwargs:
            kwargs["column_B"] = "b"
        kwargs.pop("strict_min", None)
        kwargs.pop("strict_max", None)
        (one,) = suite({"type": name, "kwargs": kwargs}).expectations
        words = rule_words(one)
        assert "–" not in words.ko + words.en, name
        assert not words.ko.startswith("규칙("), name
    assert not set(REFUSED) & set(TYPES)


RULES = (
    rule("column_values_to_be_between", column="온도", min_value=0, max_value=1500),
    rule("column_values_to_not_be_null", column="온도"),
    rule("column_values_to_match_regex", column="machine", regex=r"^EQ-\d{2}$"),
    rule("column_values_to_be_unique", column="lot"),
    rule("column_values_to_be_increasing", column="시각"),
    rule("row_values_to_satisfy_rule", rule={"left": {"column": "코드"}, "comparison": "is_filled"}, when={"left": {"column": "상태"}, "comparison": "==", "right": {"value": "불량"}}),
    rule("row_values_to_satisfy_rule", rule={"left": {"column": "온도"}, "comparison": "<=", "right": {"multiply": [{"column": "temp"}, {"value": 600}]}}),
    rule("column_mean_to_be_between", column="온도", max_value=900),
    rule("column_values_to_be_of_type", column="machine", type_="int64"),
    rule("column_values_to_be_in_set", column="Machine", value_set=["EQ-01"]),
    rule("column_distinct_values_to_equal_set", column="상태", value_set=["정상", "불량", "대기"]),
)  # fmt: skip


@pytest.mark.slow  # a real child
def test_what_came_of_a_suite_is_said_in_words_with_the_first_row(tmp_path: Path) -> None:
    result = checked(tmp_path, CSV, suite(*RULES))

    assert said(result) == [
        "열 '온도'의 값은 0~1500이어야 합니다: 1행이 벗어납니다 (첫 행 2)",
        "열 '온도'에 빈 칸이 없어야 합니다: 1행이 벗어납니다 (첫 행 3)",
        "열 'machine'의 값은 ^EQ-\\d{2}$ 꼴이어야 합니다: 1행이 벗어납니다 (첫 행 4)",
        "열 'lot'의 값은 서로 달라야 합니다: 2행이 벗어납니다 (첫 행 1)",
        "열 '시각'의 값은 커져야 합니다: 1행이 벗어납니다 (첫 행 4)",
        "'상태' = 불량인 행에서 '코드' 채워짐: 1행이 벗어납니다 (첫 행 4)",
        "모든 행에서 '온도' ≤ 'temp' × 600: 2행이 벗어납니다 (첫 행 2)",
        "열 '온도'의 평균은 900 이하이어야 합니다: 지켜지지 않습니다 (실제 1000)",
        "열 'machine'의 값은 int64 형이어야 합니다: 5행이 벗어납니다 (첫 행 1)",
        (
            "열 'Machine'의 값은 EQ-01 가운데 하나여야 합니다: 확인하지 못했습니다. 'Machine' 열이 없습니다. "
            "'machine' 열은 있습니다. 대소문자와 공백까지 같아야 합니다."
        ),
        "열 '상태'의 값은 정상, 불량, 대기 모두이고 다른 것은 없어야 합니다: 지켜지지 않습니다 (빠진 값 대기)",
    ]
    exported = validation_result(result)
    assert exported["statistics"]["unsuccessful_expectations"] == len(RULES)
    assert exported["results"][0]["result"]["partial_unexpected_list"] == [1600]
    assert exported["results"][9]["exception_info"]["raised_exception"] is True


@pytest.mark.slow  # real children
def test_rules_run_in_the_pass_of_the_profile_give_the_same(tmp_path: Path) -> None:
    alone = checked(tmp_path, CSV, suite(*RULES))
    report = examine(tmp_path / "sensor.csv", name="sensor.csv", rules=Rules(suite(*RULES)))

    assert report.suites == (alone,)
    assert report.tables[0].row_count == 5


@pytest.mark.slow  # a real child
def test_values_that_another_file_lacks_are_named_by_row(tmp_path: Path) -> None:
    (tmp_path / "lots.csv").write_text("lot,note\nL1,a\nL2,b\nL3,c\n")
    beside = (tmp_path / "lots.csv", "lots.csv")
    asked = rule("column_values_to_exist_in_other_file", column="lot", other_file="lots.csv", other_column="lot")  # fmt: skip
    missing = rule("column_values_to_exist_in_other_file", column="lot", other_file="none.csv", other_column="lot")  # fmt: skip

    result = checked(tmp_path, CSV, suite(asked, missing), beside)

    assert said(result) == [
        "열 'lot'의 값은 파일 'lots.csv'의 열 'lot'에 있어야 합니다: 1행이 벗어납니다 (첫 행 5)",
        "열 'lot'의 값은 파일 'none.csv'의 열 'lot'에 있어야 합니다: 확인하지 못했습니다. 파일 'none.csv'이(가) 없습니다.",
    ]
    assert result.results[0].places[0].value == "L9"


@pytest.mark.slow  # a real child that imports great-expectations
def test_rarer_types_are_run_by_great_expectations_without_mixing_up_names(tmp_path: Path) -> None:
    rows = "".join(f"{n},{10 * n},a{n % 3}\n" for n in range(1, 200))
    content = f"i,I,text\n{rows}900,20,b\n"
    rules = suite(
        rule("column_value_z_scores_to_be_less_than", column="i", threshold=3, double_sided=True),
        rule("column_value_z_scores_to_be_less_than", column="I", threshold=3, double_sided=True),
        rule("column_values_to_not_be_outliers", column="i"),
        rule("column_pair_values_to_be_in_set", column_A="i", column_B="I", value_pairs_set=[[1, 10], [900, 20]], mostly=0.01),
        rule("column_values_to_be_dateutil_parseable", column="text"),
    )  # fmt: skip

    result = checked(tmp_path, content, rules)

    assert [one.reason_en for one in result.results] == [""] * 5
    assert [one.success for one in result.results] == [False, True, False, True, False]
    first = result.results[0]
    assert (first.unexpected_count, [place.row for place in first.places]) == (1, [200])
    pairs = result.results[3]
    assert (pairs.unexpected_count, pairs.places[0].value) == (198, {"i": 2, "I": 20})


def test_counts_are_the_same_however_a_table_is_split() -> None:
    chance = random.Random(3)
    lines = [
        [f"2024-01-01 00:{n // 60 % 60:02d}:{n % 60:02d}", chance.choice(["", str(chance.gauss(5, 3))]), chance.choice("abcd"), str(n % 97)]
        for n in range(400)
    ]  # fmt: skip
    columns = [pa.array([line[at] for line in lines], pa.string()) for at in range(4)]
    plan = plan_of(("time", "x", "label", "n"), ("",) * 4, [columns])
    rules = suite(
        rule("column_values_to_be_between", column="x", min_value=0, max_value=9),
        rule("column_values_to_be_increasing", column="x", mostly=0.5),
        rule("column_values_to_be_unique", column="n"),
        rule("column_values_to_be_in_set", column="label", value_set=["a", "b"]),
        rule("column_values_to_match_regex", column="label", regex="^[a-c]$"),
        rule("column_median_to_be_between", column="x", min_value=5),
        rule("column_mean_to_be_between", column="x", min_value=5),
        rule("column_max_to_be_between", column="time", min_value="2024-01-02"),
        rule("column_unique_value_count_to_be_between", column="n", max_value=90),
        rule("compound_columns_to_be_unique", column_list=["label", "n"]),
        rule("column_values_to_be_of_type", column="x", type_="int"),
        rule("table_row_count_to_equal", value=400),
    )

    def counted(low: int, high: int, number: int) -> Counts:
        counts = Counts(list(enumerate(rules.expectations)), plan, References((), (), Limits()))
        for at in range(low, high, 50):
            width = min(50, high - at)
            counts.add(Block(number + at // 50, plan, [one.slice(at, width) for one in columns]))
        return counts

    def results(counts: Counts) -> list[Any]:
        came = counts.finish()
        return [result_of(number, one, came[number]) for number, one in enumerate(rules.expectations)]  # fmt: skip

    whole = results(counted(0, 400, 0))
    assert [one.success for one in whole].count(True) == 3
    for seed in range(6):
        chance = random.Random(seed)
        edges = sorted({0, 400, *(50 * chance.randrange(9) for _ in range(4))})
        parts = [counted(low, high, 0) for low, high in pairwise(edges)]
        while len(parts) > 1:
            at = chance.randrange(len(parts) - 1)
            parts[at].merge(parts[at + 1])
            del parts[at + 1]
        assert results(parts[0]) == whole


@pytest.mark.parametrize(
    ("source", "texts", "found"),
    [
        (r"^EQ-\d{2}$", ["EQ-01", "EQ-1", "xEQ-01"], [True, False, False]),
        (r"^\d+$", ["12", "１２", "1a"], [True, True, False]),
        (r"^\w+$", ["온도", "a b", "a_1"], [True, False, True]),
        (r"a$", ["a\n", "a", "ab"], [True, True, False]),
        (r"(?=.*b)a", ["ab", "ba", "a"], [True, False, False]),
        (r"(a)\1", ["aa", "ab", "xaa"], [True, False, True]),
        (r"[[:x]", ["[", ":", "y"], [True, True, False]),
        (r"a{,2}b", ["b", "aab", "c"], [True, True, False]),
        (r"(?i)ok", ["OK", "ok", "no"], [True, True, False]),
        (r"(?:x|y)z", ["xz", "z", "yz"], [True, False, True]),
    ],
)
def test_patterns_mean_what_python_means(source: str, texts: list[str], found: list[bool]) -> None:
    assert Pattern(source).found_in(pa.array(texts)).tolist() == found


def test_a_pattern_that_takes_for_ever_is_stopped() -> None:
    pattern = Pattern(r"(?=a)(a+)+$")
    pattern._left_s = 0.05
    with pytest.raises(TooSlow):
        pattern.found_in(pa.array(["a" * 60 + "b"]))
    with pytest.raises(TooSlow):
        pattern.found_in(pa.array(["a"]))


def test_personal_data_are_hidden_where_a_rule_shows_them() -> None:
    columns = [pa.array(["홍길동", "010-1234-5678"], pa.string())]
    plan = plan_of(("memo",), ("",), [columns])
    counts = Counts(
        list(enumerate(suite(rule("column_values_to_be_in_set", column="memo", value_set=["홍길동"])).expectations)),
        plan, References((), (), Limits()),
    )  # fmt: skip
    counts.add(Block(0, plan, columns))

    came = counts.finish()[0]
    assert not isinstance(came, NotRun)
    assert came.places[0].value == "010-****-****"


@pytest.mark.slow  # real children
def test_the_command_line_says_what_came_of_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sensor.csv").write_text(CSV)
    rules, results = tmp_path / "rules.json", tmp_path / "results.json"
    rules.write_bytes(suite(*RULES[:2], {**RULES[0], "meta": {"table": "none.csv"}}).stored())

    code = run(["profile", str(tmp_path / "sensor.csv"), "--rules", str(rules), "--results", str(results)])  # fmt: skip

    out = capsys.readouterr().out
    assert code == WARNED
    assert "sensor.csv: 규칙 2개 가운데 2개가 지켜지지 않습니다." in out
    assert "✗ 1. 열 '온도'의 값은 0~1500이어야 합니다: 1행이 벗어납니다 (첫 행 2)" in out
    assert (
        "? 3. 열 '온도'의 값은 0~1500이어야 합니다: 표 'none.csv'이(가) 없어 확인하지 못했습니다."
        in out
    )
    (exported,) = json.loads(results.read_text())
    assert (exported["success"], exported["statistics"]["evaluated_expectations"]) == (False, 2)
    rules.write_bytes(suite(rule("column_to_exist", column="lot")).stored())
    (tmp_path / "sensor.csv").write_text("lot,x\nL1,1\nL2,2\n")
    assert run(["profile", str(tmp_path / "sensor.csv"), "--rules", str(rules)]) == FINE
    assert "규칙 1개를 모두 지킵니다." in capsys.readouterr().out
    rules.write_text('{"name": "a", "expectations": [{"type": "expect_magic", "kwargs": {}}]}')
    assert run(["profile", str(tmp_path / "sensor.csv"), "--rules", str(rules)]) == UNREADABLE
    assert "1번째 규칙 expect_magic: 모르는 규칙입니다." in capsys.readouterr().err


def test_numbers_of_rules_are_plain_json() -> None:
    columns = [pa.array(["1", "2", "2"], pa.string())]
    plan = plan_of(("x",), ("",), [columns])
    rules = suite(
        rule("column_values_to_be_unique", column="x"),
        rule("column_quantile_values_to_be_between", column="x", quantile_ranges={"quantiles": [0.5], "value_ranges": [[0, 1]]}),
        rule("column_most_common_value_to_be_in_set", column="x", value_set=[2]),
        rule("column_min_to_be_between", column="x", min_value=2),
        rule("column_distinct_values_to_be_in_set", column="x", value_set=[1]),
    )  # fmt: skip
    counts = Counts(list(enumerate(rules.expectations)), plan, References((), (), Limits()))
    counts.add(Block(0, plan, columns))
    came = counts.finish()

    made = [result_of(number, one, came[number]) for number, one in enumerate(rules.expectations)]

    assert json.loads(
        json.dumps([[one.observed, one.details, one.unexpected_count] for one in made])
    )
    assert not any(isinstance(one.observed, np.generic) for one in made)
