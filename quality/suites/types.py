"""The types of expectations that are known: their arguments, and which way each is run.

The names, arguments and defaults are great-expectations' own (1.24), and two types of ours come beside
them. Types that take SQL or code from outside are not among them.
"""

from typing import Final, NamedTuple

# Ways: counted in the pass over the table, by great-expectations over DuckDB, or by it over pandas (types
# for which it has no SQL).
PASS, DUCKDB, PANDAS = "pass", "duckdb", "pandas"

OTHER_FILE: Final = "expect_column_values_to_exist_in_other_file"
ROW_RULE: Final = "expect_row_values_to_satisfy_rule"
PAIR_MISSING: Final = ("both_values_are_missing", "either_value_is_missing", "neither")
MANY_MISSING: Final = ("all_values_are_missing", "any_value_is_missing", "never")


class Type(NamedTuple):
    """An expectation type.

    Args:
        arguments: what each argument must be; a name with ``!`` is needed
        one_of: arguments of which at least one is needed
    """

    arguments: dict[str, str]
    way: str = PASS
    one_of: tuple[str, ...] = ()


_RANGE = {"min_value": "bound", "max_value": "bound", "strict_min": "flag", "strict_max": "flag"}
_FIGURES = {
    "min_value": "number",
    "max_value": "number",
    "strict_min": "flag",
    "strict_max": "flag",
}
_COUNTS = {"min_value": "count", "max_value": "count", "strict_min": "flag", "strict_max": "flag"}
_SHARES = {"min_value": "share", "max_value": "share", "strict_min": "flag", "strict_max": "flag"}
_ENDS = ("min_value", "max_value")


def _cells(more: dict[str, str], way: str = PASS, one_of: tuple[str, ...] = ()) -> Type:
    return Type({"column!": "column", **more, "mostly": "share"}, way, one_of)


def _column(more: dict[str, str], way: str = PASS, one_of: tuple[str, ...] = ()) -> Type:
    return Type({"column!": "column", **more}, way, one_of)


def _pair(more: dict[str, str], way: str = PASS) -> Type:
    ends = {"ignore_row_if": "pair_missing", "mostly": "share"}
    return Type({"column_A!": "column", "column_B!": "column", **more, **ends}, way)


def _many(more: dict[str, str], way: str = PASS) -> Type:
    ends = {"ignore_row_if": "many_missing", "mostly": "share"}
    return Type({"column_list!": "columns", **more, **ends}, way)


