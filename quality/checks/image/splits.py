"""L5 for images: pictures that stand in two of training, validation and test."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.checks.image.there import NO_IMAGES
from quality.report import FileReport

SPLITS_LEAST = 2


def whole(report: FileReport) -> Unmeasured | None:
    """Only images of two splits can be compared."""
    if report.images is None:
        return NO_IMAGES
    if len(report.images.splits) >= SPLITS_LEAST:
        return None
    return Unmeasured(
        "사진의 폴더나 이름에 학습·검증·시험(train, valid, test)이 둘 이상 없습니다.",
        "No folders or names of images tell two of training, validation and test apart.",
    )


CHECK = Check(
    id="L5",
    ko="분할 간 같은 사진",
    en="Images in two splits",
    dimension=Dimension.integrity,
    codes=("IMG_SPLIT",),
    rule_ko="학습·검증·시험으로 나눈 폴더(없으면 이름) 사이에 바이트가 같거나 차이 해시 64비트 가운데 4비트 이하만 다른 사진이 있음",
    rule_en="folders, or names where no folder tells, for training, validation and test share images of the same bytes, or whose difference hashes differ in at most 4 of 64 bits",
    source="S. Kaufman et al., Leakage in data mining, KDD 2011",
    whole=whole,
    todo_ko="같은 사진을 한쪽에서 빼고, 같은 물건을 찍은 사진은 한 분할에 모으십시오.",
    todo_en="Leave the image out of one side, and keep pictures of one thing in one split.",
)
