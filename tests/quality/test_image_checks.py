"""Checks of images: each finds what is planted and nothing else does, and clean sets are silent."""

import sys
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from quality import CHECKS, FileReport, Limits, Severity, examine
from quality.checks import judged
from quality.images.splits import split_of
from quality.profile import profile
from quality.sources import opened_at
from tests.quality.corpus import zipped
from tests.quality.corpus_images import NAMES, YOLO, YOLO_WRONG, flood, picture, pictures
from tests.quality.test_checks import clean
from tests.quality.test_checks_of_files import found_by, looked, state
from tests.quality.test_real_files import examined

MINE: Final = tuple(check.id for check in CHECKS if check.id[0] == "I" or check.id == "L5")
CLEAN: Final = (*pictures(8), *YOLO, NAMES)
RARE: Final = tuple((name, b"0 0.5 0.5 0.2 0.2\n" * 9) for name, _ in YOLO[:7])

SPLIT: Final = tuple(
    (f"{'train' if at < 6 else 'test'}/{name[7:]}", content) for at, (name, content) in enumerate(pictures(8))
)  # fmt: skip

# What is planted: the check that must tell it, its code, the members, and the ones it must name.
PLANTED: Final[tuple[tuple[str, str, tuple[tuple[str, bytes], ...], list[str]], ...]] = (
    ("I1", "IMG_BROKEN", (*CLEAN, ("x.png", picture(99)[:-40])), ["x.png"]),
    ("I2", "IMG_IDENTICAL", (*CLEAN, ("x.png", picture(3))), ["x.png"]),
    ("I3", "IMG_SIMILAR", (*CLEAN, ("x.jpg", picture(3, form="JPEG"))), ["images/003.png", "x.jpg"]),
    ("I4", "IMG_SIZES", (*CLEAN, ("x.png", flood(640, 640))), []),
    ("I4", "IMG_MODES", (*CLEAN, ("x.png", picture(9, mode="RGB"))), []),
    ("I5", "IMG_DARK", (*CLEAN, ("x.png", picture(9, grey=3))), ["x.png"]),
    ("I5", "IMG_BRIGHT", (*CLEAN, ("x.png", picture(9, grey=250))), ["x.png"]),
    ("I5", "IMG_BLURRED", (*CLEAN, ("x.png", picture(9, grey=128))), ["x.png"]),
    ("I5", "IMG_PLAIN", (*CLEAN, ("x.png", picture(9, grey=128))), ["x.png"]),
    ("L5", "IMG_SPLIT", (*SPLIT, ("test/x.png", picture(3)), ("valid/y.jpg", picture(4, form="JPEG"))), ["valid/y.jpg", "test/x.png"]),
    ("I6", "IMG_LABEL_MISSING", (*pictures(8), *YOLO[:7], NAMES), ["images/007.png"]),
    ("I6", "IMG_LABEL_ORPHAN", (*pictures(7), *YOLO, NAMES), ["labels/007.txt"]),
    ("I6", "IMG_LABEL_BROKEN", (*pictures(8), *YOLO[:7], ("labels/007.txt", b"0 0.5 x\n"), NAMES), ["labels/007.txt"]),
    ("I6", "IMG_BOX_OUTSIDE", (*pictures(8), *YOLO_WRONG), ["images/006.png"]),
    ("I6", "IMG_CLASS_UNKNOWN", (*pictures(8), *YOLO_WRONG, NAMES), ["images/006.png"]),
    ("I6", "IMG_CLASS_RARE", (*pictures(8), *RARE, YOLO[7], NAMES), []),
)  # fmt: skip


def seen(folder: Path, *members: tuple[str, bytes]) -> FileReport:
    """Look at images without a child: what children do is tested elsewhere."""
    path = folder / "upload"
    path.write_bytes(zipped(*members))
    with opened_at(path) as file:
        return judged(profile(file, "a.zip", Limits()))


def states(report: FileReport) -> dict[str, str]:
    return {check: state(report, check) for check in MINE}


def test_every_code_of_images_is_planted_here_or_below() -> None:
    codes = {code for check in CHECKS if check.id in MINE for code in check.codes}

    assert codes == {code for _, code, _, _ in PLANTED} | {"IMAGE_PIXELS"}


