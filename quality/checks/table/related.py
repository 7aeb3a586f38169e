"""T10: rows in which two columns do not stand as was declared."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find rows that break a declared rule between columns."""
    if not table.relations:
        return Unmeasured(
            "열 사이의 규칙이 선언되지 않았습니다.", "No rule between columns was declared."
        )
    return [
        found(
            "RELATION_BROKEN", column=one.column, count=one.broken_count, rule=one.rule,
            row=one.places[0].row if one.places else None,
            examples=[place.value for place in one.places[:3]],
            pct=f"{100 * one.broken_count / max(one.checked_count, 1):.1f}",
        )
        for one in table.relations
        if one.broken_count
    ]  # fmt: skip


CHECK = Check(
    id="T10",
    ko="열 사이의 규칙",
    en="Rules between columns",
    dimension=Dimension.accuracy,
    codes=("RELATION_BROKEN",),
    rule_ko="선언된 규칙(예: 최소 <= 최대)을 두 값이 모두 있는 모든 행이 지켜야 함",
    rule_en="every row with both values keeps to the declared rule, as low <= high",
    source="KAMP guidebook, appendix 4: 정확성 counts violations of rules between columns",
    look=look,
    todo_ko="적힌 행의 값을 고치거나, 틀린 쪽이 규칙이면 규칙을 고치십시오.",
    todo_en="Correct the values in the rows that are named, or the rule where it is the rule that is wrong.",
)
