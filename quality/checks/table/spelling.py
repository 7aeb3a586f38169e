"""T5: one thing written in several ways."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find texts that differ in spaces, signs or capitals alone."""
    if not any(one.kind == "text" for one in table.columns):
        return Unmeasured("글자 열이 없습니다.", "There is no column of text.")
    return [
        found(
            "SPELLING", column=column.name, count=len(column.variants),
            examples=[" / ".join(f"'{one}'" for one in group) for group in column.variants[:3]],
        )
        for column in table.columns
        if column.variants
    ]  # fmt: skip


CHECK = Check(
    id="T5",
    ko="표기 변형",
    en="Spelling variants",
    dimension=Dimension.consistency,
    codes=("SPELLING",),
    rule_ko="글자와 숫자만 남기고 대소문자를 없애면 같아지는 값이 둘 이상",
    rule_en="two or more values are one when only letters and digits are kept and capitals are dropped",
    source="machining_orders: 'AB/W ' beside 'AB/W'",
    look=look,
)
