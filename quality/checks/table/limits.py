"""T9: values outside of what was declared of their column, or of limits that stand in the table itself."""

from collections.abc import Sequence
from typing import Final

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.claims import Breach, Kept
from quality.findings import found
from quality.report import Finding, Table

CODES: Final = {
    "kind": "VALUE_OF_OTHER_KIND",
    "range": "VALUE_OUT_OF_RANGE",
    "codes": "VALUE_NOT_IN_CODES",
    "pattern": "VALUE_NOT_IN_PATTERN",
}
KINDS: Final = {"number": ("숫자", "numbers"), "time": ("시각", "times"), "text": ("글자", "text")}
EXAMPLES: Final = 3


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns that leave what was declared, or their own limit columns."""
    declared = [column for column in table.columns if column.kept is not None]
    if not table.bounds and not declared:
        return Unmeasured(
            "한계(최소·최대)를 적은 열이 없고 허용 범위가 선언되지 않았습니다.",
            "No column holds limits, and no allowed range was declared.",
        )
    own = [
        found(
            "LIMIT_BROKEN", column=one.column, count=one.outside_count,
            pct=f"{100 * one.outside_count / one.row_count:.1f}",
            limits=", ".join(name for name in (one.low_column, one.high_column) if name),
        )
        for one in table.bounds
        if one.outside_count
    ]  # fmt: skip
    return own + [
        _broken(column.name, column.kept, breach)
        for column in declared
        if column.kept is not None
        for breach in column.kept.breaches
    ]


def _broken(column: str, kept: Kept, breach: Breach) -> Finding:
    ko, en = (
        KINDS.get(breach.said, (breach.said, breach.said)) if breach.rule == "kind" else ("", "")
    )
    return found(
        CODES[breach.rule],
        column=column,
        count=breach.count,
        row=breach.places[0].row if breach.places else None,
        examples=list(dict.fromkeys(one.value for one in breach.places))[:EXAMPLES],
        pct=f"{100 * breach.count / max(kept.checked_count, 1):.1f}",
        said=breach.said,
        kind=ko,
        kind_en=en,
    )


CHECK = Check(
    id="T9",
    ko="허용 범위",
    en="Allowed values",
    dimension=Dimension.validity,
    codes=("LIMIT_BROKEN", *CODES.values()),
    rule_ko="선언된 자료형·범위·코드·형식을 모든 칸이 지켜야 하고, '이름_Min', '이름_Max' 열이 있으면 '이름' 열의 값이 그 사이에 있어야 함",
    rule_en="every cell keeps to the declared kind, range, codes and pattern, and where there are columns 'name_Min' and 'name_Max', values of 'name' lie between them",
    source="kamp_diecasting_quality: factory temperature outside its limits in 7,445 of 7,445 rows",
    look=look,
    todo_ko="한계나 측정값 가운데 어느 쪽이 잘못되었는지 확인해 고치십시오.",
    todo_en="See whether the limits or the values are wrong, and correct them.",
)
