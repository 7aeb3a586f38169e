"""Read a file to its end and count: the second child's work."""

import resource
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace

from quality.checks.sensor import mixed_units
from quality.findings import Refused, found, refuse
from quality.gate import archives, contents, source_of
from quality.gate.kinds import kind_of, kind_within
from quality.images.facts import ImageSet
from quality.limits import Limits
from quality.profile import tables
from quality.profile.keepings import missing_columns
from quality.profile.pieces import Work
from quality.reading import Reading, arrow, jsonl, mat, parquet, text, workbooks
from quality.report import FileReport, Finding, Preview, Severity, Table
from quality.scans import Handed, TextFacts
from quality.settings import NOTHING_SAID, Settings
from quality.sketches import Sketch, fitted
from quality.sources import OpenFile, Source

# A member that must be read with seeks lies in memory meanwhile.
MEMBER_IN_MEMORY_BYTES: Final = 512 << 20
FINDINGS_MAX: Final = 500
PREVIEWS_MAX: Final = 10
NOTHING: Final = Handed()


class Opened(Struct, frozen=True):
    """A file, or what lies in it: its kind, and the members of an archive."""

    source: Source
    kind: str
    members: tuple[Source, ...] = ()


def opened(file: OpenFile, name: str, limits: Limits, counted: int | None = None) -> Opened:
    """Return a file with what lies in it.

    Args:
        counted: the bytes that an archive unpacks to, where somebody counted them before

    Raises:
        Refused: it is no file of ours, or the archive is not as it says
    """
    source = source_of(file, name)
    kind = kind_of(source)
    if kind == "zip":
        return Opened(source, kind, tuple(contents.members(source, limits, counted)))
    if kind == "gz":
        inner = archives.unpacked(source, limits, counted)
        return Opened(inner, kind_within(inner))
    return Opened(source, kind)


def readings(
    file: Opened, limits: Limits, scan: TextFacts | None = None
) -> Iterator[tuple[str | None, Reading]]:
    """Yield the tables of a file, each with the member it lies in.

    One member's tables come after the other's, so that they do not lie in memory together.

    Args:
        scan: of a file that is one text, where somebody read it before

    Raises:
        Refused: the file, or a member of it, cannot be read
    """
    if file.kind != "zip":
        for reading in _of_source(file.source, file.kind, limits, scan):
            yield None, reading
        return
    beside_images = any(contents.is_image(member) for member in file.members)
    for member in file.members:
        if contents.is_table(member, beside_images=beside_images):
            try:
                found_tables = _of_member(member, limits)
            except Refused as refused:
                raise contents.within(refused, member.name) from refused
            for reading in found_tables:
                yield member.name, reading


def _images_of(file: Opened, limits: Limits) -> tuple[ImageSet | None, list[Finding]]:
    images = [member for member in file.members if contents.is_image(member)]
    if not images:
        return None, []
    from quality.images.surveying import survey  # noqa: PLC0415 - tables need no decoder of images

    notes = [
        member
        for member in file.members
        if not contents.is_image(member) and not contents.is_table(member, beside_images=True)
    ]
    return survey(images, notes, limits)


def _of_source(
    source: Source, kind: str, limits: Limits, scan: TextFacts | None = None
) -> list[Reading]:
    if kind == "csv":
        return [text.read(source, limits, scan)]
    if kind == "jsonl":
        return [jsonl.read(source, limits, scan)]
    if kind == "arrow":
        return [arrow.read(source, limits)]
    if kind == "parquet":
        return [parquet.read(source, limits)]
    return mat.read(source, limits) if kind == "mat" else workbooks.read(source, limits)


def _of_member(member: Source, limits: Limits) -> list[Reading]:
    kind = kind_of(member)
    if kind in ("csv", "jsonl"):
        return _of_source(member, kind, limits)
    if member.size_bytes > MEMBER_IN_MEMORY_BYTES:
        raise refuse("ARCHIVE_RATIO")
    return _of_source(contents.in_memory(member), kind, limits)


def profile(
    given: OpenFile,
    name: str,
    limits: Limits,
    handed: Handed = NOTHING,
    settings: Settings = NOTHING_SAID,
    work: Work | None = None,
) -> FileReport:
    """Count everything in a file.

    Args:
        handed: by whoever looked at it before
        settings: what the caller says of the data
        work: how it is counted, one cell after the other without it

    Raises:
        Refused: it ends with one finding
    """
    work = work or Work()
    file = opened(given, name, limits, handed.unpacked_bytes)
    source = source_of(given, name)
    counted: list[Table] = []
    previews: list[Preview] = []
    findings: list[Finding] = []
    sketches: list[Sketch] = []
    for member, reading in readings(file, limits, handed.scan):
        try:
            table, preview, more, sketch = tables.count(reading, member, limits, work, settings)
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            raise refuse("FILE_INVALID") from error
        counted.append(_named(table, member))
        sketches.append(replace(sketch, table=counted[-1].name))
        if work.rules is not None:
            work.rules.finish(counted[-1].name)
        previews.append(preview)
        findings += more
    findings += across(counted, settings)
    images, more = _images_of(file, limits)
    findings += more
    return FileReport(
        name=source.name,
        kind=kind_of(source),
        size_bytes=source.size_bytes,
        tables=tuple(counted),
        findings=tuple(bounded(findings)),
        previews=tuple(previews[:PREVIEWS_MAX]),
        images=images,
        sketches=fitted(sketches),
        suites=tuple(work.rules.results) if work.rules is not None else (),
        memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def across(counted: Sequence[Table], settings: Settings) -> list[Finding]:
    """Return what is said of all tables of a file together."""
    names = (column.name for table in counted for column in table.columns)
    return [*mixed_units.across(counted), *missing_columns(settings, names)]


def _named(table: Table, member: str | None) -> Table:
    if member is None or table.name == member:
        return table
    return replace(table, name=f"{member} / {table.name}")


def bounded(findings: list[Finding]) -> list[Finding]:
    """Return so many findings as a report may have, blockers first where they are more."""
    if len(findings) <= FINDINGS_MAX:
        return findings
    order = {Severity.blocker: 0, Severity.warning: 1, Severity.note: 2}
    kept = sorted(findings, key=lambda one: order[one.severity])[: FINDINGS_MAX - 1]
    return [*kept, found("REPORT_CUT")]


def rows_of(
    file: OpenFile, name: str, table: str, first_row: int, row_count: int, limits: Limits
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the columns and some rows of one table.

    Raises:
        Refused: there is no such table, or it cannot be read
    """
    for member, reading in readings(opened(file, name, limits), limits):
        shown = reading.name if member in (None, reading.name) else f"{member} / {reading.name}"
        if shown == table:
            rows: list[tuple[str, ...]] = []
            skip = first_row
            for batch in reading.blocks():
                if skip >= batch.num_rows:
                    skip -= batch.num_rows
                    continue
                part = batch.slice(skip, row_count - len(rows))
                skip = 0
                rows += zip(*[column.to_pylist() for column in part.columns], strict=True)
                if len(rows) >= row_count:
                    break
            return reading.columns, tuple(islice(rows, row_count))
    raise refuse("TABLE_NO_ROWS")
