"""T2: rows that repeat an earlier one: as a whole, without the columns that number them, or in their key."""

from collections.abc import Sequence

from quality.checks.checking import Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import Finding, Table


def look(table: Table, thresholds: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find repeated rows, and rows that repeat the value of a key."""
    listed = []
    rows = max(table.row_count, 1)
    ids = [column.name for column in table.columns if column.identifying]
    if table.duplicate_count:
        pct = f"{100 * table.duplicate_count / rows:.1f}"
        listed.append(found("ROWS_REPEATED", count=table.duplicate_count, pct=pct))
    elif ids and table.duplicate_without_ids_count:
        count, name = table.duplicate_without_ids_count, ", ".join(ids)
        pct = f"{100 * count / rows:.1f}"
        listed.append(found("ROWS_REPEATED_BUT_ID", count=count, pct=pct, column=name))
    stamped = {column.name for column in table.columns if column.time is not None}
    for key in table.keys:
        if stamped.intersection(key.columns):
            continue  # S4 tells of stamps
        share = key.repeat_count / rows
        if table.duplicate_count < key.repeat_count and share <= thresholds.key_share_max:
            pct = f"{100 * share:.3f}"
            name = ", ".join(key.columns)
            listed.append(found("KEY_REPEATED", column=name, count=key.repeat_count, pct=pct))
    return listed


CHECK = Check(
    id="T2",
    ko="중복 행",
    en="Repeated rows",
    dimension=Dimension.uniqueness,
    codes=("ROWS_REPEATED", "ROWS_REPEATED_BUT_ID", "KEY_REPEATED", "KEY_BROKEN"),
    rule_ko="모든 열이 앞의 행과 같은 행, 번호 열을 빼면 같은 행, 또는 표본에서 행을 구별하던 열(열 쌍)의 값을 1 % 이하의 행이 되풀이",
    rule_en="rows equal to an earlier one in all columns, or in all but the numbering ones; or a column or pair that tells rows apart in the sample is repeated by 1 % of the rows or fewer",
    source="kamp_diecasting_quality: 2,918 of 7,535 rows repeat an earlier one once id is left out",
    look=look,
    todo_ko="같은 기록이 두 번 들어갔는지 확인해 지우고, 뜻이 있는 반복이면 설명에 적으십시오.",
    todo_en="Delete records that came in twice; if they are meant, say so in the description.",
)
