"""What children do for engines: plan a table, count some of its cells, join the counts. Runs in the sandbox."""

import resource
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
from msgspec import Struct, convert, json
from msgspec.structs import replace

from quality.engines.encoding import decode, encode
from quality.engines.feeding import Fed
from quality.engines.orders import (
    COUNTS,
    LENGTH_BYTES,
    REFUSED,
    CountRequest,
    JoinRequest,
    Planned,
)
from quality.errors import PartialDamaged
from quality.findings import Refused, refuse
from quality.gate.names import last_part
from quality.limits import Limits
from quality.noting import Notes
from quality.orders import ExamineRequest
from quality.profile import across, bounded, opened, readings
from quality.profile.feeding import feed, part_of
from quality.profile.pieces import Counted, Part, refuse_rows
from quality.profile.planned import Plan
from quality.profile.tables import Outline, outline_of, preview_of, told
from quality.reading.layout import Layout
from quality.report import FileReport, Finding, Preview
from quality.sketches import fitted
from quality.sources import OpenFile


class Table(Struct, frozen=True, kw_only=True):
    """A table before it is counted, as it goes from child to child."""

    layout: Layout
    plan: Plan
    outline: Outline
    preview: Preview


def plan(file: OpenFile, given: dict[str, object]) -> Struct:
    """Say how a table lies in its file, and by which plan it is counted."""
    request = convert(given, ExamineRequest)
    try:
        return _planned(file, request)
    except Refused as refused:
        return Planned(refused=refused.finding)


def _planned(file: OpenFile, request: ExamineRequest) -> Planned:
    limits, handed = request.limits, request.handed
    whole = opened(file, request.name, limits, handed.unpacked_bytes)
    ((_, reading),) = readings(whole, limits, handed.scan)
    fed = feed(reading, limits, request.settings)
    if fed is None:
        raise refuse("TABLE_NO_ROWS")
    part = part_of(fed, limits)
    if part is None:
        return Planned()
    table = Table(
        layout=part.layout,
        plan=fed.plan,
        outline=outline_of(reading),
        preview=preview_of(reading, fed.parts),
    )
    return Planned(cell_count=part.layout.cell_count, table=json.encode(table).decode())


def count(file: OpenFile, given: dict[str, object]) -> bytes:
    """Count some cells of a table."""
    request = convert(given, CountRequest)
    table = json.decode(request.table, type=Table)
    read = Fed(file.fd) if request.fed else file.read
    notes = Notes(file.more[0] if request.noted else None)
    part = Part(layout=table.layout, plan=table.plan, read=read, limits=request.limits)
    try:
        counted = _counted(part, range(request.low, request.high), notes)
    except Refused as refused:
        return REFUSED + json.encode(refused.finding)
    return COUNTS + encode(counted)


def _counted(part: Part, cells: range, notes: Notes) -> Counted:
    try:
        return part.count(cells, notes.counted)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise refuse("FILE_INVALID") from error


def join(file: OpenFile, given: dict[str, object]) -> Struct:
    """Join the counts of all parts of a table and say what they come to."""
    request = convert(given, JoinRequest)
    table = json.decode(request.table, type=Table)
    with open(file.fd, "rb", closefd=False) as stream:
        counted = joined(_parts(stream), table.plan, request.limits)
    facts, findings, sketch = told(table.outline, counted, None, request.limits, request.settings)
    findings += across([facts], request.settings)
    return FileReport(
        name=last_part(request.name),
        kind=request.kind,
        size_bytes=request.size_bytes,
        tables=(facts,),
        findings=tuple(bounded(findings)),
        previews=(table.preview,),
        sketches=fitted([replace(sketch, table=facts.name)]),
        memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def joined(parts: Iterator[bytes], by: Plan, limits: Limits) -> Counted:
    """Join what was counted of the parts of a table, in their order.

    Raises:
        Refused: a part was, or is no counts
    """
    whole = Counted(by)
    for content in parts:
        if content.startswith(REFUSED):
            raise Refused(json.decode(content[1:], type=Finding))
        try:
            whole.merge(decode(content.removeprefix(COUNTS), by))
        except (PartialDamaged, ValueError, TypeError, LookupError, AttributeError) as error:
            raise refuse("FILE_INVALID") from error
        refuse_rows(whole, limits)
    return whole


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    while head := stream.read(LENGTH_BYTES):
        size = int.from_bytes(head, "little")
        content = stream.read(size)
        if len(content) != size:
            raise refuse("FILE_INVALID")
        yield content
