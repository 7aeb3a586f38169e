"""I1: decoding."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.checks.image.there import NO_IMAGES
from quality.report import FileReport


def whole(report: FileReport) -> Unmeasured | None:
    """Only a set of images can be looked at."""
    if report.images is None:
        return NO_IMAGES
    return None


CHECK = Check(
    id="I1",
    ko="디코딩",
    en="Decoding",
    dimension=Dimension.integrity,
    codes=("IMG_BROKEN", "IMAGE_PIXELS"),
    rule_ko="모든 사진이 끝까지 열리고 화소 수가 한도 안임",
    rule_en="every image can be decoded to its end and has no more pixels than allowed",
    source="cleanvision; limits in docs/quality.md",
    whole=whole,
    todo_ko="원본에서 다시 저장해 올리십시오.",
    todo_en="Save them again from their source and upload them.",
)