TYPES: Final[dict[str, Type]] = {
    "expect_column_values_to_not_be_null": _cells({}),
    "expect_column_values_to_be_null": _cells({}),
    "expect_column_values_to_be_between": _cells(_RANGE, one_of=_ENDS),
    "expect_column_values_to_be_in_set": _cells({"value_set!": "set"}),
    "expect_column_values_to_not_be_in_set": _cells({"value_set!": "set"}),
    "expect_column_values_to_match_regex": _cells({"regex!": "pattern"}),
    "expect_column_values_to_not_match_regex": _cells({"regex!": "pattern"}),
    "expect_column_values_to_match_regex_list": _cells({"regex_list!": "patterns", "match_on": "match_on"}),
    "expect_column_values_to_not_match_regex_list": _cells({"regex_list!": "patterns"}),
    "expect_column_values_to_be_unique": _cells({}),
    "expect_column_values_to_be_increasing": _cells({"strictly": "flag"}),
    "expect_column_values_to_be_decreasing": _cells({"strictly": "flag"}),
    "expect_column_value_lengths_to_be_between": _cells(_COUNTS, one_of=_ENDS),
    "expect_column_value_lengths_to_equal": _cells({"value!": "count"}),
    "expect_column_values_to_be_of_type": _cells({"type_!": "text"}),
    "expect_column_values_to_be_in_type_list": _cells({"type_list!": "texts"}),
    "expect_column_values_to_match_strftime_format": _cells({"strftime_format!": "text"}),
    "expect_column_values_to_be_json_parseable": _cells({}),
    "expect_column_pair_values_a_to_be_greater_than_b": _pair({"or_equal": "flag"}),
    "expect_column_pair_values_to_be_equal": _pair({}),
    "expect_compound_columns_to_be_unique": _many({}),
    "expect_select_column_values_to_be_unique_within_record": _many({}),
    "expect_multicolumn_sum_to_equal": _many({"sum_total!": "number"}),
    "expect_column_mean_to_be_between": _column(_FIGURES, one_of=_ENDS),
    "expect_column_median_to_be_between": _column(_FIGURES, one_of=_ENDS),
    "expect_column_stdev_to_be_between": _column(_FIGURES, one_of=_ENDS),
    "expect_column_sum_to_be_between": _column(_FIGURES, one_of=_ENDS),
    "expect_column_min_to_be_between": _column(_RANGE, one_of=_ENDS),
    "expect_column_max_to_be_between": _column(_RANGE, one_of=_ENDS),
    "expect_column_unique_value_count_to_be_between": _column(_COUNTS, one_of=_ENDS),
    "expect_column_proportion_of_unique_values_to_be_between": _column(_SHARES, one_of=_ENDS),
    "expect_column_proportion_of_non_null_values_to_be_between": _column(_SHARES, one_of=_ENDS),
    "expect_column_distinct_values_to_be_in_set": _column({"value_set!": "set"}),
    "expect_column_distinct_values_to_contain_set": _column({"value_set!": "set"}),
    "expect_column_distinct_values_to_equal_set": _column({"value_set!": "set"}),
    "expect_column_most_common_value_to_be_in_set": _column({"value_set!": "set", "ties_okay": "flag"}),
    "expect_column_quantile_values_to_be_between": _column({"quantile_ranges!": "quantiles", "allow_relative_error": "no_error"}),
    "expect_column_type_to_be": _column({"type_!": "text"}),
    "expect_table_row_count_to_be_between": Type(_COUNTS, one_of=_ENDS),
    "expect_table_row_count_to_equal": Type({"value!": "count"}),
    "expect_table_column_count_to_be_between": Type(_COUNTS, one_of=_ENDS),
    "expect_table_column_count_to_equal": Type({"value!": "count"}),
    "expect_table_columns_to_match_ordered_list": Type({"column_list!": "texts"}),
    "expect_table_columns_to_match_set": Type({"column_set!": "texts", "exact_match": "flag"}),
    "expect_column_to_exist": Type({"column!": "text", "column_index": "count"}),
    OTHER_FILE: _cells({"other_file!": "text", "other_table": "text", "other_column!": "text"}),
    ROW_RULE: Type({"rule!": "rule", "when": "condition", "mostly": "share"}),
    "expect_column_values_to_match_like_pattern": _cells({"like_pattern!": "text"}),
    "expect_column_values_to_not_match_like_pattern": _cells({"like_pattern!": "text"}),
    "expect_column_values_to_match_like_pattern_list": _cells({"like_pattern_list!": "texts", "match_on": "match_on"}),
    "expect_column_values_to_not_match_like_pattern_list": _cells({"like_pattern_list!": "texts"}),
    "expect_column_value_z_scores_to_be_less_than": _cells({"threshold!": "number", "double_sided!": "flag"}, DUCKDB),
    "expect_column_values_to_not_be_outliers": _cells({"method": "outliers", "multiplier": "number"}, PANDAS),
    "expect_multicolumn_values_to_be_equal": _many({}),
    "expect_column_pair_values_to_be_in_set": _pair({"value_pairs_set!": "pairs"}, PANDAS),
    "expect_column_values_to_be_dateutil_parseable": _cells({}, PANDAS),
    "expect_column_kl_divergence_to_be_less_than": _column(
        {"partition_object!": "partition", "threshold!": "number", "tail_weight_holdout": "share",
         "internal_weight_holdout": "share", "bucketize_data": "flag"}, PANDAS),
}  # fmt: skip

# Known to great-expectations and not taken, with the reason.
REFUSED: Final[dict[str, tuple[str, str]]] = {
    "unexpected_rows_expectation": (
        "SQL을 받지 않습니다. 열 사이의 규칙으로 만드십시오.",
        "takes SQL, which is not accepted; make a rule between columns of it",
    ),
    "expect_query_results_to_match_comparison": (
        "SQL을 받지 않습니다. 다른 파일에 있는 값인지 보는 규칙으로 만드십시오.",
        "takes SQL, which is not accepted; use the rule about another file",
    ),
    "expect_table_row_count_to_equal_other_table": (
        "다른 데이터베이스의 표를 볼 수 없습니다. 행의 수를 적으십시오.",
        "needs a table of a database; say the number of rows",
    ),
    "expect_column_values_to_match_json_schema": (
        "JSON Schema를 받지 않습니다.",
        "takes a JSON Schema, which is not accepted",
    ),
}
