"""The first look at a file, before a library parses it: kind, archive, encoding, damage."""

import resource
from pathlib import Path

from quality.findings import refuse
from quality.gate import archives, arrows, biff, jsons, parquets, texts, workbooks
from quality.gate.contents import look_into
from quality.gate.kinds import kind_of, kind_within
from quality.gate.names import BIDI, last_part
from quality.images.facts import ImageSet
from quality.limits import Limits
from quality.report import FileReport, Finding, Member
from quality.sources import Source


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
    members: tuple[Member, ...] = ()
    images: ImageSet | None = None
    if kind == "gz":
        source_within = archives.unpacked(path, source.name, limits)
        findings += _text_findings(source_within, kind_within(source_within), limits)
    elif kind in ("csv", "jsonl"):
        findings += _text_findings(source, kind, limits)
    elif kind == "xlsx":
        findings += workbooks.check(source, limits)
    elif kind == "xls":
        findings += biff.check(source, limits)
    elif kind == "arrow":
        arrows.check(source, limits)
    elif kind == "parquet":
        with path.open("rb") as stream:
            parquets.check(stream, source.size_bytes, limits)
    else:
        within = look_into(source, limits)
        members, images = within.members, ImageSet(image_count=within.image_count)
        findings += within.findings
    return FileReport(
        name=source.name,
        kind=kind,
        size_bytes=source.size_bytes,
        findings=tuple(findings),
        members=members,
        images=images if images and images.image_count else None,
        memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def _text_findings(source: Source, kind: str, limits: Limits) -> tuple[Finding, ...]:
    facts = jsons.check(source, limits) if kind == "jsonl" else texts.scan(source, limits)
    return facts.findings
