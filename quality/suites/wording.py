"""A rule, and what came of it, as a sentence in both languages. Pure."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from quality.suites.conditions import EMPTY, FILLED, Asked, conditions_of
from quality.suites.results import RuleResult
from quality.suites.suite import Expectation
from quality.suites.types import OTHER_FILE, ROW_RULE
from quality.suites.wrong import Wrong

LISTED: Final = 5
PERCENT: Final = 100
# From here on thousands are set apart.
GROUPED_FROM: Final = 10_000


class Words(NamedTuple):
    """A sentence in Korean and in English."""

    ko: str
    en: str


def rule_words(rule: Expectation) -> Words:
    """Return what a rule asks for."""
    said = _limited(_SENTENCES.get(rule.type, _plain)(rule.kwargs), rule.kwargs)
    mostly = rule.kwargs.get("mostly")
    if mostly is None or mostly == 1:
        return said
    pct = f"{PERCENT * mostly:g}"
    return Words(f"{said.ko} ({pct} % 이상)", f"{said.en} (at least {pct} %)")


def _limited(said: Words, kwargs: dict[str, Any]) -> Words:
    """Return a sentence with the rows that it is about."""
    asked = conditions_of(kwargs)
    if isinstance(asked, Wrong) or not asked:
        return said
    ko = ", ".join(_condition_words(one).ko for one in asked)
    en = " and ".join(_condition_words(one).en for one in asked)
    return Words(f"{ko}인 행에서 {said.ko}", f"in rows where {en}, {said.en}")


def _condition_words(one: Asked) -> Words:
    column = {"column": one.column}
    if one.op in (FILLED, EMPTY):
        return comparison_words({"left": column, "comparison": f"is_{one.op}"})
    return comparison_words({"left": column, "comparison": one.op, "right": {"value": one.value}})


def result_words(result: RuleResult) -> Words:
    """Return what came of a rule, in words that name the first row."""
    if not result.ran:
        return Words(f"확인하지 못했습니다. {result.reason_ko}", f"not checked. {result.reason_en}")
    if result.element_count is not None:
        return _cells(result)
    if result.success:
        return Words("지켜집니다", "it holds")
    return _listed_details(result.details) or _observed(result.observed)


def _observed(seen: Any) -> Words:
    if isinstance(seen, dict):
        seen = seen.get("values")
    if seen is None:
        return Words("지켜지지 않습니다", "it does not hold")
    shown = _values(seen) if isinstance(seen, list) else shown_value(seen)
    return Words(f"지켜지지 않습니다 (실제 {shown})", f"it does not hold (found {shown})")


def _cells(result: RuleResult) -> Words:
    broken = result.unexpected_count or 0
    if not broken:
        return Words("모두 지킵니다", "all keep it")
    first = f" (첫 행 {result.places[0].row})" if result.places else ""
    first_en = f" (the first in row {result.places[0].row})" if result.places else ""
    if result.success:
        return Words(
            f"허용 범위 안에서 {broken:,}행이 벗어납니다{first}",
            f"{broken:,} rows break it, within what is allowed{first_en}",
        )
    return Words(f"{broken:,}행이 벗어납니다{first}", f"{broken:,} rows break it{first_en}")


def _listed_details(details: dict[str, Any]) -> Words | None:
    ko, en = [], []
    for name, word, word_en in (
        ("partial_unexpected_list", "다른 값", "other values"),
        ("partial_missing_list", "빠진 값", "missing values"),
    ):
        if details.get(name):
            ko.append(f"{word} {_values(details[name])}")
            en.append(f"{word_en} {_values(details[name])}")
    if not ko:
        return None
    return Words(f"지켜지지 않습니다 ({', '.join(ko)})", f"it does not hold ({', '.join(en)})")


def shown_value(value: Any) -> str:
    """Return a value as people read it."""
    if value is None or isinstance(value, bool):
        return {None: "–", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= GROUPED_FROM else str(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}={shown_value(one)}" for name, one in value.items())
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _values(values: Sequence[Any]) -> str:
    shown = [str(one) if not isinstance(one, float) else f"{one:.10g}" for one in values[:LISTED]]
    more = f" … (+{len(values) - LISTED:,})" if len(values) > LISTED else ""
    return ", ".join(shown) + more


def _range(kwargs: dict[str, Any]) -> Words:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    over = ("초과", "above") if kwargs.get("strict_min") else ("이상", "at least")
    under = ("미만", "below") if kwargs.get("strict_max") else ("이하", "at most")
    if low is not None and high is not None:
        if low == high:
            return Words(shown_value(low), shown_value(low))
        if not kwargs.get("strict_min") and not kwargs.get("strict_max"):
            both = f"{shown_value(low)}~{shown_value(high)}"
            return Words(both, f"from {shown_value(low)} to {shown_value(high)}")
        return Words(
            f"{shown_value(low)} {over[0]} {shown_value(high)} {under[0]}",
            f"{over[1]} {shown_value(low)} and {under[1]} {shown_value(high)}",
        )
    end, word = (low, over) if low is not None else (high, under)
    return Words(f"{shown_value(end)} {word[0]}", f"{word[1]} {shown_value(end)}")


Say = Callable[[dict[str, Any]], Words]


def _said(ko: str, en: str) -> Say:
    """Return what fills arguments into a sentence; ``range_ko`` and ``range_en`` are the ends in words."""

    def say(kwargs: dict[str, Any]) -> Words:
        span = _range(kwargs) if {"min_value", "max_value"} & set(kwargs) else Words("", "")
        known = {
            name: _values(one) if isinstance(one, list) else one for name, one in kwargs.items()
        }
        strict = bool(kwargs.get("strictly"))
        facts = known | {"range_ko": span.ko, "range_en": span.en}
        facts |= {
            "strict_ko": " 같은 값 없이" if strict else "",
            "strict_en": " strictly" if strict else "",
        }
        facts |= {
            "equal_ko": "크거나 같아야" if kwargs.get("or_equal") else "커야",
            "equal_en": "at least" if kwargs.get("or_equal") else "greater than",
        }
        return Words(ko.format_map(_Blank(facts)), en.format_map(_Blank(facts)))

    return say


class _Blank(dict[str, Any]):
    """Facts of a sentence; what is not there is a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


