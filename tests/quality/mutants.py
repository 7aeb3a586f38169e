"""Good files of every form that is accepted, and the same with a few bytes changed, always the same ones for a seed."""

import gzip
import io
import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pyarrow as pa
from PIL import Image
from pyarrow import feather, parquet

from tests.quality import corpus_arrow, corpus_json, corpus_mat, corpus_xls
from tests.quality.corpus import GOOD, table, workbook, zipped
from tests.quality.corpus_images import picture, voc

KOREAN = "시각,온도,설비\n" + "".join(
    f"2026-01-01 00:00:{at:02},{at / 7:.2f},{'가나다'[at % 3]}\n" for at in range(40)
)
QUOTED = "a,b\n" + '"x, ""y""",1\n"z\n2",2\n' * 20
BYTES_MAX = 16
CUT_EVERY = 4


class Base(NamedTuple):
    """A good file: the name it goes by, the bytes that are changed, and what is packed around them."""

    name: str
    content: bytes
    packed: Callable[[bytes], bytes] = bytes


def _photo() -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(picture(3))).convert("RGB").save(file, "JPEG")
    return file.getvalue()


def _feather() -> bytes:
    file = io.BytesIO()
    feather.write_feather(pa.table({"a": list(range(100)), "b": ["x", None] * 50}), file)
    return file.getvalue()


def _nested() -> bytes:
    file = io.BytesIO()
    columns = {
        "a": [[1, 2], [], None] * 20,
        "b": [{"x": 1, "y": "z"}] * 60,
        "c": [1.5, None, 2] * 20,
    }
    parquet.write_table(pa.table(columns), file, compression="zstd")
    return file.getvalue()


def _member(name: str, *beside: tuple[str, bytes]) -> Callable[[bytes], bytes]:
    """Return what packs a member so that the archive itself is sound."""
    return lambda content: zipped((name, content), *beside, stored=True)


BASES = {
    "CSV": Base("a.csv", GOOD * 3),
    "CSV CP949": Base("b.csv", KOREAN.encode("cp949")),
    "CSV UTF-8": Base("c.csv", KOREAN.encode()),
    "CSV UTF-16": Base("d.csv", KOREAN.encode("utf-16")),
    "CSV quoted": Base("e.csv", QUOTED.encode()),
    "TSV": Base("a.tsv", GOOD.replace(b",", b"\t") * 3),
    "TXT spaces": Base("a.txt", GOOD.replace(b",", b" ") * 3),
    "CSV in GZ": Base("a.csv.gz", KOREAN.encode(), gzip.compress),
    "GZ": Base("a.csv.gz", gzip.compress(KOREAN.encode())),
    "JSON Lines": Base("a.jsonl", corpus_json.GOOD * 3),
    "JSON array": Base("a.json", corpus_json.array(20)),
    "XLSX": Base("a.xlsx", workbook()),
    "XLS": Base("a.xls", corpus_xls.contained(corpus_xls.stream())),
    "Parquet": Base("a.parquet", table({"a": list(range(100)), "b": ["x", None] * 50})),
    "Parquet nested": Base("b.parquet", _nested()),
    "Arrow file": Base("a.arrow", corpus_arrow.written(corpus_arrow.good(), compression="zstd")),
    "Arrow stream": Base("a.arrows", corpus_arrow.written(corpus_arrow.good(), file=False)),
    "Feather": Base("a.feather", _feather()),
    "MAT": Base("a.mat", corpus_mat.good()),
    "ZIP": Base("a.zip", zipped(("a.csv", GOOD), ("b.csv", KOREAN.encode("cp949")))),
    "XLS in ZIP": Base("b.zip", corpus_xls.contained(corpus_xls.stream()), _member("가/a.xls")),
    "PNG in ZIP": Base("c.zip", picture(1), _member("000.png", ("001.png", picture(2)))),
    "JPEG in ZIP": Base("d.zip", _photo(), _member("000.jpg", ("001.png", picture(2)))),
    "boxes in ZIP": Base("e.zip", voc("000.png", [("a", 1, 1, 9, 9)]), _member("000.xml", ("000.png", picture(1)))),
}  # fmt: skip


def changed(content: bytes, seed: int) -> bytes:
    """Change 1 to 16 bytes, odd seeds to bytes that the file has elsewhere; every fourth cuts the end."""
    chance = random.Random(seed)
    made = bytearray(content)
    for _ in range(chance.randint(1, BYTES_MAX)):
        known = chance.choice(content) if seed % 2 else chance.randrange(256)
        made[chance.randrange(len(made))] = known
    return bytes(made[: chance.randint(1, len(made))] if seed % CUT_EVERY == 0 else made)


def mutant(form: str, seed: int) -> bytes:
    """Return a good file with a few bytes changed."""
    base = BASES[form]
    return base.packed(changed(base.content, seed))


def mutants(count: int) -> Iterator[tuple[str, int]]:
    """Yield so many forms with seeds, the forms in turn."""
    forms = list(BASES)
    for at in range(count):
        yield forms[at % len(forms)], at // len(forms)
