"""Facts that only one file has: what of its report states the same."""

import re
from typing import Any, Final

from tests.quality.oracle.walking import Case, Rule, Silent, same

OWN: Final = Silent("counted by the oracle under a rule that only this file's story knows")


def counts(column: str) -> Rule:
    """Compare how often a value stands in a column of few values."""

    def rule(case: Case, match: re.Match[str], truth: Any) -> object:
        tops = case.column(column).top_values
        known = dict(tops) | {number_text(text): often for text, often in tops}
        return known.get(match["of"], known.get(number_text(match["of"])))

    return rule


def number_text(text: str) -> str:
    """``1.0`` and ``1`` are one."""
    return text.removesuffix(".0")


def flat(column: str) -> Rule:
    """Compare how many cells stand at one value, which is the greatest."""

    def rule(case: Case, _: re.Match[str], truth: Any) -> object:
        found = case.column(column).number
        assert found is not None
        return (
            found.high_count
            if found.high == 1449
            else dict(case.column(column).top_values).get("1449", 1)
        )

    return rule


def cleaned(case: Case, match: re.Match[str], _: Any) -> object:
    """Minimum, maximum and mean once words that stand for nothing are left out, as we always do."""
    at = {"unit": 0, "cycle": 1, "op1": 2, "op2": 3, "op3": 4}
    place = at.get(
        match["name"], 4 + int(match["name"].removeprefix("s")) if match["name"][0] == "s" else 0
    )
    number = case.table.columns[place].number
    assert number is not None
    return (number.low, number.high, number.mean)[int(match["part"])]


def placeholders_of(case: Case, match: re.Match[str], truth: Any) -> object:
    at = {"op1": 2, "op2": 3, "op3": 4}
    place = at.get(
        match["name"], 4 + int(match["name"].removeprefix("s")) if match["name"][0] == "s" else 0
    )
    return case.table.columns[place].placeholder_count


def constant_names(case: Case, match: re.Match[str], truth: Any) -> object:
    """The file has no names: the columns stand at the oracle's places."""
    facts = [one["name"] for one in case.facts["column_facts"]]
    ours = {
        name
        for name, one in zip(facts, case.table.columns, strict=True)
        if one.number is not None and one.number.low == one.number.high
    }
    return same(truth in ours, truth, sorted(ours))


def text_numbers(case: Case, match: re.Match[str], truth: Any) -> object:
    column = case.column(match["name"])
    if match["what"] == "unparsed":
        return column.wrong_count
    number = column.number
    assert number is not None
    return {"min": number.low, "max": number.high, "mean": number.mean}[match["what"]]


def equal_columns(case: Case, _: re.Match[str], truth: Any) -> object:
    """Every pair that the oracle names has one digest with us."""
    digests = {one.name: one.digest for one in case.table.columns}
    pairs = case.facts["extra"]["identical_columns"]
    alike = all(digests[" / ".join(one)] == digests[" / ".join(other)] for one, other in pairs)
    return same(alike, truth, "columns that differ")


def group_header(case: Case, match: re.Match[str], _: Any) -> object:
    return sum(one.name.startswith(f"{match['of']} / ") for one in case.table.columns)


def outer_spaces(case: Case, _: re.Match[str], truth: Any) -> object:
    wanted = {" / ".join(one) for one in case.facts["extra"]["column_names_with_outer_spaces"]}
    names = {one.name for one in case.table.columns}
    return same(wanted <= names, truth, sorted(names))


def outer_strip(case: Case, match: re.Match[str], truth: Any) -> object:
    column = case.column("선급")
    if match["part"] == "0":
        return column.distinct_count
    return Silent("variants fold signs and capitals, the oracle outer spaces alone")


def encodings(case: Case, match: re.Match[str], _: Any) -> object:
    ours = [(one.encoding or "-").removesuffix("-sig") for one in case.report.tables]
    return ours.count(match["of"])


