"""Read a file to its end and count: the second child's work."""

import io
import resource
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
from msgspec.structs import replace

from quality.findings import Refused, found, refuse
from quality.gate import archives, source_of
from quality.gate.kinds import TEXTS, kind_of, kind_within
from quality.limits import Limits
from quality.profile import tables
from quality.reading import Reading, arrow, jsonl, parquet, text, workbooks
from quality.report import FileReport, Finding, Preview, Severity, Table
from quality.sources import Source

# A member that must be read with seeks lies in memory meanwhile.
MEMBER_IN_MEMORY_BYTES: Final = 512 << 20
FINDINGS_MAX: Final = 500
# Of a damaged member the rest of the archive is still read.
TABLE_EXTENSIONS: Final = {*TEXTS, "xlsx", "parquet"}
PREVIEWS_MAX: Final = 10


def readings(path: Path, name: str, limits: Limits) -> list[tuple[str | None, Reading]]:
    """Return the tables of a file, each with the member it lies in.

    Raises:
        Refused: the file, or a member of it, cannot be read
    """
    source = source_of(path, name)
    kind = kind_of(source)
    if kind == "gz":
        inner = archives.unpacked(path, source.name, limits)
        return [(None, one) for one in _of_source(inner, kind_within(inner), limits)]
    if kind != "zip":
        return [(None, one) for one in _of_source(source, kind, limits)]
    found_tables: list[tuple[str | None, Reading]] = []
    for member in archives.members(path, limits):
        if member.extension in TABLE_EXTENSIONS and member.size_bytes:
            try:
                found_tables += [(member.name, one) for one in _of_member(member, limits)]
            except Refused as refused:
                raise _within(refused, member.name) from refused
    return found_tables


def _of_source(source: Source, kind: str, limits: Limits) -> list[Reading]:
    if kind == "csv":
        return [text.read(source, limits)]
    if kind == "jsonl":
        return [jsonl.read(source, limits)]
    if kind == "arrow":
        return [arrow.read(source, limits)]
    if kind == "parquet":
        return [parquet.read(source, limits)]
    return workbooks.read(source, limits)


def _of_member(member: Source, limits: Limits) -> list[Reading]:
    kind = kind_of(member)
    if kind == "csv":
        return [] if _annotation(member) else [text.read(member, limits)]
    if member.size_bytes > MEMBER_IN_MEMORY_BYTES:
        raise refuse("ARCHIVE_RATIO")
    content = b"".join(member.chunks())
    whole = Source(member.name, member.size_bytes, lambda: io.BytesIO(content))
    return _of_source(whole, kind, limits)


def _annotation(member: Source) -> bool:
    """Whether a small text is a note or a list of boxes beside images, and no table."""
    return member.extension == "txt" and member.size_bytes < 64 * 1024


def _within(refused: Refused, member: str) -> Refused:
    one = refused.finding
    said = replace(one, ko=f"{member}: {one.ko}", en=f"{member}: {one.en}", member=member)
    return Refused(said)


def profile(path: Path, name: str, limits: Limits) -> FileReport:
    """Count everything in a file.

    Raises:
        Refused: it ends with one finding
    """
    source = source_of(path, name)
    kind = kind_of(source)
    counted: list[Table] = []
    previews: list[Preview] = []
    findings: list[Finding] = []
    for member, reading in readings(path, name, limits):
        try:
            table, preview, more = tables.count(reading, member, limits)
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            raise refuse("FILE_INVALID") from error
        counted.append(_named(table, member))
        previews.append(preview)
        findings += more
    return FileReport(
        name=source.name,
        kind=kind,
        size_bytes=source.size_bytes,
        tables=tuple(counted),
        findings=tuple(_bounded(findings)),
        previews=tuple(previews[:PREVIEWS_MAX]),
        memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def _named(table: Table, member: str | None) -> Table:
    if member is None or table.name == member:
        return table
    return replace(table, name=f"{member} / {table.name}")


def _bounded(findings: list[Finding]) -> list[Finding]:
    if len(findings) <= FINDINGS_MAX:
        return findings
    order = {Severity.blocker: 0, Severity.warning: 1, Severity.note: 2}
    kept = sorted(findings, key=lambda one: order[one.severity])[: FINDINGS_MAX - 1]
    return [*kept, found("REPORT_CUT")]


def rows_of(
    path: Path, name: str, table: str, first_row: int, row_count: int, limits: Limits
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the columns and some rows of one table.

    Raises:
        Refused: there is no such table, or it cannot be read
    """
    for member, reading in readings(path, name, limits):
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
