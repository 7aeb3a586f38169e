"""F0: a file that cannot be read whole, or is beyond the limits."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.report import FileReport


def whole(_: FileReport) -> Unmeasured | None:
    """Every file has a format."""
    return None


CHECK = Check(
    id="F0",
    ko="형식과 한도",
    en="Format and limits",
    dimension=Dimension.validity,
    codes=(
        "STAGE_TOO_LARGE",
        "FILE_EMPTY", "FILE_TOO_LARGE", "TABLE_ROWS", "COL_TOO_MANY", "LINE_TOO_LONG", "CELL_TOO_LONG",
        "TYPE_MISMATCH", "TYPE_UNKNOWN", "TYPE_UNSUPPORTED", "TYPE_FORBIDDEN",
        "PARQUET_BROKEN", "PARQUET_EXPANSION", "PARQUET_FEATURE", "ARROW_INVALID", "ARROW_EXPANSION",
        "JSON_SHAPE", "JSON_BROKEN", "JSON_TOO_LARGE", "JSON_DEPTH", "SCHEMA_DEPTH",
        "XML_ENTITY", "XLSX_EXTENT", "XLSX_EXPANSION", "XLSX_MACRO", "XLSX_ENCRYPTED", "XLSX_BROKEN",
        "HDF5_EXTERNAL", "SHAPE_TOO_LARGE", "MAT_BROKEN", "MAT_NO_TABLE", "MAT_SKIPPED",
        "TOO_SLOW", "FILE_EXPANSION", "FILE_INVALID", "REPORT_CUT",
    ),
    rule_ko="내용이 확장자와 같은 형식이고, 그 형식의 규칙과 한도를 지켜 끝까지 읽힘",
    rule_en="the content is of the format that its extension names, keeps its rules and limits, and is read to its end",
    source="the formats' own specifications; limits in docs/quality.md",
    whole=whole,
    todo_ko="받는 형식으로 원본에서 다시 저장하거나, 크면 나누어 올리십시오.",
    todo_en="Save it again from its source in a format that is accepted, or split it where it is too large.",
)  # fmt: skip
