"""T1: columns with many empty cells."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns of which a greater share is empty."""
    listed = []
    for column in table.columns:
        share = (column.null_count + column.blank_count) / max(table.row_count, 1)
        if share > thresholds.sparse_share:
            pct = f"{100 * share:.1f}"
            listed.append(found("COL_SPARSE", column=column.name, count=column.null_count, pct=pct))
    return listed


CHECK = Check(
    id="T1",
    ko="결측",
    en="Missing values",
    dimension=Dimension.completeness,
    codes=("COL_SPARSE",),
    rule_ko="빈 칸(공백만 있는 칸 포함)이 30 %를 넘는 열",
    rule_en="columns with more than 30 % of their cells empty, those of spaces alone among them",
    source="KAMP guidebook, appendix 4; kamp_casting_process: heating_furnace and molten_volume",
    look=look,
    todo_ko="수집이 빠진 것인지 확인하고, 원래 비는 열이면 설명에 까닭을 적으십시오.",
    todo_en="Find out whether values were lost; if the column is meant to be empty, say why in the description.",
)
