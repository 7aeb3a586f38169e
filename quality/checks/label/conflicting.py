"""L2: rows with equal inputs and different labels."""

from collections.abc import Sequence
from math import prod
from typing import Final

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.checks.label.names import NO_LABEL
from quality.findings import found
from quality.report import Finding, Severity, Table

# How many times more different inputs than pairs of rows there must be, so that equal ones are no chance.
SURE: Final = 100


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find rows that contradict each other where inputs are fine enough to tell rows apart."""
    if not table.labels:
        return NO_LABEL
    names = {one.column for one in table.labels}
    measured = [
        one.distinct_count
        for one in table.columns
        if one.number is not None
        and one.name not in names
        and not (one.set_point or one.identifying)
    ]
    if prod(measured) < SURE * table.row_count**2 or all(
        one.conflicts is None for one in table.labels
    ):
        return Unmeasured(
            "측정한 숫자 열이 적어, 입력이 같은 행이 있어도 우연일 수 있습니다.",
            "There are too few measured columns: equal inputs may be chance.",
        )
    return [
        said
        for label in table.labels
        if label.conflicts is not None and label.conflicts.row_count
        for said in [_said(table, label.column, label.conflicts.row_count, label.conflicts.rows, thresholds)]
    ]  # fmt: skip


def _said(
    table: Table, column: str, count: int, rows: tuple[int, ...], thresholds: Thresholds
) -> Finding:
    share = count / table.row_count
    first, more = rows[0] + 1, [str(row + 1) for row in rows[:5]]
    return found(
        "LABEL_CONFLICT", column=column, count=count, row=first, examples=more,
        severity=Severity.warning if share > thresholds.conflict_share else None,
        pct=f"{100 * share:.2f}", rows=f"(첫 행들: {', '.join(more)})",
        rows_en=f" (the first: rows {', '.join(more)})",
    )  # fmt: skip


CHECK = Check(
    id="L2",
    ko="상충 라벨",
    en="Contradicting labels",
    dimension=Dimension.consistency,
    codes=("LABEL_CONFLICT",),
    rule_ko="번호·시각·라벨이 아닌 모든 열이 같은 다른 행과 라벨이 다름(64비트 해시, 100만 행까지 모두, 그 위는 표본). 1 %를 넘으면 경고. 측정값의 조합이 행 수의 제곱보다 100배 많아 우연이 아닐 때만 잼",
    rule_en="a row has another label than one that equals it in all columns but numbering ones, times and labels (64-bit hashes, exact to a million rows, then a sample), a warning above 1 %; only where measured values combine in a hundred times more ways than there are pairs of rows, so that it is no chance",
    source="deepchecks conflicting labels",
    look=look,
    todo_ko="같은 측정값에 다른 라벨이 붙은 행을 다시 판정하거나 빼십시오.",
    todo_en="Judge the rows with equal values and different labels again, or leave them out.",
)
