"""L4: rows without a label."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.checks.label.names import NO_LABEL
from quality.findings import found
from quality.groupfacts import Label
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Count the rows whose label is empty."""
    if not table.labels:
        return NO_LABEL
    return [_said(one, table.row_count) for one in table.labels if one.missing_count]


def _said(label: Label, rows: int) -> Finding:
    first = [str(row + 1) for row in label.missing_rows[:5]]
    told = ", ".join(first)
    return found(
        "LABEL_MISSING", column=label.column, count=label.missing_count,
        row=label.missing_rows[0] + 1 if first else None, examples=first,
        pct=f"{100 * label.missing_count / rows:.2f}",
        rows=f"(첫 행들: {told})" if first else "", rows_en=f" (the first: rows {told})" if first else "",
    )  # fmt: skip


CHECK = Check(
    id="L4",
    ko="라벨 결측",
    en="Missing labels",
    dimension=Dimension.completeness,
    codes=("LABEL_MISSING",),
    rule_ko="라벨 열의 칸이 비어 있거나 공백뿐임",
    rule_en="a cell of the label is empty or holds spaces alone",
    source="KAMP guidebooks: rows without a judgement are left out before training",
    look=look,
    todo_ko="빈 라벨을 채우거나, 판정하지 않은 행이라고 설명에 적으십시오.",
    todo_en="Fill in the labels, or say in the description that these rows were not judged.",
)
