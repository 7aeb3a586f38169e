"""T6: columns that mix numbers with other texts."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Severity, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find odd cells of number columns, and texts of which a part are plain numbers."""
    listed = []
    for column in table.columns:
        filled = table.row_count - column.null_count - column.blank_count
        if column.odd_count:
            ko, en = ("시각", "times") if column.time is not None else ("숫자", "numbers")
            listed.append(
                found(
                    "TYPE_MIXED", column=column.name, count=column.odd_count,
                    kind=ko, kind_en=en, severity=Severity.warning,
                )
            )  # fmt: skip
        elif (
            column.kind == "text"
            and not column.leading_zero_count
            and _apart(column.plain_count, filled, thresholds.mixed_share)
        ):
            fewer = min(column.plain_count, filled - column.plain_count)
            listed.append(
                found("TYPE_MIXED", column=column.name, count=fewer, kind="글자와 숫자", kind_en="texts and numbers")
            )  # fmt: skip
    return listed


def _apart(part: int, whole: int, share: float) -> bool:
    """Whether a part is neither next to nothing nor nearly all."""
    return whole > 0 and share <= part / whole <= 1 - share


CHECK = Check(
    id="T6",
    ko="혼합 자료형",
    en="Mixed types",
    dimension=Dimension.consistency,
    codes=("TYPE_MIXED",),
    rule_ko="숫자나 시각이 95 % 이상인 열의 다른 칸(결측 표기 제외), 또는 글자 열의 5~95 %가 숫자(0으로 시작하는 코드가 있는 열 제외)",
    rule_en="other cells, words for missing values left out, in a column of at least 95 % numbers or times; or 5 to 95 % of the texts of a column without codes are numbers",
    source="deepchecks, mixed data types",
    look=look,
    todo_ko="적힌 행의 값을 고치거나 비우고, 뜻이 다른 값이면 열을 나누십시오.",
    todo_en="Correct or empty the cells that are named; where they mean something else, give them a column of their own.",
)
