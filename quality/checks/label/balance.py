"""L1: a label with one class, or with a rare one."""

import re
from collections.abc import Sequence
from typing import Final

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Column, Finding, Table

NAMES: Final = re.compile(
    r"(^|[^a-z])(label|target|class|tag|anomaly|defect|failure|pass.?or.?fail|pass.?fail|ok.?ng|judge?ment|result)([^a-z]|$)"
    r"|판정|불량|양품|합격|라벨|정상|이상|결과",
    re.IGNORECASE,
)
CLASSES_MAX: Final = 10


def looks_like_label(column: Column) -> bool:
    """Whether a column is named like one and has few values."""
    return NAMES.search(column.name) is not None and 0 < column.distinct_count <= CLASSES_MAX


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find labels of one class, and say how rare the rarest class is."""
    labels = [one for one in table.columns if looks_like_label(one)]
    if not labels:
        return Unmeasured("라벨로 보이는 열이 없습니다.", "No column looks like a label.")
    listed = []
    for column in labels:
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
)
