"""I6: the boxes drawn on the images."""

from quality.checks.checking import Check, Dimension, Unmeasured
from quality.checks.image.there import NO_IMAGES
from quality.report import FileReport


def whole(report: FileReport) -> Unmeasured | None:
    """Only images with annotations can be compared with them."""
    if report.images is None:
        return NO_IMAGES
    if report.images.annotations:
        return None
    return Unmeasured("사진의 주석 파일이 없습니다.", "No file annotates the images.")


CHECK = Check(
    id="I6",
    ko="주석",
    en="Annotations",
    dimension=Dimension.integrity,
    codes=(
        "IMG_LABEL_MISSING", "IMG_LABEL_ORPHAN", "IMG_LABEL_BROKEN", "IMG_BOX_OUTSIDE", "IMG_CLASS_UNKNOWN",
        "IMG_CLASS_RARE",
    ),
    rule_ko="주석이 없는 사진, 사진이 없는 주석, 읽을 수 없는 주석, 사진 밖의 상자, 목록에 없는 분류, 가장 흔한 분류의 5 % 미만인 분류",
    rule_en="images without annotation, annotations without image, such that cannot be read, boxes outside, classes that the list does not name, classes with less than 5 % of the most frequent one",
    source="DeepPCB, YOLO, Pascal VOC, COCO as their authors describe them",
    whole=whole,
    todo_ko="적힌 파일의 주석을 고치거나 더하고, 드문 분류는 설명에 적으십시오.",
    todo_en="Correct or add the annotations of the files that are named, and say which classes are rare.",
)  # fmt: skip
