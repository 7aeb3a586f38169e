"""F3: how an archive is built."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.report import FileReport


def whole(report: FileReport) -> Unmeasured | None:
    """Only archives have members."""
    if report.kind in ("zip", "gz"):
        return None
    return Unmeasured("압축 파일이 아닙니다.", "It is no archive.")


CHECK = Check(
    id="F3",
    ko="압축 구성",
    en="Archive",
    dimension=Dimension.integrity,
    codes=(
        "ARCHIVE_RATIO", "ARCHIVE_MEMBERS", "ARCHIVE_TRUNCATED", "ARCHIVE_CRC", "ARCHIVE_NESTED", "ARCHIVE_PATH",
        "ARCHIVE_LINK", "ARCHIVE_DUPLICATE", "ARCHIVE_NAME", "ARCHIVE_OVERLAP", "ARCHIVE_SIZE_LIE",
        "ARCHIVE_ENCRYPTED", "ARCHIVE_BROKEN", "ARCHIVE_NO_DATA",
    ),
    rule_ko="모든 파일을 한 번 풀어 적힌 크기와 검사값이 맞고, 이름이 밖을 가리키거나 겹치지 않으며, 안에 다른 압축 파일이 없음",
    rule_en="every member was unpacked once with the size and check value it names; no name leads out or comes twice; no archive lies within",
    source="kamp_plating_33days, tsid_conveyor_mixed_encodings: products of several files with names in decomposed Hangul",
    whole=whole,
    todo_ko="파일들만 골라 암호 없이 ZIP으로 다시 압축하십시오.",
    todo_en="Pack the files alone into a new ZIP, without a password.",
)  # fmt: skip
