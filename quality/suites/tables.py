"""Rules about a table: how many rows and columns it has, and which."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Final

from quality.suites.figures import judged
from quality.suites.parts import Outcome
from quality.suites.suite import Expectation

PREFIX: Final = "expect_table_"
LISTED_MAX: Final = 100


def table_outcome(rule: Expectation, columns: Sequence[str], row_count: int) -> Outcome:
    """Return what comes of a rule about a table. Pure."""
    kwargs, name = rule.kwargs, rule.type.removeprefix(PREFIX)
    if rule.type == "expect_column_to_exist":
        place = kwargs.get("column_index")
        there = kwargs["column"] in columns
        if place:
            there = place < len(columns) and columns[place] == kwargs["column"]
        return Outcome(success=there)
    if name.startswith(("row_count", "column_count")):
        observed = row_count if name.startswith("row") else len(columns)
        if "value" in kwargs:
            return Outcome(success=observed == kwargs["value"], observed=observed)
        return judged(observed, kwargs)
    if name == "columns_to_match_ordered_list":
        return _ordered(kwargs["column_list"], columns)
    return _set(kwargs, columns)


def _ordered(wanted: Sequence[str], columns: Sequence[str]) -> Outcome:
    wrong: list[dict[str, Any]] = [
        {"Expected Column Position": place, "Expected": one, "Found": found}
        for place, (one, found) in enumerate(zip_longest(wanted, columns))
        if one != found
    ]
    details = {"mismatched": wrong[:LISTED_MAX]} if wrong else {}
    return Outcome(success=not wrong, observed=list(columns[:LISTED_MAX]), details=details)


def _set(kwargs: dict[str, Any], columns: Sequence[str]) -> Outcome:
    wanted, there = set(kwargs["column_set"]), set(columns)
    lacking, others = sorted(wanted - there), sorted(there - wanted)
    exact = kwargs.get("exact_match", True)
    wrong = {name: ones for name, ones in (("missing", lacking), ("unexpected", others)) if ones}
    return Outcome(
        success=not lacking and (not others or not exact),
        observed=list(columns[:LISTED_MAX]),
        details={"mismatched": wrong} if wrong else {},
    )
