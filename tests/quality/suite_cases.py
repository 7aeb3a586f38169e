"""Wide suites for a table, made from what it holds: every type that is counted in the pass, kept and broken."""

import random
from typing import Any

from quality import Column, Table

Rule = dict[str, Any]
COLUMNS_MAX = 5


def rule(kind: str, **kwargs: Any) -> Rule:
    return {"type": f"expect_{kind}", "kwargs": kwargs}


def suite_for(table: Table, names: list[str], seed: int) -> dict[str, Any]:
    """Return a suite for a table.

    Args:
        table: with the columns that rules are made for
        names: of all its columns
    """
    chance = random.Random(seed)
    rules = [*_of_table(table, names)]
    columns = chance.sample(table.columns, min(COLUMNS_MAX, len(table.columns)))
    for column in sorted(columns, key=lambda one: one.position):
        if column.kind in ("integer", "number"):
            rules += _of_numbers(column, chance)
        elif column.kind == "time":
            rules += _of_times(column)
        elif column.kind in ("text", "boolean") and column.top_values:
            rules += _of_texts(column, chance)
    rules += _of_some_rows(table, chance)
    rules += _of_pairs([one.name for one in table.columns if one.number], chance)
    return {"name": table.name, "expectations": rules, "meta": {}}


def _of_table(table: Table, names: list[str]) -> list[Rule]:
    return [
        rule("table_row_count_to_be_between", min_value=1, max_value=table.row_count - 1),
        rule("table_row_count_to_equal", value=table.row_count),
        rule("table_column_count_to_equal", value=len(names)),
        rule("table_column_count_to_be_between", min_value=len(names) + 1),
        rule("table_columns_to_match_ordered_list", column_list=names),
        rule("table_columns_to_match_ordered_list", column_list=[*names[1:], names[0]]),
        rule("table_columns_to_match_set", column_set=names[::-1]),
        rule("table_columns_to_match_set", column_set=names[:2], exact_match=False),
        rule("table_columns_to_match_set", column_set=[*names, "없는 열"]),
        rule("column_to_exist", column=names[0]),
        rule("column_to_exist", column=names[-1], column_index=1),
        rule("column_values_to_not_be_null", column="없는 열"),
    ]


def _of_cells(name: str) -> list[Rule]:
    return [
        rule("column_values_to_not_be_null", column=name),
        rule("column_values_to_not_be_null", column=name, mostly=0.97),
        rule("column_values_to_be_null", column=name),
        rule("column_values_to_be_unique", column=name),
        rule("column_unique_value_count_to_be_between", column=name, min_value=2, max_value=50),
        rule("column_proportion_of_unique_values_to_be_between", column=name, max_value=0.5),
        rule("column_proportion_of_non_null_values_to_be_between", column=name, min_value=0.99),
    ]


def _of_numbers(column: Column, chance: random.Random) -> list[Rule]:
    name, facts = column.name, column.number
    assert facts is not None
    low, middle, high = facts.quantiles[1], facts.quantiles[3], facts.quantiles[5]
    mean, few = facts.mean, chance.sample([-1, 0, 1, 2, 5, low, middle, high], 5)
    return [
        *_of_cells(name),
        rule("column_values_to_be_between", column=name, min_value=low, max_value=max(low, high), mostly=0.9),
        rule("column_values_to_be_between", column=name, min_value=facts.low, max_value=facts.high),
        rule("column_values_to_be_between", column=name, min_value=facts.low, strict_min=True),
        rule("column_values_to_be_between", column=name, max_value=middle, strict_max=True, mostly=0.4),
        rule("column_values_to_be_in_set", column=name, value_set=few),
        rule("column_values_to_not_be_in_set", column=name, value_set=few),
        rule("column_values_to_be_increasing", column=name),
        rule("column_values_to_be_increasing", column=name, strictly=True, mostly=0.3),
        rule("column_values_to_be_decreasing", column=name, mostly=0.4),
        rule("column_mean_to_be_between", column=name, min_value=mean - 1, max_value=mean + 1),
        rule("column_mean_to_be_between", column=name, max_value=mean - 1),
        rule("column_median_to_be_between", column=name, min_value=middle, max_value=max(middle, high)),
        rule("column_stdev_to_be_between", column=name, min_value=0, max_value=(facts.std or 0) + 1),
        rule("column_sum_to_be_between", column=name, min_value=0),
        rule("column_min_to_be_between", column=name, min_value=facts.low, max_value=facts.low),
        rule("column_max_to_be_between", column=name, max_value=facts.high, strict_max=True),
        rule("column_quantile_values_to_be_between", column=name, quantile_ranges={
            "quantiles": [0.05, 0.5, 0.9], "value_ranges": [[None, middle], [low, max(low, high)], [high, None]],
        }),
        rule("column_distinct_values_to_be_in_set", column=name, value_set=few),
        rule("column_distinct_values_to_contain_set", column=name, value_set=few),
        rule("column_distinct_values_to_equal_set", column=name, value_set=few),
        rule("column_most_common_value_to_be_in_set", column=name, value_set=few, ties_okay=True),
    ]  # fmt: skip


