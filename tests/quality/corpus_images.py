"""Sets of images with boxes in four forms, sound and not, made when asked for."""

import io
import json
import zlib
from collections.abc import Iterable

import numpy as np
from PIL import Image

from tests.quality.corpus import Case, zipped

SIDE = 64


def picture(seed: int, *, form: str = "PNG", grey: int | None = None, mode: str = "L") -> bytes:
    """Return blocks of random greys, or one grey."""
    chance = np.random.default_rng(seed)
    blocks = chance.integers(0, 256, (8, 8), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    values = blocks if grey is None else np.full((SIDE, SIDE), grey, np.uint8)
    file = io.BytesIO()
    Image.fromarray(values).convert(mode).save(file, form)
    return file.getvalue()


def pictures(count: int) -> list[tuple[str, bytes]]:
    return [(f"images/{number:03}.png", picture(number)) for number in range(count)]


def chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + kind + content + check


def flood(width: int, height: int) -> bytes:
    """A PNG of zeros, packed small."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    rows = zlib.compress(bytes((width + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def voc(name: str, boxes: Iterable[tuple[str, int, int, int, int]], before: str = "") -> bytes:
    objects = "".join(
        f"<object><name>{label}</name><bndbox><xmin>{a}</xmin><ymin>{b}</ymin><xmax>{c}</xmax><ymax>{d}</ymax></bndbox></object>"
        for label, a, b, c, d in boxes
    )
    return f"{before}<annotation><filename>{name}</filename>{objects}</annotation>".encode()


def coco(count: int, boxes: list[dict[str, object]]) -> bytes:
    return json.dumps(
        {
            "images": [{"id": number, "file_name": f"{number:03}.png", "width": SIDE, "height": SIDE} for number in range(count)],
            "annotations": boxes,
            "categories": [{"id": 1, "name": "흠"}, {"id": 2, "name": "얼룩"}],
        }
    ).encode()  # fmt: skip


def box(image: int, label: int, *place: float) -> dict[str, object]:
    return {"image_id": image, "category_id": label, "bbox": place}


ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
YOLO = [
    (f"labels/{number:03}.txt", b"0 0.5 0.5 0.25 0.25\n1 0.25 0.25 0.1 0.1\n")
    for number in range(8)
]
# On one image of eight a class that the list does not name, and a box that leaves the image.
YOLO_WRONG = [
    *YOLO[:6],
    ("labels/006.txt", b"7 0.5 0.5 0.2 0.2\n0 0.95 0.5 0.5 0.2\n"),
    ("labels/007.txt", b""),
]
NAMES = ("classes.txt", "흠\n얼룩\n".encode())


CASES = (
    Case("images good", "a.zip", lambda: zipped(*pictures(8), *YOLO, NAMES), None),
    Case("images broken", "a.zip", lambda: zipped(*pictures(8), ("x.jpg", b"\xff\xd8\xff" + bytes(90))), "IMG_BROKEN", "1장 있습니다: x.jpg"),
    Case("images broken few", "a.zip", lambda: zipped(*pictures(30), ("x.png", picture(99)[:-40])), "IMG_BROKEN", "x.png", blocks=False),
    Case("images text", "a.zip", lambda: zipped(*pictures(30), ("x.png", b"a,b\n1,2\n")), "IMG_BROKEN", blocks=False),
    Case("images flood", "a.zip", lambda: zipped(*pictures(8), ("x.png", flood(8_000, 8_000))), "IMAGE_PIXELS", "x.png, 40,000,000화소"),
    Case("images bmp flood", "a.zip", lambda: zipped(*pictures(8), ("x.bmp", b"BM" + bytes(16) + b"\0\0\1\0\0\0\1\0" + bytes(30))), "IMAGE_PIXELS"),
    Case("images large", "a.zip", lambda: zipped(*pictures(8), ("x.png", flood(6_000, 6_000))), "IMG_SIZES", blocks=False),
    Case("images identical", "a.zip", lambda: zipped(*pictures(8), ("x.png", picture(3))), "IMG_IDENTICAL", "1장 있습니다: x.png", blocks=False),
    Case("images similar", "a.zip", lambda: zipped(*pictures(8), ("x.jpg", picture(3, form="JPEG"))), "IMG_SIMILAR", "2장 있습니다: images/003.png, x.jpg", blocks=False),
    Case("images modes", "a.zip", lambda: zipped(*pictures(8), ("x.png", picture(9, mode="RGB"))), "IMG_MODES", "L, RGB", blocks=False),
    Case("images dark", "a.zip", lambda: zipped(*pictures(8), ("x.png", picture(9, grey=3))), "IMG_DARK", "x.png", blocks=False),
    Case("images bright", "a.zip", lambda: zipped(*pictures(8), ("x.png", picture(9, grey=250))), "IMG_BRIGHT", "x.png", blocks=False),
    Case("images blurred", "a.zip", lambda: zipped(*pictures(8), ("x.png", picture(9, grey=128))), "IMG_BLURRED", "x.png", blocks=False),
    Case("images plain", "a.zip", lambda: zipped(*pictures(8), ("x.png", picture(9, grey=128))), "IMG_PLAIN", "x.png", blocks=False),
    Case("labels missing", "a.zip", lambda: zipped(*pictures(8), *YOLO[:7]), "IMG_LABEL_MISSING", "images/007.png", blocks=False),
    Case("labels orphan", "a.zip", lambda: zipped(*pictures(7), *YOLO), "IMG_LABEL_ORPHAN", "labels/007.txt", blocks=False),
    Case("labels broken", "a.zip", lambda: zipped(*pictures(8), *YOLO[:7], ("labels/007.txt", b"0 0.5 x\n")), "IMG_LABEL_BROKEN", "labels/007.txt", blocks=False),
    Case("labels outside", "a.zip", lambda: zipped(*pictures(8), *YOLO_WRONG), "IMG_BOX_OUTSIDE", "1개 있습니다: images/006.png", blocks=False),
    Case("labels unknown", "a.zip", lambda: zipped(*pictures(8), *YOLO_WRONG, NAMES), "IMG_CLASS_UNKNOWN", "images/006.png: 7", blocks=False),
    Case("labels outline", "a.zip", lambda: zipped(*pictures(8), *YOLO[:7], ("labels/007.txt", b"0 0.1 0.1 0.9 0.1 1.2 0.9\n")), "IMG_BOX_OUTSIDE", "images/007.png", blocks=False),
    Case("labels rare", "a.zip", lambda: zipped(*pictures(8), *((name, b"0 0.5 0.5 0.2 0.2\n" * 9) for name, _ in YOLO[:7]), YOLO[7]), "IMG_CLASS_RARE", "1개 있습니다: 1", blocks=False),
    Case("labels voc entity", "a.zip", lambda: zipped(*pictures(1), ("000.xml", voc("000.png", [], ENTITIES))), "IMG_LABEL_BROKEN", "000.xml", blocks=False),
    Case("labels voc deep", "a.zip", lambda: zipped(*pictures(1), ("000.xml", b"<annotation>" + b"<a>" * 300_000)), "IMG_LABEL_BROKEN", blocks=False),
    Case("labels coco deep", "a.zip", lambda: zipped(*pictures(1), ("c.json", b'{"images":' + b"[" * 300_000 + b'"annotations"')), "IMG_LABEL_BROKEN", "c.json", blocks=False),
    Case("labels coco nan", "a.zip", lambda: zipped(*pictures(1), ("c.json", coco(1, [box(0, 1, float("nan"), 1, 2, 3)]))), "IMG_LABEL_BROKEN", blocks=False),
    Case("labels coco huge", "a.zip", lambda: zipped(*pictures(1), ("c.json", coco(1, [box(0, 1, 1e308, 1e308, 1e308, 1e308)]))), "IMG_BOX_OUTSIDE", blocks=False),
)  # fmt: skip
