"""I5: dark, bright, blurred, plain."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.checks.image.there import NO_IMAGES
from quality.report import FileReport

SET_MIN = 8


def whole(report: FileReport) -> Unmeasured | None:
    """Only a set of images can be looked at."""
    if report.images is None:
        return NO_IMAGES
    if report.images.image_count < SET_MIN:
        return Unmeasured("사진이 적어 무엇이 보통인지 알 수 없습니다.", "There are too few images to say what is usual.")  # fmt: skip
    return None


CHECK = Check(
    id="I5",
    ko="어두움·밝음·흐림·저정보",
    en="Dark, bright, blurred, plain",
    dimension=Dimension.accuracy,
    codes=("IMG_DARK", "IMG_BRIGHT", "IMG_BLURRED", "IMG_PLAIN"),
    rule_ko="8장 이상에서 밝기, 선명도, 엔트로피가 전체의 중앙값과 동떨어진 사진",
    rule_en="in sets of eight or more, images far from the median of their set in brightness, sharpness or entropy",
    source="cleanvision; what all images share is no defect",
    whole=whole,
    todo_ko="쓸 수 있는지 확인하고, 못 쓰면 빼십시오.",
    todo_en="See whether they are of use, and leave them out where they are not.",
)
