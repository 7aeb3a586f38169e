"""T7: what tells the rows apart."""

from collections.abc import Sequence
from typing import Final

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table

ROWS_MIN: Final = 20


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Say where no column and no pair tells the rows apart; keys that were found are facts of the table."""
    if table.row_count < ROWS_MIN:
        return Unmeasured("행이 적어 판단할 수 없습니다.", "There are too few rows to tell.")
    most = thresholds.key_share_max * table.row_count
    if any(key.repeat_count <= most for key in table.keys):
        return []
    return [found("KEY_NONE", count=table.row_count)]


CHECK = Check(
    id="T7",
    ko="키 후보",
    en="Key candidates",
    dimension=Dimension.uniqueness,
    codes=("KEY_NONE",),
    rule_ko="빈 칸이 없고 1 % 이하만 되풀이되는 열, 또는 열 쌍(표본에서 고른 것)이 하나도 없음",
    rule_en="no column without empty cells, and no pair chosen by the sample, is repeated by 1 % of the rows or fewer",
    source="cmapss FD001: the pair of unit and cycle; TSID conveyor: no key, rows without time or number",
    look=look,
    todo_ko="일련번호나 시각, 설비와 시각처럼 행을 구별하는 열을 더하십시오.",
    todo_en="Add a column that tells rows apart: a number, a time, or machine and time.",
)
