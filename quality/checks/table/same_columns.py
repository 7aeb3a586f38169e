"""T4: columns that are copies of each other."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns with equal cells in every row; those with one value are told elsewhere."""
    first: dict[str, str] = {}
    listed = []
    for column in table.columns:
        if column.constant or column.distinct_count == 0:
            continue
        other = first.setdefault(column.digest, column.name)
        if other != column.name:
            listed.append(found("COL_SAME", column=column.name, other=other))
    return listed


CHECK = Check(
    id="T4",
    ko="동일 열",
    en="Equal columns",
    dimension=Dimension.uniqueness,
    codes=("COL_SAME",),
    rule_ko="두 열의 모든 행이 같음(128비트 합으로 비교)",
    rule_en="two columns are equal in every row, compared by sums of 128 bits",
    source="kamp_diecasting_quality: limit columns that are copies of others",
    look=look,
    todo_ko="잘못 복사된 열이면 빼십시오.",
    todo_en="Leave it out where it was copied by mistake.",
)