def _of_times(column: Column) -> list[Rule]:
    name, facts = column.name, column.time
    assert facts is not None
    return [
        *_of_cells(name),
        rule("column_values_to_be_between", column=name, min_value=facts.low, max_value=facts.high),
        rule("column_values_to_be_between", column=name, min_value=facts.low, strict_min=True),
        rule("column_values_to_be_increasing", column=name),
        rule("column_values_to_be_increasing", column=name, strictly=True, mostly=0.99),
        rule("column_min_to_be_between", column=name, min_value=facts.low),
        rule("column_max_to_be_between", column=name, max_value=facts.low),
    ]


def _of_texts(column: Column, chance: random.Random) -> list[Rule]:
    name = column.name
    tops = [value for value, _ in column.top_values]
    few = [*chance.sample(tops, min(3, len(tops))), "없는 값"]
    return [
        *_of_cells(name),
        rule("column_values_to_be_in_set", column=name, value_set=few, mostly=0.5),
        rule("column_values_to_not_be_in_set", column=name, value_set=few),
        rule("column_values_to_match_regex", column=name, regex=r"^[A-Z][\w-]*\d$"),
        rule("column_values_to_match_regex", column=name, regex=r"(?i)[a-z가-힣]", mostly=0.9),
        rule("column_values_to_not_match_regex", column=name, regex=r"\s"),
        rule("column_values_to_match_regex", column=name, regex=r"^(?=.{1,12}$)\S"),
        rule("column_values_to_match_regex_list", column=name, regex_list=["^[A-Z]", "[가-힣]"], match_on="any"),
        rule("column_values_to_match_regex_list", column=name, regex_list=[r"\d$", "^."], match_on="all"),
        rule("column_values_to_not_match_regex_list", column=name, regex_list=[r"^\d+$", "^$"]),
        rule("column_value_lengths_to_be_between", column=name, min_value=2, max_value=8),
        rule("column_value_lengths_to_equal", column=name, value=len(tops[0])),
        rule("column_values_to_match_strftime_format", column=name, strftime_format="%Y-%m"),
        rule("column_values_to_be_json_parseable", column=name),
        rule("column_distinct_values_to_be_in_set", column=name, value_set=tops),
        rule("column_distinct_values_to_contain_set", column=name, value_set=few),
        rule("column_distinct_values_to_equal_set", column=name, value_set=tops),
        rule("column_most_common_value_to_be_in_set", column=name, value_set=tops[:1]),
        rule("column_values_to_be_increasing", column=name),
        rule("column_mean_to_be_between", column=name, min_value=0),
    ]  # fmt: skip


