"""T3: columns with one value, or nearly."""

from collections.abc import Sequence
from typing import Final

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Column, Finding, Table

NAMED: Final = 20


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns that hardly change."""
    constant = [one for one in table.columns if one.constant]
    listed = [found("COL_CONSTANT", column=one.name) for one in constant[:NAMED]]
    nearly = [(one, _other(one, table)) for one in table.columns if not one.constant]
    return [
        *listed,
        *(
            found(
                "COL_NEARLY_CONSTANT", column=column.name, count=others,
                value=column.top_values[0][0],
                pct=f"{100 * column.top_values[0][1] / table.row_count:.2f}",
            )
            for column, others in nearly
            if 0 < others <= (1 - thresholds.nearly_share) * table.row_count
            and table.row_count >= thresholds.nearly_rows
        ),
    ]  # fmt: skip


def _other(column: Column, table: Table) -> int:
    """Return how many filled cells have another value than the most frequent one."""
    if not column.top_values or not column.top_exact:
        return table.row_count
    return table.row_count - column.null_count - column.top_values[0][1]


CHECK = Check(
    id="T3",
    ko="상수·거의 상수",
    en="Constant columns",
    dimension=Dimension.validity,
    codes=("COL_CONSTANT", "COL_NEARLY_CONSTANT"),
    rule_ko="값이 하나뿐인 열, 또는 200행 이상에서 한 값이 99.5 % 이상인 열",
    rule_en="columns with one value, or in 200 rows or more with one value in 99.5 % of them",
    source="cmapss FD001: seven constant columns once cleaned; kamp_diecasting_quality: twelve",
    look=look,
    todo_ko="설정값이면 설명에 적고, 고장 난 센서나 쓰지 않는 열이면 빼십시오.",
    todo_en="Say in the description where it is a setting; leave it out where the sensor was broken or the column is unused.",
)
