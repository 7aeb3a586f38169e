"""The first look at a file, before a library parses it: kind, archive, encoding, damage."""

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Final

from quality.findings import refuse
from quality.gate import archives, arrows, biff, jsons, mats, parquets, texts, workbooks
from quality.gate.contents import look_into
from quality.gate.kinds import kind_of, kind_within
from quality.gate.names import BIDI, last_part
from quality.images.facts import ImageSet
from quality.limits import Limits
from quality.report import FileReport, Finding, Member
from quality.sources import Source

_BOOKS: Final = {"xlsx": workbooks.check, "xls": biff.check}
_FRAMED: Final[dict[str, Callable[[Source, Limits], object]]] = {
    "arrow": arrows.check,
    "mat": mats.check,
    "parquet": parquets.check,
}


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
    members: tuple[Member, ...] = ()
    images: ImageSet | None = None
    if kind == "zip":
        within = look_into(source, limits)
        members, findings = within.members, within.findings
        images = ImageSet(image_count=within.image_count) if within.image_count else None
    elif kind == "gz":
        unpacked = archives.unpacked(path, source.name, limits)
        findings = _findings(unpacked, kind_within(unpacked), limits)
    else:
        findings = _findings(source, kind, limits)
    return FileReport(
        name=source.name,
        kind=kind,
        size_bytes=source.size_bytes,
        findings=findings,
        members=members,
        images=images,
        memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def _findings(source: Source, kind: str, limits: Limits) -> tuple[Finding, ...]:
    """Look at one table or workbook by the rules of its kind."""
    if kind == "csv":
        return texts.scan(source, limits).findings
    if kind == "jsonl":
        return jsons.check(source, limits).findings
    if kind in _BOOKS:
        return tuple(_BOOKS[kind](source, limits))
    _FRAMED[kind](source, limits)
    return ()
