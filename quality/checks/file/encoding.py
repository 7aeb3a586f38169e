"""F1: how a text is encoded."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.report import FileReport


def whole(report: FileReport) -> Unmeasured | None:
    """Only texts have an encoding."""
    if any(table.encoding for table in report.tables):
        return None
    return Unmeasured("글자 파일이 없습니다.", "There is no text file.")


CHECK = Check(
    id="F1",
    ko="인코딩",
    en="Encoding",
    dimension=Dimension.consistency,
    codes=("ENC_CONVERTED", "ENC_MIXED", "ENC_UNKNOWN", "ENC_INVALID"),
    rule_ko="BOM, 엄격한 UTF-8, 엄격한 CP949의 순서로 정하고, CP949는 글자의 절반 이상이 한글이어야 함. 파일 전체가 한 가지여야 함",
    rule_en="decided by BOM, strict UTF-8 and strict CP949 in that order, the last with at least half of its letters Hangul; one for the whole file",
    source="tsid_conveyor: 27 of 27 CP949 files by strict order, none by a statistical detector that calls them Big5",
    whole=whole,
    todo_ko="UTF-8로 저장하십시오. 엑셀에서는 'CSV UTF-8'을 고르면 됩니다.",
    todo_en="Save it as UTF-8; in Excel choose 'CSV UTF-8'.",
)
