"""F8: rows and letters that are broken."""

from collections.abc import Sequence

from quality.checks.checking import UNREAD, Check, Dimension, Thresholds, Unmeasured
from quality.findings import found
from quality.report import FileReport, Finding, Table


def look(table: Table, _: Thresholds) -> Sequence[Finding] | Unmeasured:
    """Find letters that were lost, and cells that a spreadsheet takes for formulas."""
    listed = []
    for column in table.columns:
        if column.broken_text_count:
            listed.append(found("TEXT_BROKEN", column=column.name, count=column.broken_text_count))
        if column.formula_count:
            listed.append(found("CELL_FORMULA", column=column.name, count=column.formula_count))
    return listed


def whole(report: FileReport) -> Unmeasured | None:
    """Only tables have rows."""
    return None if report.tables else UNREAD


CHECK = Check(
    id="F8",
    ko="깨진 행·글자",
    en="Broken rows and letters",
    dimension=Dimension.integrity,
    codes=(
        "CSV_COLUMNS", "CSV_QUOTE_OPEN", "CHAR_NUL", "CHAR_CONTROL", "JSON_LINE", "JSON_DUPLICATE", "JSON_NAN",
        "XLSX_ERRORS", "TEXT_BROKEN", "CELL_FORMULA",
    ),
    rule_ko="열의 수가 다른 행, 닫히지 않은 따옴표, NUL과 제어 문자, 깨진 글자(�, 한글 사이의 물음표), 올바르지 않은 JSON 행, 오류가 든 칸. 행의 5 %를 넘으면 차단",
    rule_en="rows with another number of columns, open quotes, NUL and control characters, lost letters, invalid lines of JSON, cells that hold errors; blocking above 5 % of the rows",
    source="RFC 4180, RFC 8259; the list of hostile files the exchange was planned with",
    look=look,
    whole=whole,
    todo_ko="적힌 행을 원본에서 고쳐 다시 저장하십시오.",
    todo_en="Correct the rows that are named at their source and save the file again.",
)  # fmt: skip
