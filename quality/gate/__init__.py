"""The first look at a file, before a library parses it: kind, archive, encoding, damage."""

import resource
from collections.abc import Callable
from importlib import import_module
from typing import Final

from quality.findings import refuse
from quality.gate import archives, biff, jsons, texts, workbooks
from quality.gate.contents import look_into
from quality.gate.kinds import kind_of, kind_within
from quality.gate.names import BIDI, last_part
from quality.images.facts import ImageSet
from quality.limits import Limits
from quality.orders import Looked
from quality.report import FileReport, Finding, Member
from quality.scans import Handed, TextFacts
from quality.sources import OpenFile, Source

_BOOKS: Final = {"xlsx": workbooks.check, "xls": biff.check}
_TEXTS: Final[dict[str, Callable[[Source, Limits], TextFacts]]] = {
    "csv": texts.scan,
    "jsonl": jsons.check,
}


def source_of(file: OpenFile, name: str) -> Source:
    """Return an open file as a source."""
    return Source(last_part(name), file.size_bytes, file.open, file.read)


def look(file: OpenFile, name: str, limits: Limits) -> Looked:
    """Look at a file.

    Raises:
        Refused: it ends here, with one finding
    """
    source = source_of(file, name)
    if BIDI.search(source.name):
        raise refuse("CHAR_BIDI", name=BIDI.sub("", source.name))
    kind = kind_of(source)
    members: tuple[Member, ...] = ()
    images: ImageSet | None = None
    if kind == "zip":
        within = look_into(source, limits)
        members, findings = within.members, within.findings
        handed = Handed(unpacked_bytes=within.unpacked_bytes)
        images = ImageSet(image_count=within.image_count) if within.image_count else None
    elif kind == "gz":
        unpacked = archives.unpacked(source, limits)
        findings, scan = _findings(unpacked, kind_within(unpacked), limits)
        handed = Handed(scan=scan, unpacked_bytes=unpacked.size_bytes)
    else:
        findings, scan = _findings(source, kind, limits)
        handed = Handed(scan=scan)
    report = FileReport(
        name=source.name,
        kind=kind,
        size_bytes=source.size_bytes,
        findings=findings,
        members=members,
        images=images,
        sha256=source.hashed(),
        memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )

    return Looked(report, handed)


def _findings(
    source: Source, kind: str, limits: Limits
) -> tuple[tuple[Finding, ...], TextFacts | None]:
    """Look at one table or workbook by the rules of its kind."""
    if kind in _TEXTS:
        scan = _TEXTS[kind](source, limits)
        return scan.findings, scan
    if kind in _BOOKS:
        return tuple(_BOOKS[kind](source, limits)), None
    # Each is loaded for its own files alone; the library of one takes most of the child's memory.
    check: Callable[[Source, Limits], object] = import_module(f"quality.gate.{kind}s").check
    check(source, limits)
    return (), None
