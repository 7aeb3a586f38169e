"""Images and their boxes: a real set against what Pillow says, and made sets in each form."""

import statistics
from pathlib import Path

import pytest

from quality import FileReport, examine
from quality.images.facts import Annotations, ImageSet, ImageSize
from tests.quality.corpus import zipped
from tests.quality.corpus_images import NAMES, SIDE, YOLO_WRONG, box, coco, pictures, voc
from tests.quality.test_real_files import examined

pytestmark = pytest.mark.slow  # each case starts two real children


def of(folder: Path, *members: tuple[str, bytes]) -> FileReport:
    path = folder / "upload"
    path.write_bytes(zipped(*members))
    return examine(path, name="a.zip")


def images_of(report: FileReport) -> ImageSet:
    assert report.images is not None
    return report.images


def test_a_real_set_is_as_pillow_says() -> None:
    report, facts = examined("deeppcb_group20085_37pairs.zip")
    images, summary = images_of(report), facts["summary"]

    assert (images.image_count, images.decoded_count) == (summary["images"], summary["images"])
    assert images.sizes == (ImageSize(640, 640, 74),)
    assert images.modes == (("L", 74),)
    assert [list(group) for group in images.identical] == facts["byte_identical_members"]
    lumas = [one["mean_luma"] for one in facts["member_facts"] if one["format"] == "image"]
    assert images.brightness is not None
    assert images.brightness.median == pytest.approx(statistics.median(lumas), abs=1e-6)
    (boxes,) = images.annotations
    assert dict(boxes.classes) == summary["boxes_by_class"]
    assert boxes == Annotations(
        form="deeppcb",
        file_count=37,
        box_count=246,
        classes=boxes.classes,
        annotated_count=37,
        missing_count=0,
        orphan_count=0,
        broken_count=0,
        outside_count=0,
        unknown_count=None,
    )
    codes = {one.code for one in report.findings}
    assert {"IMG_IDENTICAL", "IMG_SIMILAR"} <= codes
    assert not codes & {
        "IMG_BROKEN",
        "IMG_LABEL_MISSING",
        "IMG_BOX_OUTSIDE",
        "IMG_MODES",
        "IMG_SIZES",
    }


def test_boxes_in_shares_of_the_image(tmp_path: Path) -> None:
    readme = ("README.txt", "8장의 사진과 상자\n".encode())

    images = images_of(of(tmp_path, *pictures(8), *YOLO_WRONG, NAMES, readme))

    (boxes,) = images.annotations
    assert (boxes.form, boxes.file_count, boxes.box_count) == ("yolo", 8, 14)
    assert boxes.classes == (("0", 7), ("1", 6), ("7", 1))
    assert (boxes.annotated_count, boxes.missing_count, boxes.broken_count) == (8, 0, 0)
    assert (boxes.outside_count, boxes.unknown_count) == (1, 1)


def test_boxes_in_xml(tmp_path: Path) -> None:
    told = [
        ("notes/000.xml", voc("000.png", [("흠", 1, 1, 20, 20), ("흠", 30, 30, SIDE, SIDE)])),
        ("notes/001.xml", voc("copied.png", [("얼룩", 5, 5, 70, 20), ("얼룩", 9, 9, 9, 20)])),
        ("notes/404.xml", voc("404.png", [])),
    ]

    images = images_of(of(tmp_path, *pictures(3), *told))

    (boxes,) = images.annotations
    assert (boxes.form, boxes.box_count, boxes.classes) == ("voc", 4, (("흠", 2), ("얼룩", 2)))
    assert (boxes.missing_count, boxes.orphan_count, boxes.outside_count) == (1, 1, 2)


def test_boxes_in_one_json(tmp_path: Path) -> None:
    told = coco(
        4,
        [
            box(0, 1, 1, 1, 10, 10),
            box(1, 2, 60, 60, 10, 10),
            box(2, 9, 0, 0, 5, 5),
            box(77, 1, 0, 0, 5, 5),
        ],
    )

    report = of(tmp_path, *pictures(4), ("annotations/instances.json", told))

    (boxes,) = images_of(report).annotations
    assert (boxes.form, boxes.file_count, boxes.box_count) == ("coco", 1, 4)
    assert boxes.classes == (("흠", 2), ("얼룩", 1), ("9", 1))
    assert (boxes.annotated_count, boxes.orphan_count) == (4, 1)
    assert (boxes.outside_count, boxes.unknown_count) == (1, 1)
    assert report.tables == ()


def test_tables_beside_images_are_read_too(tmp_path: Path) -> None:
    report = of(tmp_path, *pictures(2), ("측정.csv", b"a,b\n1,2\n"))

    assert [table.name for table in report.tables] == ["측정.csv"]
    assert images_of(report).image_count == 2
