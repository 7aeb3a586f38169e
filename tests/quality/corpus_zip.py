"""ZIPs of tables of every kind, of many members, and of what may not lie in one."""

import gzip
import io
import tarfile
import unicodedata
import zipfile

from tests.quality import corpus_arrow, corpus_json, corpus_xls
from tests.quality.corpus import GOOD, Case, changed, laughing, table, workbook, zipped


def many(count: int, name: str, content: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", GOOD)
        for number in range(count):
            archive.writestr(name.format(number), content)
    return file.getvalue()


def tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    return file.getvalue()


def named(raw: bytes) -> bytes:
    """Return a ZIP whose member's name is written in these bytes, without a word of their encoding."""
    stand_in = "x" * len(raw)
    return zipped((stand_in, GOOD)).replace(stand_in.encode(), raw)


def every_kind() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("자료/", b"")
        for name, content in MEMBERS.items():
            archive.writestr(name, content)
    return file.getvalue()


MEMBERS = {
    "자료/a.csv": GOOD,
    "자료/깊은/b.xlsx": workbook(),
    "c.xls": corpus_xls.contained(corpus_xls.stream()),
    "d.parquet": table({"a": [1, 2, 3]}),
    "e.feather": corpus_arrow.written(corpus_arrow.good()),
    "f.jsonl": corpus_json.GOOD,
    "g.json": corpus_json.array(3),
    "설명.md": "이 자료는 …".encode(),
}
HOSTILE = changed(workbook(), "xl/worksheets/sheet1.xml", laughing)
MACRO = corpus_xls.contained(corpus_xls.stream(), "_VBA_PROJECT_CUR")
NFD = unicodedata.normalize("NFD", "정상.csv")

CASES = (
    Case("zip every kind", "a.zip", every_kind, None),
    Case("zip 200 tables", "a.zip", lambda: many(199, "{}.csv", GOOD), None),
    Case("zip 201 tables", "a.zip", lambda: many(200, "{}.jsonl", corpus_json.GOOD), "ARCHIVE_MEMBERS", "200개까지"),
    Case("zip many notes", "a.zip", lambda: many(3_000, "n/{}.md", b"x"), "REPORT_CUT", blocks=False),
    Case("zip 20001 images", "a.zip", lambda: many(20_001, "{}.jpg"), "ARCHIVE_MEMBERS", "20,000개까지"),
    Case("zip 45000 members", "a.zip", lambda: many(45_000, "{}.md"), "ARCHIVE_MEMBERS", "40,200개까지"),
    Case("zip gz", "a.zip", lambda: zipped(("a.csv.gz", gzip.compress(GOOD))), "ARCHIVE_NESTED"),
    Case("zip gz renamed", "a.zip", lambda: zipped(("a.csv", gzip.compress(GOOD))), "ARCHIVE_NESTED"),
    Case("zip tar", "a.zip", lambda: zipped(("a.csv", GOOD), ("b.bin", tar())), "ARCHIVE_NESTED"),
    Case("zip 7z", "a.zip", lambda: zipped(("a.csv", GOOD), ("b.md", b"7z\xbc\xaf\x27\x1c")), "ARCHIVE_NESTED"),
    Case("zip docx", "a.zip", lambda: zipped(("a.csv", GOOD), ("b.docx", workbook())), "ARCHIVE_NESTED"),
    Case("zip bad xlsx", "a.zip", lambda: zipped(("a.csv", GOOD), ("b.xlsx", HOSTILE)), "XML_ENTITY", "b.xlsx: XML 엔터티"),
    Case("zip bad xls", "a.zip", lambda: zipped(("b.xls", MACRO)), "XLSX_MACRO", "b.xls: "),
    Case("zip cut parquet", "a.zip", lambda: zipped(("b.parquet", table({"a": [1]})[:-4])), "PARQUET_BROKEN", "b.parquet: "),
    Case("zip bad arrow", "a.zip", lambda: zipped(("b.arrow", corpus_arrow.bad_offsets())), "ARROW_INVALID"),
    Case("zip deep json", "a.zip", lambda: zipped(("b.jsonl", b'{"a":' * 150_000)), "JSON_DEPTH", "b.jsonl: "),
    Case("zip other content", "a.zip", lambda: zipped(("b.xlsx", GOOD)), "XLSX_BROKEN"),
    Case("zip long name", "a.zip", lambda: zipped(("a" * 2_000 + ".csv", GOOD)), "ARCHIVE_NAME"),
    Case("zip NFD twice", "a.zip", lambda: zipped(("정상.csv", GOOD), (NFD, GOOD)), "ARCHIVE_DUPLICATE"),
)  # fmt: skip