def _plain(kwargs: dict[str, Any]) -> Words:
    named = ", ".join(
        f"{name}={shown_value(one)}" for name, one in kwargs.items() if name != "mostly"
    )
    return Words(f"규칙({named})", f"rule ({named})")


def _other_file(kwargs: dict[str, Any]) -> Words:
    where = kwargs["other_file"] + (
        f" / {kwargs['other_table']}" if "other_table" in kwargs else ""
    )
    return Words(
        f"열 '{kwargs['column']}'의 값은 파일 '{where}'의 열 '{kwargs['other_column']}'에 있어야 합니다",
        f"values of column '{kwargs['column']}' must stand in column '{kwargs['other_column']}' of '{where}'",
    )


def _row_rule(kwargs: dict[str, Any]) -> Words:
    rule = kwargs["rule"]
    said = comparison_words(rule)
    if "when" not in kwargs:
        return Words(f"모든 행에서 {said.ko}", f"in every row {said.en}")
    asked = comparison_words(kwargs["when"])
    return Words(f"{asked.ko}인 행에서 {said.ko}", f"in rows where {asked.en}, {said.en}")


def comparison_words(rule: dict[str, Any]) -> Words:
    """Return a comparison of a rule between columns, as people write it."""
    left = operand_words(rule["left"])
    if rule["comparison"] == "is_filled":
        return Words(f"{left} 채워짐", f"{left} is filled")
    if rule["comparison"] == "is_empty":
        return Words(f"{left} 비어 있음", f"{left} is empty")
    sign = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥"}.get(rule["comparison"], rule["comparison"])
    tolerance = f" (±{shown_value(rule['tolerance'])})" if rule.get("tolerance") else ""
    said = f"{left} {sign} {operand_words(rule['right'])}{tolerance}"
    return Words(said, said)


def operand_words(side: dict[str, Any], *, within: bool = False) -> str:
    """Return one side of a comparison: a column, a value, or what is calculated."""
    name, inner = next(iter(side.items()))
    if name == "column":
        return f"'{inner}'"
    if name == "value":
        return shown_value(inner)
    sign = {"add": " + ", "subtract": " − ", "multiply": " × ", "divide": " ÷ "}[name]
    said = sign.join(operand_words(one, within=True) for one in inner)
    return f"({said})" if within else said