def _of_some_rows(table: Table, chance: random.Random) -> list[Rule]:
    """Rules about rows that conditions choose, in each form that great-expectations takes."""
    numbers = [one for one in table.columns if one.number]
    texts = [one for one in table.columns if one.kind == "text" and one.top_values]
    if len(numbers) < 2:
        return []
    asked, judged = chance.sample(numbers, 2)
    assert judged.number is not None
    low = judged.number.quantiles[1]
    forms = _comparing(asked, judged.name, low)
    for text in texts[:2]:
        forms += _equalling(text.name, text.top_values[0][0])
    forms += [
        {"row_condition": _comparison(one.name, ">", one.time.low)}
        for one in table.columns
        if one.time
    ][:1]
    rules = []
    for form in forms:
        rules += [
            rule(
                "column_values_to_be_between", column=judged.name, min_value=low, mostly=0.9, **form
            ),
            rule(
                "table_row_count_to_be_between", min_value=1, max_value=table.row_count // 2, **form
            ),
        ]
    for form in forms[2:5]:
        rules += [
            rule("column_values_to_not_be_null", column=judged.name, **form),
            rule("column_values_to_be_unique", column=judged.name, **form),
            rule("column_values_to_be_increasing", column=judged.name, mostly=0.5, **form),
            rule("column_mean_to_be_between", column=judged.name, min_value=low, **form),
            rule(
                "column_distinct_values_to_be_in_set", column=judged.name, value_set=[1, 2], **form
            ),
            rule(
                "column_pair_values_a_to_be_greater_than_b",
                column_A=asked.name,
                column_B=judged.name,
                **form,
            ),
            *(
                rule("column_values_to_match_regex", column=text.name, regex="^[A-Z]", **form)
                for text in texts[:2]
            ),
            *(
                rule("column_value_lengths_to_be_between", column=text.name, min_value=4, **form)
                for text in texts[:1]
            ),
        ]
    return rules


def _comparison(name: str, operator: str, parameter: object) -> dict[str, Any]:
    return {
        "type": "comparison",
        "column": {"name": name},
        "operator": operator,
        "parameter": parameter,
    }


def _comparing(asked: Column, judged: str, low: float) -> list[dict[str, Any]]:
    """Conditions about numbers: each spelling, each operator, and two of them joined."""
    assert asked.number is not None
    name, middle = asked.name, asked.number.quantiles[3]
    below, other = _comparison(name, "<=", middle), _comparison(name, "!=", middle)
    spelled = [f'col("{name}") {op} {middle}' for op in ("==", "!=", ">", ">=", "<", "<=")]
    spelled.append(f'col("{name}").notnull()')
    of_pandas = [
        f"`{name}` > {middle} and `{judged}` >= {low}",
        f"(`{name}` != {middle}) & (`{judged}`.notnull())",
    ]
    return [
        *({"row_condition": one, "condition_parser": "great_expectations"} for one in spelled),
        *({"row_condition": one, "condition_parser": "pandas"} for one in of_pandas),
        {"row_condition": below},
        {"row_condition": {"type": "nullity", "column": {"name": name}, "is_null": False}},
        {"row_condition": {"type": "and", "conditions": [below, other]}},
    ]


def _equalling(name: str, value: str) -> list[dict[str, Any]]:
    """Conditions about a text; the grammar of great-expectations takes no Hangul, ours does."""
    forms: list[dict[str, Any]] = [
        {"row_condition": _comparison(name, "==", value)},
        {"row_condition": _comparison(name, "!=", value)},
    ]
    if value.isascii():
        spelled = f'col("{name}") == "{value}"'
        forms.append({"row_condition": spelled, "condition_parser": "great_expectations"})
    return forms


def _of_pairs(names: list[str], chance: random.Random) -> list[Rule]:
    if len(names) < 3:
        return []
    rules = []
    for _ in range(4):
        one, other, third = chance.sample(names, 3)
        pair = {"column_A": one, "column_B": other}
        rules += [
            rule("column_pair_values_a_to_be_greater_than_b", **pair, mostly=0.5),
            rule("column_pair_values_a_to_be_greater_than_b", **pair, or_equal=True, ignore_row_if="either_value_is_missing"),
            rule("column_pair_values_to_be_equal", **pair, mostly=0.1),
            rule("column_pair_values_to_be_equal", **pair, ignore_row_if="neither"),
            rule("compound_columns_to_be_unique", column_list=[one, other]),
            rule("compound_columns_to_be_unique", column_list=[one, other, third], ignore_row_if="any_value_is_missing"),
            rule("select_column_values_to_be_unique_within_record", column_list=[one, other, third]),
            rule("multicolumn_values_to_be_equal", column_list=[one, other], mostly=0.01),
            rule("multicolumn_sum_to_equal", column_list=[one, other], sum_total=10, mostly=0.001),
            rule("multicolumn_sum_to_equal", column_list=[one, other, third], sum_total=0, ignore_row_if="any_value_is_missing"),
        ]  # fmt: skip
    return rules
