"""L1: a label with one class, or with a rare one."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.checks.label.names import NO_LABEL, label_columns
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find labels of one class, and say how rare the rarest class is."""
    labels = label_columns(table)
    if not labels:
        return NO_LABEL
    listed = []
    for column in labels:
        if not 0 < column.distinct_count <= len(column.top_values):
            continue  # empty, or more classes than are counted
        value, count = column.top_values[-1]
        if column.distinct_count == 1:
            listed.append(found("LABEL_ONE_CLASS", column=column.name, value=value, count=count))
            continue
        share = count / max(sum(one for _, one in column.top_values), 1)
        if share < thresholds.rare_share:
            pct = f"{100 * share:.2f}"
            listed.append(
                found("LABEL_RARE", column=column.name, value=value, count=count, pct=pct)
            )
    return listed


CHECK = Check(
    id="L1",
    ko="라벨 균형",
    en="Balance of labels",
    dimension=Dimension.completeness,
    codes=("LABEL_ONE_CLASS", "LABEL_RARE"),
    rule_ko="라벨로 보이는 열의 값이 하나뿐이거나 가장 드문 값이 5 % 미만",
    rule_en="a column that looks like a label has one value, or its rarest has less than 5 %",
    source="deepchecks class imbalance; ai4i2020: 3.39 % failures",
    look=look,
    todo_ko="다른 값이 있는 구간을 더하거나, 드문 값이 얼마나 되는지 설명에 적으십시오.",
    todo_en="Add rows with other values, or say in the description how rare they are.",
)
