"""T11: what was declared of the data and cannot hold as it was said."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.report import FileReport


def whole(report: FileReport) -> Unmeasured | None:
    """Say that nothing was declared, where that is so."""
    if report.settings is None:
        return Unmeasured(
            "데이터에 대해 선언된 것이 없습니다.", "Nothing was declared of the data."
        )
    return None


CHECK = Check(
    id="T11",
    ko="선언과 파일의 대조",
    en="Declarations against the file",
    dimension=Dimension.consistency,
    codes=("DECLARED_MISSING", "DECLARED_UNFIT", "UNIT_DIFFERS"),
    rule_ko="선언한 열이 파일에 있고, 선언한 종류·범위·규칙을 그 열에 쓸 수 있으며, 선언한 단위가 열 이름의 단위와 같아야 함",
    rule_en="declared columns are in the file, what was declared of them can be used, and declared units are those of the columns' names",
    source="ISO 8000-8:2015, syntactic and semantic quality: data agree with their specification",
    whole=whole,
    todo_ko="열 이름과 선언을 나란히 놓고, 틀린 쪽을 고쳐 다시 올리십시오.",
    todo_en="Lay the names of the columns beside what was declared, and correct whichever is wrong.",
)
