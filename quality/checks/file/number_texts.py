"""F4: numbers that are not stored as plain numbers."""

from collections.abc import Sequence
from typing import Final

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table

# The forms of numbers that are told apart; a unit is named as it stands behind the number.
COMMA, SPACE, PLUS, UNIT = "comma", "space", "plus", "unit "
NAMES: Final = {
    COMMA: ("쉼표", "commas"),
    SPACE: ("공백", "spaces"),
    PLUS: ("더하기 기호", "a plus sign"),
}


def _said(form: str, place: int) -> str:
    if form.startswith(UNIT):
        return f"'{form.removeprefix(UNIT)}'"
    return NAMES[form][place]


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns whose numbers carry commas, spaces, signs or units."""
    return [
        found(
            "NUM_AS_TEXT", column=column.name, count=max(count for _, count in column.number_forms),
            forms=", ".join(f"{_said(form, 0)} {count:,}칸" for form, count in column.number_forms),
            forms_en=", ".join(f"{_said(form, 1)} in {count:,}" for form, count in column.number_forms),
        )
        for column in table.columns
        if column.number_forms
    ]  # fmt: skip


CHECK = Check(
    id="F4",
    ko="숫자로 저장되지 않은 숫자",
    en="Numbers stored as text",
    dimension=Dimension.consistency,
    codes=("NUM_AS_TEXT",),
    rule_ko="쉼표, 앞뒤 공백, 더하기 기호를 떼면 숫자인 칸이 있거나, 글자 열의 값이 모두 한 가지 단위를 붙인 숫자",
    rule_en="cells are numbers once commas, outer spaces or a plus sign are taken off, or all texts of a column are numbers with one unit behind them",
    source="machining_orders: ' 25,870 '",
    look=look,
    todo_ko="쉼표와 단위를 떼어 숫자로 저장하고, 단위는 열 이름에 적으십시오.",
    todo_en="Store plain numbers, and write the unit into the column's name.",
)