@pytest.mark.parametrize(("check", "code", "members", "named"), PLANTED, ids=[one[1] for one in PLANTED])  # fmt: skip
def test_what_is_planted_is_found_with_its_members(
    check: str, code: str, members: tuple[tuple[str, bytes], ...], named: list[str], tmp_path: Path
) -> None:
    report = seen(tmp_path, *members)
    (finding,) = [one for one in report.findings if one.code == code]

    assert (finding.check, state(report, check)) == (check, "found")
    assert [place.member for place in finding.places] == named
    assert all([finding.ko, finding.en])


@pytest.mark.slow  # a real child
def test_an_image_of_too_many_pixels_blocks(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(zipped(*CLEAN, ("x.png", flood(8_000, 8_000))))
    report = examine(path, name="a.zip")
    (finding,) = found_by(report, "I1")

    assert (finding.code, finding.severity) == ("IMAGE_PIXELS", Severity.blocker)
    assert state(report, "I1") == "found"


def test_a_clean_set_is_clear_in_every_check(tmp_path: Path) -> None:
    report = seen(tmp_path, *CLEAN)

    assert report.findings == ()
    assert states(report) == dict.fromkeys(MINE, "clear") | {"L5": "unmeasured"}


def test_images_of_splits_that_share_nothing_are_clear(tmp_path: Path) -> None:
    report = seen(tmp_path, *SPLIT)

    assert report.images is not None
    assert (report.images.splits, report.images.split_shared_count) == (
        (("train", 6), ("test", 2)),
        0,
    )
    assert states(report)["L5"] == "clear"


def test_a_name_is_no_split_where_a_folder_tells() -> None:
    names = ("train/board_test.png", "a/train_001.png", "train/valid/a.png", "board_test.png", "a/contest.png")  # fmt: skip

    assert [split_of(one) for one in names] == ["train", "train", "", "test", ""]


def test_what_cannot_be_measured_says_why(tmp_path: Path) -> None:
    few = states(seen(tmp_path, *pictures(7)))
    none = looked(clean(), tmp_path)

    assert few == dict.fromkeys(MINE, "clear") | {
        "I5": "unmeasured",
        "I6": "unmeasured",
        "L5": "unmeasured",
    }
    assert states(none) == dict.fromkeys(MINE, "unmeasured")
    assert all(one.reason_ko and one.reason_en for one in none.checks if one.id in MINE)


# Said clean by the README beside the real files: whole files, of which each alarm would be a false one. Which
# checks still speak, and why that is no false alarm.
CLEAN_FILES: Final[dict[str, dict[str, str]]] = {
    "ai4i2020_9cols.csv": {
        "L1": "3.39 % failures, as the facts say: the label is rare",
        "N5": "the air's temperature walks: medians of 299.4 and 301.7 K on both sides of row 3,001",
        "S1": "rows are numbered and have no time",
    },
    "tsid_conveyor_normal.xlsx": {
        "N5": "noise and motor do change at row 271: medians of 7.5 and 33.5, 296.5 and 529",
        "S1": "samples without a time",
        "T7": "samples without a number",
    },
    "deeppcb_group20085_37pairs.zip": {
        "I2": "three byte-identical images, as the facts say",
        "I3": "template and test of a pair are nearly the same",
        "I5": "nearly empty boards beside full ones",
    },
}


@pytest.mark.slow  # whole files, each read by two real children
def test_false_alarms_on_clean_files_are_counted_and_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines, wrong = [], []
    for name, known in CLEAN_FILES.items():
        report, _ = examined(name)
        spoke = Counter(one.check for one in report.findings)
        false = {check: count for check, count in spoke.items() if check not in known}
        wrong += [(name, one.code, one.column) for one in report.findings if one.check in false]
        ran = {one.id for table in report.tables for one in table.checks if one.state != "unmeasured"}  # fmt: skip
        ran |= {one.id for one in report.checks if one.state != "unmeasured"}
        lines.append(f"  {name}: {len(ran)} checks ran, {spoke.total()} findings, {sum(false.values())} false alarms")  # fmt: skip
    with capsys.disabled():
        sys.stdout.write("\n".join(["\nclean files", *lines, ""]))

    assert wrong == []
