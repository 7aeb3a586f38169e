"""F2: the delimiter, and a name for each column."""

from collections import Counter
from collections.abc import Sequence

from quality.checks.checking import UNREAD, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import FileReport, Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find columns without a name of their own."""
    names = [column.name for column in table.columns]
    blank = next((at for at, name in enumerate(names) if not name.strip()), None)
    listed = [] if blank is None else [found("COL_BLANK", position=blank + 1)]
    for name, times in Counter(name for name in names if name.strip()).items():
        if times > 1:
            listed.append(found("COL_DUPLICATE", column=name, count=times))
    return listed


def whole(report: FileReport) -> Unmeasured | None:
    """Only tables have a header."""
    return None if report.tables else UNREAD


CHECK = Check(
    id="F2",
    ko="구분자·머리글",
    en="Delimiter and header",
    dimension=Dimension.validity,
    codes=("CSV_DELIMITER", "COL_BLANK", "COL_DUPLICATE", "CHAR_BIDI", "TABLE_NO_ROWS", "JSON_NEW_KEYS"),
    rule_ko="한 가지 구분자로 행의 90 % 이상이 같은 수로 나뉘고, 머리글(0~2행)이 열마다 다른 이름을 줌",
    rule_en="one delimiter cuts at least 90 % of the rows alike, and a header of up to two rows gives each column its own name",
    source="kamp_diecasting_quality: two header rows; skab_valve1_0: semicolons; cmapss: spaces and no header",
    look=look,
    whole=whole,
    todo_ko="첫 행에 열마다 서로 다른 이름을 적고 쉼표로 나누어 저장하십시오.",
    todo_en="Give each column its own name in the first row and save the table with commas.",
)  # fmt: skip
