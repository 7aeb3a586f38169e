"""I4: sizes and modes."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.checks.image.there import NO_IMAGES
from quality.report import FileReport


def whole(report: FileReport) -> Unmeasured | None:
    """Only a set of images can be looked at."""
    if report.images is None:
        return NO_IMAGES
    return None


CHECK = Check(
    id="I4",
    ko="크기·모드 분포",
    en="Sizes and modes",
    dimension=Dimension.consistency,
    codes=("IMG_SIZES", "IMG_MODES"),
    rule_ko="사진의 크기나 색 방식이 두 가지 이상",
    rule_en="the images have two or more sizes or colour modes",
    source="cleanvision, odd size",
    whole=whole,
    todo_ko="뜻한 것인지 확인하고, 아니면 한 가지로 맞추십시오.",
    todo_en="See whether that is meant, and bring them to one size and mode where it is not.",
)