EXTRAS: Final[dict[str, Rule]] = {
    r"extra\|Machine failure\|(?P<of>.*)": counts("Machine failure"),
    r"extra\|passorfail\|(?P<of>.*)": counts("passorfail"),
    r"extra\|mold_code\|(?P<of>.*)": counts("mold_code"),
    r"extra\|heating_furnace\|None": lambda c, m, t: c.column("heating_furnace").null_count,
    r"extra\|heating_furnace\|(?P<of>.*)": counts("heating_furnace"),
    r"extra\|TAG\|(?P<of>.*)": counts("TAG"),
    r"extra\|anomaly\|(?P<of>.*)": counts("anomaly"),
    r"extra\|changepoint\|(?P<of>.*)": counts("changepoint"),
    r"extra\|속도_value_counts\|(?P<of>.*)": counts("속도"),
    r"extra\|upper_mold_temp3_equal_1449": flat("upper_mold_temp3"),
    r"extra\|lower_mold_temp3_equal_1449": flat("lower_mold_temp3"),
    r"extra\|upper_mold_temp1_equal_1449": flat("upper_mold_temp1"),
    r"extra\|minority_share": lambda c, m, t: min(n for _, n in c.column("Machine failure").top_values) / c.table.row_count,
    r"extra\|units": lambda c, m, t: c.table.columns[0].distinct_count,
    r"extra\|(constant_columns|constant_columns_once_placeholders_are_null)\|\d+": constant_names,
    r"extra\|placeholder_cells_total": lambda c, m, t: sum(one.placeholder_count for one in c.table.columns),
    r"extra\|columns_with_a_placeholder\|(?P<name>.*)": placeholders_of,
    r"extra\|other_unparsable_cells_after_that": lambda c, m, t: sum(one.wrong_count - one.placeholder_count for one in c.table.columns),
    r"extra\|min_max_mean_once_placeholders_are_null\|(?P<name>\w+)\|(?P<part>\d)": cleaned,
    r"extra\|group_header_counts\|(?P<of>.*)": group_header,
    r"extra\|column_names_with_outer_spaces.*": outer_spaces,
    r"extra\|id_distinct": lambda c, m, t: c.column("Process / id").distinct_count,
    r"extra\|duplicate_rows_ignoring_id": lambda c, m, t: c.table.duplicate_without_ids_count,
    r"extra\|identical_columns.*": equal_columns,
    r"extra\|rows_per_minute_value_counts\|10": lambda c, m, t: same(c.table.series is not None and c.table.series.rows_per_stamp == 10, t, "other"),
    r"extra\|(distinct_items|distinct_machines)": lambda c, m, t: c.column({"distinct_items": "item", "distinct_machines": "machine"}[m[1]]).distinct_count,
    r"extra\|numbers_stored_as_text_with_spaces_and_commas\|(?P<name>[^|]+)\|(?P<what>\w+)": text_numbers,
    r"extra\|선급_distinct_before_and_after_strip\|(?P<part>\d)": outer_strip,
    r"extra\|영업납기_min_max\|0": lambda c, m, t: c.column("영업납기").time.low[:10],  # type: ignore[union-attr]
    r"extra\|영업납기_min_max\|1": lambda c, m, t: c.column("영업납기").time.high[:10],  # type: ignore[union-attr]
    r"extra\|encodings\|(?P<of>.*)": encodings,
    r"extra\|.*|time_by_Lot\|.*": lambda c, m, t: OWN,
    r"across_members\|day_files": lambda c, m, t: max(len(one.tables) for one in c.dataset.schemas),
    r"across_members\|rows_total_day_files": lambda c, m, t: max(one.row_count for one in c.dataset.schemas),
    r"across_members\|same_columns_in_all_day_files": lambda c, m, t: len(c.dataset.schemas) == 2,
    r"across_members\|error_list_rows": lambda c, m, t: min(one.row_count for one in c.dataset.schemas),
    r"across_members\|error_list_lots_missing": lambda c, m, t: c.member(0).columns[2].null_count,
    r"across_members\|error_list_lots_given": lambda c, m, t: c.member(0).row_count - c.member(0).columns[2].null_count,
    r"across_members\|.*": lambda c, m, t: OWN,
}  # fmt: skip
