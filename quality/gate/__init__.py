"""The first look at a file, before a library parses it: kind, archive, encoding, damage."""

import resource
from pathlib import Path

from quality.findings import refuse
from quality.gate import archives, arrows, biff, jsons, parquets, texts, workbooks
from quality.gate.kinds import IMAGES, TEXTS, by_content, kind_of, kind_within
from quality.gate.names import BIDI, last_part
from quality.limits import Limits
from quality.report import FileReport, Finding, Member
from quality.sources import Source

TABLES = {"csv", "tsv", "txt", "xlsx", "parquet"}


def source_of(path: Path, name: str) -> Source:
    """Return a file on disk as a source."""
    return Source(last_part(name), path.stat().st_size, lambda: path.open("rb"), path)


def look(path: Path, name: str, limits: Limits) -> FileReport:
    """Look at a file.

    Raises:
        Refused: it ends here, with one finding
    """
    source = source_of(path, name)
    if BIDI.search(source.name):
        raise refuse("CHAR_BIDI", name=BIDI.sub("", source.name))
    kind = kind_of(source)
    findings: list[Finding] = []
    members: list[Member] = []
    if kind == "gz":
        source_within = archives.unpacked(path, source.name, limits)
        findings += _text_findings(source_within, kind_within(source_within), limits)
    elif kind in ("csv", "jsonl"):
        findings += _text_findings(source, kind, limits)
    elif kind == "xlsx":
        findings += workbooks.check(path, limits)
    elif kind == "xls":
        findings += biff.check(source, limits)
    elif kind == "arrow":
        arrows.check(source, limits)
    elif kind == "parquet":
        with path.open("rb") as stream:
            parquets.check(stream, source.size_bytes, limits)
    else:
        members = look_into(path, limits)
    return FileReport(
        name=source.name,
        kind=kind,
        size_bytes=source.size_bytes,
        findings=tuple(findings),
        members=tuple(members),
        memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def _text_findings(source: Source, kind: str, limits: Limits) -> tuple[Finding, ...]:
    facts = jsons.check(source, limits) if kind == "jsonl" else texts.scan(source, limits)
    return facts.findings


def look_into(path: Path, limits: Limits) -> list[Member]:
    """Return the members of an archive, after a look at what each is.

    Raises:
        Refused: a member that may not be there, or nothing of use
    """
    found_members = []
    for source in archives.members(path, limits):
        content = by_content(source.head(4096)) if source.size_bytes else "text"
        if content in ("program", "code", "html"):
            raise refuse("TYPE_FORBIDDEN")
        if content == "zip" and source.extension != "xlsx":
            raise refuse("ARCHIVE_NESTED", member=source.name)
        if content == "image":
            _check_pixels(source, limits)
        kind = "csv" if source.extension in TEXTS else source.extension
        known = source.extension in TABLES or source.extension in IMAGES
        found_members.append(Member(source.name, kind if known else "other", source.size_bytes))
    if not any(one.kind in (*TABLES, *IMAGES) for one in found_members):
        raise refuse("ARCHIVE_NO_DATA")
    return found_members


def _check_pixels(source: Source, limits: Limits) -> None:
    """Read an image's size from its header alone."""
    head = source.head(1 << 20)
    size = _png_size(head) or _jpeg_size(head)
    if size is not None and size[0] * size[1] > limits.pixels_max:
        raise refuse("IMAGE_PIXELS", member=source.name, most=f"{limits.pixels_max:,}")


def _png_size(head: bytes) -> tuple[int, int] | None:
    if not head.startswith(b"\x89PNG") or len(head) < 24:
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    """Walk the markers to the frame; sizes stand behind SOF0 to SOF15 without DHT, JPG and DAC."""
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height = int.from_bytes(head[at + 5 : at + 7], "big")
            return int.from_bytes(head[at + 7 : at + 9], "big"), height
        at += 2 + max(length, 2)
    return None
