"""F5: codes that begin with zeros, which must stay texts."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Name the columns that were read as texts because of leading zeros."""
    return [
        found("CODE_ZEROS", column=column.name, count=column.leading_zero_count)
        for column in table.columns
        if column.leading_zero_count
    ]


CHECK = Check(
    id="F5",
    ko="코드의 앞자리 0",
    en="Leading zeros of codes",
    dimension=Dimension.accuracy,
    codes=("CODE_ZEROS",),
    rule_ko="숫자로만 된 값 하나라도 0으로 시작하면(0과 소수 제외) 그 열을 숫자로 읽지 않고 코드로 읽음",
    rule_en="where one value of digits begins with a zero, zero itself and fractions left out, the column is read as codes and not as numbers",
    source="machining_capacity: items such as 050060",
    look=look,
    todo_ko="엑셀에서 열면 앞의 0이 사라지므로, 설명에 글자로 읽어야 하는 열이라고 적으십시오.",
    todo_en="Spreadsheets drop leading zeros: say in the description that the column is text.",
)
