"""Files that say where something is on an image: four forms, read into the same boxes.

Source:
    DeepPCB: lines of ``x1 y1 x2 y2 class`` in pixels. YOLO: lines of ``class x y width height`` as shares
    of the image, x and y its middle. Pascal VOC: XML for each image. COCO: one JSON for all.
"""

import re
from typing import Final
from xml.etree.ElementTree import Element  # the type alone; defusedxml parses

import msgspec
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from msgspec import Struct

from quality.limits import MIB, Limits
from quality.sources import Source

XML_BYTES: Final = MIB
TEXT_BYTES: Final = 64 * 1024
BOXES_MAX: Final = 10_000
SHARE_MAX: Final = 2
# A class and more than two corners: an outline, of which the rectangle around it is kept.
POLYGON_MIN: Final = 6
LISTS: Final = ("classes.txt", "labels.txt", "obj.names", "classes.names")
_NUMBER: Final = r"[+-]?\d{1,9}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?"
_LINE: Final = re.compile(rf"\s*{_NUMBER}(?:[\s,]+{_NUMBER}){{4,2000}}\s*")
_SIDES: Final = ("xmin", "ymin", "xmax", "ymax")
_CUT: Final = re.compile(r"[\s,]+")


class Box(Struct, frozen=True):
    """A rectangle from one corner to the other, in pixels or in shares of the image, and its class."""

    left: float
    top: float
    right: float
    bottom: float
    label: str
    relative: bool = False


class Labels(Struct, frozen=True, kw_only=True):
    """What one file says of one image.

    Args:
        image: the image's name where the file says it, else the file's own without extension
        known: names of classes that the file itself lists
    """

    file: str
    form: str
    image: str
    boxes: tuple[Box, ...] = ()
    broken: bool = False
    known: frozenset[str] | None = None


class _CocoImage(Struct):
    id: int
    file_name: str


class _CocoBox(Struct):
    image_id: int
    category_id: int
    bbox: tuple[float, float, float, float]


class _CocoClass(Struct):
    id: int
    name: str


class _Coco(Struct):
    images: list[_CocoImage]
    annotations: list[_CocoBox]
    categories: list[_CocoClass]


def stem_of(name: str) -> str:
    """Return a name without folders and without its last extension."""
    return name.rpartition("/")[2].rpartition(".")[0]


def read(source: Source, stems: frozenset[str], limits: Limits) -> list[Labels]:
    """Return what a member says of images; nothing when it is another kind of file.

    Args:
        stems: names of the images without folder and extension
    """
    if source.extension == "txt" and source.size_bytes < TEXT_BYTES:
        return _lines(source, stems)
    if source.extension == "xml" and source.size_bytes < XML_BYTES:
        return _voc(source, stems)
    if source.extension == "json" and source.size_bytes <= limits.json_array_bytes:
        return _coco(source)
    return []


def class_list(source: Source) -> frozenset[str] | None:
    """Return the numbers of the classes that a list names, as YOLO counts them from 0."""
    if source.name.rpartition("/")[2].lower() not in LISTS or source.size_bytes > TEXT_BYTES:
        return None
    text = b"".join(source.chunks()).decode("utf-8", "replace")
    named = [line for line in text.splitlines() if line.strip()]
    return frozenset(str(at) for at in range(len(named)))


def _lines(source: Source, stems: frozenset[str]) -> list[Labels]:
    text = b"".join(source.chunks()).decode("utf-8-sig", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    stem = stem_of(source.name)
    cut = [_CUT.split(line.strip()) for line in lines if _LINE.fullmatch(line)]
    if stem not in stems and (not lines or len(cut) < len(lines)):
        return []  # a README
    relative = bool(cut) and all(_shares(cells) for cells in cut)
    form = "yolo" if relative else "deeppcb"
    boxes = tuple(_relative(cells) if relative else _absolute(cells) for cells in cut[:BOXES_MAX])
    if not cut:
        form = ""  # an empty file says that there is nothing on the image
    return [
        Labels(file=source.name, form=form, image=stem, boxes=boxes, broken=len(cut) < len(lines))
    ]


def _shares(cells: list[str]) -> bool:
    """Whether a line gives shares of the image; one that leaves it goes a little beyond 1."""
    values = [abs(float(cell)) for cell in cells[1:]]
    fractions = any(value % 1 for value in values)
    return cells[0].isdigit() and max(values) <= (SHARE_MAX if fractions else 1)


def _absolute(cells: list[str]) -> Box:
    left, top, right, bottom = (float(cell) for cell in cells[:4])
    return Box(left, top, right, bottom, cells[4])


def _relative(cells: list[str]) -> Box:
    if len(cells) > POLYGON_MIN and len(cells) % 2:
        across, down = [float(cell) for cell in cells[1::2]], [float(cell) for cell in cells[2::2]]
        return Box(
            min(across), min(down), max(across), max(down), str(int(cells[0])), relative=True
        )
    x, y, width, height = (float(cell) for cell in cells[1:5])
    left, top = x - width / 2, y - height / 2
    return Box(left, top, left + width, top + height, str(int(cells[0])), relative=True)


def _voc(source: Source, stems: frozenset[str]) -> list[Labels]:
    content = b"".join(source.chunks())
    if b"<annotation" not in content:
        return []
    own = stem_of(source.name)
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
        boxes = tuple(_voc_box(one) for one in root.findall("object")[:BOXES_MAX])
    except (ElementTree.ParseError, DefusedXmlException, ValueError, RecursionError):
        return [Labels(file=source.name, form="voc", image=own, broken=True)]
    # A copied file often still names the image it was made for.
    named = stem_of((root.findtext("filename") or "").strip())
    image = own if own in stems or not named else named
    return [Labels(file=source.name, form="voc", image=image, boxes=boxes)]


def _voc_box(found: Element) -> Box:
    left, top, right, bottom = (float(found.findtext(f"bndbox/{side}") or "x") for side in _SIDES)
    return Box(left, top, right, bottom, (found.findtext("name") or "").strip()[:100])


def _coco(source: Source) -> list[Labels]:
    content = b"".join(source.chunks())
    if b'"annotations"' not in content or b'"images"' not in content:
        return []
    try:
        coco = msgspec.json.decode(content, type=_Coco)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return [Labels(file=source.name, form="coco", image="", broken=True)]
    names = {one.id: one.name for one in coco.categories}
    boxes: dict[int, list[Box]] = {one.id: [] for one in coco.images}
    for one in coco.annotations:
        left, top, width, height = one.bbox
        label = names.get(one.category_id, str(one.category_id))
        box = Box(left, top, left + width, top + height, label)
        boxes.setdefault(one.image_id, []).append(box)
    files = {one.id: one.file_name for one in coco.images}
    known = frozenset(names.values())
    return [
        Labels(
            file=source.name,
            form="coco",
            image=stem_of(files[image]) if image in files else f"#{image}",
            boxes=tuple(found),
            known=known,
        )
        for image, found in boxes.items()
    ]
