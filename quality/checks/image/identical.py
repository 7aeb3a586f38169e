"""I2: identical images."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.checks.image.there import NO_IMAGES
from quality.report import FileReport


def whole(report: FileReport) -> Unmeasured | None:
    """Only a set of images can be looked at."""
    if report.images is None:
        return NO_IMAGES
    return None


CHECK = Check(
    id="I2",
    ko="동일 파일",
    en="Identical images",
    dimension=Dimension.uniqueness,
    codes=("IMG_IDENTICAL",),
    rule_ko="SHA-256이 같은 사진",
    rule_en="images of one SHA-256",
    source="DeepPCB group20085: three identical templates",
    whole=whole,
    todo_ko="일부러 넣은 것이 아니면 빼고 다시 올리십시오.",
    todo_en="Unless they are meant, leave them out and upload the rest.",
)
