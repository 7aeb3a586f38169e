"""What a file is, by its first bytes; its extension must say the same."""

from typing import Final

from quality.findings import refuse
from quality.sources import Source

HEAD_BYTES: Final = 4096
TEXTS: Final = {"csv", "tsv", "txt"}
IMAGES: Final = {"jpg", "jpeg", "png", "bmp"}
ARCHIVES: Final = {"zip", "gz", "7z", "rar", "zstd", "bz2", "xz", "tar"}
# Extension: how a sentence names it, with its particle, and in English.
ACCEPTED: Final = {
    "csv": ("CSV가", "CSV"),
    "tsv": ("TSV가", "TSV"),
    "txt": ("텍스트가", "text"),
    "jsonl": ("JSON Lines가", "JSON Lines"),
    "ndjson": ("JSON Lines가", "JSON Lines"),
    "json": ("JSON이", "JSON"),
    "gz": ("GZ가", "GZ"),
    "xlsx": ("XLSX가", "XLSX"),
    "xls": ("XLS가", "XLS"),
    "parquet": ("Parquet이", "Parquet"),
    "arrow": ("Arrow가", "Arrow"),
    "arrows": ("Arrow가", "Arrow"),
    "ipc": ("Arrow가", "Arrow"),
    "feather": ("Feather가", "Feather"),
    "mat": ("MAT가", "MAT"),
    "zip": ("ZIP이", "ZIP"),
}
KIND_OF: Final = {
    "csv": "csv", "tsv": "csv", "txt": "csv", "jsonl": "jsonl", "ndjson": "jsonl", "json": "jsonl",
    "gz": "gz", "xlsx": "xlsx", "xls": "xls", "parquet": "parquet",
    "arrow": "arrow", "arrows": "arrow", "ipc": "arrow", "feather": "arrow", "mat": "mat", "zip": "zip",
}  # fmt: skip
# What the first bytes of each kind may look like; two letters BM begin words too.
_CONTENT_OF: Final = {
    "csv": ("text", "bmp"), "jsonl": ("text",), "gz": ("gz",), "xlsx": ("zip",), "xls": ("ole",), "parquet": ("parquet",), "arrow": ("arrow",), "mat": ("mat",), "zip": ("zip",),
}  # fmt: skip
_MAGIC: Final = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"PAR1", "parquet"), (b"\x1f\x8b", "gz"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x93NUMPY", "code"), (b"\x7fELF", "program"), (b"MZ", "program"), (b"#!", "code"),
    (b"ARROW1", "arrow"), (b"\xff\xff\xff\xff", "arrow"), (b"FEA1", "feather"), (b"%PDF", "pdf"), (b"SQLite format 3\0", "sqlite"),
    (b"\xff\xd8\xff", "image"), (b"\x89PNG", "image"), (b"BM", "bmp"), (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"), (b"BZh91AY", "bz2"), (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"), (b"MATLAB 5.0 MAT-file", "mat"), (b"MATLAB 7.3 MAT-file", "hdf5"),
)  # fmt: skip
# What is no text, and has its own word for content that is not its own.
_BROKEN: Final = {"parquet": "PARQUET_BROKEN", "arrow": "ARROW_INVALID", "mat": "MAT_BROKEN"}
_ENDS: Final = {"hdf5": "HDF5_EXTERNAL", "ole": "XLSX_ENCRYPTED"}
_FOUND: Final = {
    "program": ("실행 파일입니다. ", "It is a program. "),
    "html": ("HTML 문서입니다. ", "It is an HTML page. "),
}
_UNSUPPORTED: Final = {
    "arrow": "Arrow IPC", "feather": "Feather V1", "pdf": "PDF", "sqlite": "SQLite", "7z": "7z", "rar": "RAR", "zstd": "Zstandard", "bz2": "bzip2", "xz": "XZ", "tar": "TAR",
    "image": "image", "xml": "XML",
}  # fmt: skip
PICKLES: Final = tuple(bytes([0x80, version]) for version in range(2, 6))
FORBIDDEN_EXTENSIONS: Final = {
    "pkl", "pickle", "joblib", "pt", "pth", "npy", "npz", "rdata", "rds", "exe", "dll", "sh", "bat",
    "ps1", "js", "py", "svg", "html", "htm", "xlsm", "jar",
}  # fmt: skip


def kind_of(source: Source) -> str:
    """Return ``csv``, ``jsonl``, ``gz``, ``xlsx``, ``xls``, ``parquet``, ``arrow``, ``mat`` or ``zip``.

    Raises:
        Refused: forbidden, not accepted, not known, or other content than the extension says
    """
    head = source.head(HEAD_BYTES)
    if not head:
        raise refuse("FILE_EMPTY")
    found = by_content(head)
    extension = source.extension
    _refuse_forbidden(found, head, extension)
    if found in _ENDS and found not in _CONTENT_OF.get(KIND_OF.get(extension, ""), ()):
        raise refuse(_ENDS[found])
    wanted = KIND_OF.get(extension)
    if wanted is None:
        if found in _UNSUPPORTED:
            raise refuse("TYPE_UNSUPPORTED", found=_UNSUPPORTED[found])
        raise refuse("TYPE_UNKNOWN")
    if found in _CONTENT_OF[wanted]:
        return wanted
    if wanted in _BROKEN:
        raise refuse(_BROKEN[wanted])
    raise _mismatch(extension, found)


def kind_within(source: Source) -> str:
    """Return ``csv`` or ``jsonl`` for what lies in a gzip; without an extension it is CSV.

    Raises:
        Refused: it is no text
    """
    if source.extension not in ACCEPTED:
        return "csv"
    kind = kind_of(source)
    if kind in ("zip", "gz", "xlsx"):
        raise refuse("ARCHIVE_NESTED", member=source.name)
    if kind not in ("csv", "jsonl"):
        raise refuse("TYPE_UNSUPPORTED", found=f"{ACCEPTED[source.extension][1]}(GZ)")
    return kind


def by_content(head: bytes) -> str:
    """Return what the first bytes look like; ``text`` when nothing speaks against it."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if head.startswith(PICKLES) or b"<svg" in start:
        return "code"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    return "xml" if start.startswith(b"<?xml") else "text"


def _refuse_forbidden(found: str, head: bytes, extension: str) -> None:
    if found == "code" or extension in FORBIDDEN_EXTENSIONS:
        raise refuse("TYPE_FORBIDDEN")
    if found == "zip" and b"data.pkl" in head:
        raise refuse("TYPE_FORBIDDEN")
    if found == "program" and extension not in ACCEPTED:
        raise refuse("TYPE_FORBIDDEN")


def _mismatch(extension: str, found: str) -> Exception:
    wanted, wanted_en = ACCEPTED[extension]
    word, word_en = _FOUND.get(found, ("", ""))
    return refuse("TYPE_MISMATCH", wanted=wanted, wanted_en=wanted_en, found=word, found_en=word_en)
