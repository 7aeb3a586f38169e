"""Image sheet: the sizes of a set of images to scale, how bright and sharp they are, what is marked on them. Pure."""

from collections.abc import Sequence
from typing import Final

from quality.html.charts.drawing import WIDTH, Chart, Row, share_between, strip
from quality.html.charts.shapes import Shapes, boxes, joined, shape
from quality.html.texts import Cell, figure
from quality.images.facts import Annotations, ImageSet, ImageSize, Spread
from quality.terminal.words import Tongue, share

SIZES_MOST: Final = 8
CLASSES_MOST: Final = 12
SIDE: Final = 90.0
ROOM: Final = 110.0
# A single size is not drawn over the whole width.
PLACES_MIN: Final = 4
GREY_MOST: Final = 255.0


def image_sheet(images: ImageSet, say: Tongue) -> list[Chart]:
    """Draw what a set of images holds; what was not measured is left out."""
    drawn = [_sizes(images, say), _spreads(images, say)]
    drawn += [_classes(one, say) for one in images.annotations]
    return [one for one in drawn if one is not None]


def _sizes(images: ImageSet, say: Tongue) -> Chart | None:
    if not images.sizes:
        return None
    found = images.sizes[:SIZES_MOST]
    forms = ", ".join(f"{name} {count:,}" for name, count in images.formats)
    modes = ", ".join(f"{name} {count:,}" for name, count in images.modes)
    left = len(images.sizes) - len(found)
    return Chart(
        kind="images",
        title=say("사진의 크기", "Sizes of the images"),
        description=say(
            f"사진 {images.image_count:,}장 가운데 {images.decoded_count:,}장을 열었습니다. 형식 {forms}, 색 방식 {modes}, 크기 {len(images.sizes):,}가지.",
            f"{images.decoded_count:,} of {images.image_count:,} images were decoded. Formats {forms}, modes {modes}, {len(images.sizes):,} sizes.",
        ),
        shapes=_sheet(found, say),
        view=(ROOM * max(len(found), PLACES_MIN), SIDE + 34),
        fixed=True,
        head=(say("너비", "width"), say("높이", "height"), say("장", "images")),
        cells=tuple((one.width, one.height, one.count) for one in found),
        left_out=say(
            f"드문 크기 {left:,}가지는 JSON의 images.sizes에 있습니다.",
            f"{left:,} rarer sizes are in the JSON under images.sizes.",
        ) if left else "",
    )  # fmt: skip


def _sheet(found: Sequence[ImageSize], say: Tongue) -> Shapes:
    most = max(max(one.width, one.height) for one in found) or 1
    drawn = []
    for place, one in enumerate(found):
        wide, tall = max(SIDE * one.width / most, 2), max(SIDE * one.height / most, 2)
        x = ROOM * place + (ROOM - wide) / 2
        drawn.append(shape("rect", class_="sheet", x=x, y=SIDE - tall + 2, width=wide, height=tall))
        middle = ROOM * place + ROOM / 2
        size = f"{one.width}×{one.height}"
        drawn.append(shape("text", size, x=middle, y=SIDE + 17, text_anchor="middle"))
        count = say(f"{one.count:,}장", f"{one.count:,}")
        drawn.append(shape("text", count, x=middle, y=SIDE + 31, text_anchor="middle"))
    return joined(drawn)


def _spreads(images: ImageSet, say: Tongue) -> Chart | None:
    measured = [
        (say("밝기", "brightness"), images.brightness, GREY_MOST),
        (say("선명도", "sharpness"), images.sharpness, None),
        (say("정보량 [bit]", "entropy [bit]"), images.entropy, 8.0),
    ]
    found = [(name, spread, most) for name, spread, most in measured if spread is not None]
    if not found:
        return None
    return Chart(
        kind="image_spread",
        title=say("밝기, 선명도, 정보량", "Brightness, sharpness, entropy"),
        description=say(
            f"가장 작은 값부터 가장 큰 값까지, 세로줄은 가운데값. 아주 어두운 사진 {images.dark_count:,}장, 밝은 {images.bright_count:,}장, 흐린 {images.blurred_count:,}장, 담긴 것이 없는 {images.plain_count:,}장.",
            f"From the smallest to the largest value, the mark is the median. Far darker than the rest {images.dark_count:,}, brighter {images.bright_count:,}, more blurred {images.blurred_count:,}, plain {images.plain_count:,}.",
        ),
        lines=tuple(
            Row(
                label=name,
                shapes=_range(spread, most),
                value=figure(spread.median),
                note=f"{figure(spread.low)} – {figure(spread.high)}",
            )
            for name, spread, most in found
        ),
        head=("", say("최소", "lowest"), say("가운데값", "median"), say("최대", "highest")),
        cells=tuple((name, one.low, one.median, one.high) for name, one, _ in found),
    )


def _range(spread: Spread, most: float | None) -> Shapes:
    top = most if most is not None else spread.high
    begin, middle, end = (
        WIDTH * share_between(one, 0.0, top) for one in (spread.low, spread.median, spread.high)
    )
    return boxes("q3", [(begin, 3, max(end - begin, 2), 10)]) + boxes(
        "f1", [(min(middle, WIDTH - 4), 0, 4, 16)]
    )


def _classes(found: Annotations, say: Tongue) -> Chart:
    classes = found.classes[:CLASSES_MOST]
    most = max((count for _, count in classes), default=0)
    cells: list[tuple[Cell, ...]] = list(classes)
    left = len(found.classes) - len(classes)
    return Chart(
        kind="image_classes",
        title=say(f"주석의 분류 ({found.form})", f"Classes of the annotations ({found.form})"),
        description=say(
            f"주석 파일 {found.file_count:,}개에 상자 {found.box_count:,}개. 주석이 있는 사진 {found.annotated_count:,}장, 없는 사진 {found.missing_count:,}장, 사진이 없는 주석 {found.orphan_count:,}개.",
            f"{found.box_count:,} boxes in {found.file_count:,} files. Images with annotations {found.annotated_count:,}, without {found.missing_count:,}; annotations without an image {found.orphan_count:,}.",
        ),
        lines=tuple(
            Row(
                label=name,
                code=True,
                shapes=strip("f1", count / max(most, 1)),
                value=f"{count:,}",
                note=share(count, found.box_count),
            )
            for name, count in classes
        ),
        head=(say("분류", "class"), say("상자", "boxes")),
        cells=tuple(cells),
        left_out=say(
            f"드문 분류 {left:,}가지는 JSON의 images.annotations에 있습니다.",
            f"{left:,} rarer classes are in the JSON under images.annotations.",
        ) if left else "",
    )  # fmt: skip