_SENTENCES: Final[dict[str, Say]] = {
    "expect_column_values_to_not_be_null": _said("열 '{column}'에 빈 칸이 없어야 합니다", "column '{column}' must have no empty cell"),
    "expect_column_values_to_be_null": _said("열 '{column}'은 비어 있어야 합니다", "column '{column}' must be empty"),
    "expect_column_values_to_be_between": _said("열 '{column}'의 값은 {range_ko}이어야 합니다", "values of column '{column}' must be {range_en}"),
    "expect_column_values_to_be_in_set": _said("열 '{column}'의 값은 {value_set} 가운데 하나여야 합니다", "values of column '{column}' must be among {value_set}"),
    "expect_column_values_to_not_be_in_set": _said("열 '{column}'에 {value_set} 값이 없어야 합니다", "values of column '{column}' must not be among {value_set}"),
    "expect_column_values_to_match_regex": _said("열 '{column}'의 값은 {regex} 꼴이어야 합니다", "values of column '{column}' must match {regex}"),
    "expect_column_values_to_not_match_regex": _said("열 '{column}'의 값은 {regex} 꼴이 아니어야 합니다", "values of column '{column}' must not match {regex}"),
    "expect_column_values_to_match_regex_list": _said("열 '{column}'의 값은 {regex_list} 꼴이어야 합니다", "values of column '{column}' must match {regex_list}"),
    "expect_column_values_to_not_match_regex_list": _said("열 '{column}'의 값은 {regex_list} 꼴이 아니어야 합니다", "values of column '{column}' must match none of {regex_list}"),
    "expect_column_values_to_be_unique": _said("열 '{column}'의 값은 서로 달라야 합니다", "values of column '{column}' must be unique"),
    "expect_column_values_to_be_increasing": _said("열 '{column}'의 값은{strict_ko} 커져야 합니다", "values of column '{column}' must rise{strict_en}"),
    "expect_column_values_to_be_decreasing": _said("열 '{column}'의 값은{strict_ko} 작아져야 합니다", "values of column '{column}' must fall{strict_en}"),
    "expect_column_value_lengths_to_be_between": _said("열 '{column}'의 글자 수는 {range_ko}이어야 합니다", "texts of column '{column}' must have {range_en} characters"),
    "expect_column_value_lengths_to_equal": _said("열 '{column}'의 글자 수는 {value}이어야 합니다", "texts of column '{column}' must have {value} characters"),
    "expect_column_values_to_be_of_type": _said("열 '{column}'의 값은 {type_} 형이어야 합니다", "values of column '{column}' must be of type {type_}"),
    "expect_column_type_to_be": _said("열 '{column}'의 값은 {type_} 형이어야 합니다", "values of column '{column}' must be of type {type_}"),
    "expect_column_values_to_be_in_type_list": _said("열 '{column}'의 값은 {type_list} 형이어야 합니다", "values of column '{column}' must be of type {type_list}"),
    "expect_column_values_to_match_strftime_format": _said("열 '{column}'의 값은 {strftime_format} 꼴의 일시여야 합니다", "values of column '{column}' must be times like {strftime_format}"),
    "expect_column_values_to_be_json_parseable": _said("열 '{column}'의 값은 JSON이어야 합니다", "values of column '{column}' must be JSON"),
    "expect_column_values_to_be_dateutil_parseable": _said("열 '{column}'의 값은 날짜로 읽혀야 합니다", "values of column '{column}' must read as dates"),
    "expect_column_pair_values_a_to_be_greater_than_b": _said("열 '{column_A}'의 값은 열 '{column_B}'보다 {equal_ko} 합니다", "column '{column_A}' must be {equal_en} column '{column_B}'"),
    "expect_column_pair_values_to_be_equal": _said("열 '{column_A}'와 열 '{column_B}'의 값은 같아야 합니다", "columns '{column_A}' and '{column_B}' must be equal"),
    "expect_column_pair_values_to_be_in_set": _said("열 '{column_A}'와 열 '{column_B}'의 값은 정한 쌍 가운데 하나여야 합니다", "columns '{column_A}' and '{column_B}' must hold one of the given pairs"),
    "expect_compound_columns_to_be_unique": _said("열 {column_list}의 값을 합치면 행마다 달라야 합니다", "columns {column_list} together must be unique"),
    "expect_select_column_values_to_be_unique_within_record": _said("열 {column_list}의 값은 한 행에서 서로 달라야 합니다", "columns {column_list} must differ within a row"),
    "expect_multicolumn_sum_to_equal": _said("열 {column_list}의 합은 {sum_total}이어야 합니다", "columns {column_list} must add up to {sum_total}"),
    "expect_multicolumn_values_to_be_equal": _said("열 {column_list}의 값은 같아야 합니다", "columns {column_list} must be equal"),
    "expect_column_mean_to_be_between": _said("열 '{column}'의 평균은 {range_ko}이어야 합니다", "the mean of column '{column}' must be {range_en}"),
    "expect_column_median_to_be_between": _said("열 '{column}'의 중앙값은 {range_ko}이어야 합니다", "the median of column '{column}' must be {range_en}"),
    "expect_column_stdev_to_be_between": _said("열 '{column}'의 표준편차는 {range_ko}이어야 합니다", "the standard deviation of column '{column}' must be {range_en}"),
    "expect_column_sum_to_be_between": _said("열 '{column}'의 합은 {range_ko}이어야 합니다", "the sum of column '{column}' must be {range_en}"),
    "expect_column_min_to_be_between": _said("열 '{column}'의 최솟값은 {range_ko}이어야 합니다", "the lowest value of column '{column}' must be {range_en}"),
    "expect_column_max_to_be_between": _said("열 '{column}'의 최댓값은 {range_ko}이어야 합니다", "the highest value of column '{column}' must be {range_en}"),
    "expect_column_unique_value_count_to_be_between": _said("열 '{column}'의 서로 다른 값은 {range_ko}가지여야 합니다", "column '{column}' must have {range_en} different values"),
    "expect_column_proportion_of_unique_values_to_be_between": _said("열 '{column}'의 서로 다른 값의 비율은 {range_ko}이어야 합니다", "the share of different values in column '{column}' must be {range_en}"),
    "expect_column_proportion_of_non_null_values_to_be_between": _said("열 '{column}'의 채워진 칸의 비율은 {range_ko}이어야 합니다", "the share of filled cells in column '{column}' must be {range_en}"),
    "expect_column_distinct_values_to_be_in_set": _said("열 '{column}'에는 {value_set} 값만 있어야 합니다", "column '{column}' may hold {value_set} only"),
    "expect_column_distinct_values_to_contain_set": _said("열 '{column}'에 {value_set} 값이 모두 있어야 합니다", "column '{column}' must hold all of {value_set}"),
    "expect_column_distinct_values_to_equal_set": _said("열 '{column}'의 값은 {value_set} 모두이고 다른 것은 없어야 합니다", "column '{column}' must hold {value_set}, all of them and nothing else"),
    "expect_column_most_common_value_to_be_in_set": _said("열 '{column}'에 가장 많은 값은 {value_set} 가운데 하나여야 합니다", "the most common value of column '{column}' must be among {value_set}"),
    "expect_column_quantile_values_to_be_between": _said("열 '{column}'의 분위수는 정한 범위에 있어야 합니다", "quantiles of column '{column}' must lie in the given ranges"),
    "expect_column_kl_divergence_to_be_less_than": _said("열 '{column}'의 분포는 정한 분포와 {threshold}보다 가까워야 합니다(KL)", "column '{column}' must be distributed as given (KL below {threshold})"),
    "expect_column_value_z_scores_to_be_less_than": _said("열 '{column}'의 값은 표준편차의 {threshold}배 안에 있어야 합니다", "values of column '{column}' must lie within {threshold} standard deviations"),
    "expect_column_values_to_not_be_outliers": _said("열 '{column}'에 동떨어진 값이 없어야 합니다", "column '{column}' must hold no outliers"),
    "expect_column_values_to_match_like_pattern": _said("열 '{column}'의 값은 {like_pattern} 꼴(LIKE)이어야 합니다", "values of column '{column}' must be like {like_pattern}"),
    "expect_column_values_to_not_match_like_pattern": _said("열 '{column}'의 값은 {like_pattern} 꼴(LIKE)이 아니어야 합니다", "values of column '{column}' must not be like {like_pattern}"),
    "expect_column_values_to_match_like_pattern_list": _said("열 '{column}'의 값은 {like_pattern_list} 꼴(LIKE)이어야 합니다", "values of column '{column}' must be like {like_pattern_list}"),
    "expect_column_values_to_not_match_like_pattern_list": _said("열 '{column}'의 값은 {like_pattern_list} 꼴(LIKE)이 아니어야 합니다", "values of column '{column}' must not be like {like_pattern_list}"),
    "expect_table_row_count_to_be_between": _said("행은 {range_ko}개여야 합니다", "there must be {range_en} rows"),
    "expect_table_row_count_to_equal": _said("행은 {value}개여야 합니다", "there must be {value} rows"),
    "expect_table_column_count_to_be_between": _said("열은 {range_ko}개여야 합니다", "there must be {range_en} columns"),
    "expect_table_column_count_to_equal": _said("열은 {value}개여야 합니다", "there must be {value} columns"),
    "expect_table_columns_to_match_ordered_list": _said("열은 차례로 {column_list}이어야 합니다", "columns must be {column_list}, in this order"),
    "expect_table_columns_to_match_set": _said("열은 {column_set}이어야 합니다", "columns must be {column_set}"),
    "expect_column_to_exist": _said("열 '{column}'이(가) 있어야 합니다", "there must be a column '{column}'"),
    OTHER_FILE: _other_file,
    ROW_RULE: _row_rule,
}  # fmt: skip
