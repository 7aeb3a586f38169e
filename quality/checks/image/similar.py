"""I3: similar images."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.checks.image.there import NO_IMAGES
from quality.report import FileReport


def whole(report: FileReport) -> Unmeasured | None:
    """Only a set of images can be looked at."""
    if report.images is None:
        return NO_IMAGES
    return None


CHECK = Check(
    id="I3",
    ko="유사한 사진",
    en="Similar images",
    dimension=Dimension.uniqueness,
    codes=("IMG_SIMILAR",),
    rule_ko="차이 해시 64비트 가운데 4비트 이하만 다른 사진",
    rule_en="images whose difference hashes differ in at most 4 of 64 bits",
    source="cleanvision, near duplicates",
    whole=whole,
    todo_ko="학습과 시험에 나누어 넣지 않도록 설명에 적으십시오.",
    todo_en="Say so, that nobody puts them into training and test alike.",
)
