"""T5: one thing written in several ways."""

from collections.abc import Sequence

from quality.checks.checking import NO_TEXT, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find texts that differ in spaces, signs or capitals alone, and names with outer spaces."""
    spaced = [one.name for one in table.columns if one.name != one.name.strip()]
    named = [found("NAME_SPACES", column=name) for name in spaced]
    if not named and not any(one.kind == "text" for one in table.columns):
        return NO_TEXT
    return named + [
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
    codes=("SPELLING", "NAME_SPACES"),
    rule_ko="글자와 숫자만 남기고 대소문자를 없애면 같아지는 값이 둘 이상, 또는 열 이름의 앞뒤에 공백",
    rule_en="two or more values are one when only letters and digits are kept and capitals are dropped, or a column's name begins or ends with a space",
    source="machining_orders: 'AB/W ' beside 'AB/W'",
    look=look,
    todo_ko="같은 뜻이면 한 가지로 적고, 열 이름의 앞뒤 공백을 지우십시오.",
    todo_en="Use one spelling where they mean the same, and take spaces off the ends of names.",
)
