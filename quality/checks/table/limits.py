"""T9: values outside of limits that stand in the table itself."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns that leave their own limit columns."""
    if not table.bounds:
        return Unmeasured(
            "한계(최소·최대)를 적은 열이 없고 허용 범위가 선언되지 않았습니다.",
            "No column holds limits, and no allowed range was declared.",
        )
    return [
        found(
            "LIMIT_BROKEN", column=one.column, count=one.outside_count,
            pct=f"{100 * one.outside_count / one.row_count:.1f}",
            limits=", ".join(name for name in (one.low_column, one.high_column) if name),
        )
        for one in table.bounds
        if one.outside_count
    ]  # fmt: skip


CHECK = Check(
    id="T9",
    ko="허용 범위",
    en="Limits in the table",
    dimension=Dimension.validity,
    codes=("LIMIT_BROKEN",),
    rule_ko="'이름_Min', '이름_Max' 열이 있으면 '이름' 열의 값이 그 사이에 있어야 함",
    rule_en="where there are columns 'name_Min' and 'name_Max', values of 'name' lie between them",
    source="kamp_diecasting_quality: factory temperature outside its limits in 7,445 of 7,445 rows",
    look=look,
    todo_ko="한계나 측정값 가운데 어느 쪽이 잘못되었는지 확인해 고치십시오.",
    todo_en="See whether the limits or the values are wrong, and correct them.",
)
