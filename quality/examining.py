"""Examine a file: start the children, and turn how they ended into findings."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from quality import sandbox
from quality.errors import QualityError
from quality.findings import found
from quality.limits import Limits
from quality.orders import Bounds, ExamineRequest, Rows, RowsRequest
from quality.report import FileReport, Finding
from quality.sandbox import Answer, Exit

ROWS_MAX: Final = 1_000

logger = logging.getLogger(__name__)

# By the kind that the gate found: what it means when the child ran out of memory, or broke.
_EXPANSION: Final = {
    "mat": "SHAPE_TOO_LARGE",
    "arrow": "ARROW_EXPANSION",
    "parquet": "PARQUET_EXPANSION",
    "xlsx": "XLSX_EXPANSION",
    "xls": "XLSX_EXPANSION",
    "zip": "ARCHIVE_RATIO",
}
_INVALID: Final = {
    "mat": "MAT_BROKEN",
    "arrow": "ARROW_INVALID",
    "parquet": "PARQUET_BROKEN",
    "xlsx": "XLSX_BROKEN",
    "xls": "XLSX_BROKEN",
    "zip": "ARCHIVE_BROKEN",
}

T = TypeVar("T", bound=Struct)


class RowsRefused(QualityError):
    """Rows cannot be shown, because the file or the table cannot be read."""


def examine(path: Path, *, name: str, limits: Limits | None = None) -> FileReport:
    """Say what a file holds and what is wrong with it. Blocks; never fails because of the file.

    A small child looks first: kind, archive, encoding, damage. Only a file that it lets pass is read
    whole by a second one. Each serves this file alone and ends.

    Args:
        path: the bytes; the child can read no other file
        name: as people gave it, with its extension; folders before it are dropped

    Raises:
        SandboxUnavailable: the kernel cannot keep a child in
    """
    limits = limits or Limits()
    size_bytes = path.stat().st_size
    if size_bytes == 0:
        return _refused(name, size_bytes, found("FILE_EMPTY"))
    if size_bytes > limits.file_bytes:
        most = f"{limits.file_bytes:,}"
        return _refused(name, size_bytes, found("FILE_TOO_LARGE", most=most))
    request = ExamineRequest(name, limits)
    first = _looked("gate", request, path, "file")
    if first.blocked:
        return first
    image_count = first.images.image_count if first.images else 0
    whole = _looked("profile", request, path, first.kind, image_count)
    return msgspec.structs.replace(
        whole,
        members=first.members,
        findings=tuple(_once([*first.findings, *whole.findings])),
        memory_bytes=max(first.memory_bytes, whole.memory_bytes),
    )


def _looked(
    task: str, request: ExamineRequest, path: Path, kind: str, image_count: int = 0
) -> FileReport:
    """Return a child's report, or one that says how the child ended."""
    bounds = _bounds(task, path, request.limits, image_count)
    answer = _ask(task, request, path, bounds, FileReport)
    if isinstance(answer, Answer):
        return _refused(request.name, path.stat().st_size, _ending(answer, kind))
    return answer


def read_rows(
    path: Path,
    *,
    name: str,
    table: str,
    first_row: int,
    row_count: int,
    limits: Limits | None = None,
) -> Rows:
    """Return rows of a table as text, for the sample that a seller chooses. Blocks.

    Args:
        table: its name in the report
        first_row: 0 is the first row of data
        row_count: 1 to 1,000

    Raises:
        RowsRefused: the table is not there or cannot be read
        SandboxUnavailable: the kernel cannot keep a child in
    """
    assert 1 <= row_count <= ROWS_MAX, "callers check what people ask for"
    limits = limits or Limits()
    request = RowsRequest(name, table, first_row, row_count, limits)
    answer = _ask("rows", request, path, _bounds("rows", path, limits), Rows)
    if isinstance(answer, Answer):
        raise RowsRefused(answer.detail)
    return answer


def _bounds(task: str, path: Path, limits: Limits, image_count: int = 0) -> Bounds:
    memory = limits.gate_memory_bytes if task == "gate" else limits.profile_memory_bytes
    size_bytes = path.stat().st_size
    return Bounds(
        memory,
        limits.seconds(size_bytes, limits.cpu_s, image_count),
        limits.seconds(size_bytes, limits.wall_s, image_count),
        limits.answer_bytes,
    )


def _ask(task: str, request: Struct, path: Path, bounds: Bounds, kind: type[T]) -> T | Answer:
    answer = sandbox.run(task, request, path, bounds)
    if answer.exit is Exit.killed:
        # What the file did once it does again; what came from outside does not.
        logger.warning("the %s child was killed and is started again", task)
        answer = sandbox.run(task, request, path, bounds)
    if answer.content is None:
        logger.warning("the %s child ended: %s %s", task, answer.exit, answer.detail)
        return answer
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.DecodeError as error:
        return Answer(None, Exit.crash, str(error))


def _ending(answer: Answer, kind: str) -> Finding:
    if answer.exit is Exit.time:
        return found("TOO_SLOW")
    if answer.exit in (Exit.memory, Exit.killed):
        return found(_EXPANSION.get(kind, "FILE_EXPANSION"))
    return found(_INVALID.get(kind, "FILE_INVALID"))


def _refused(name: str, size_bytes: int, finding: Finding) -> FileReport:
    return FileReport(name=name, kind="refused", size_bytes=size_bytes, findings=(finding,))


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Drop what both children said; the later one knows more."""
    kept: dict[tuple[str, str | None, str | None], Finding] = {}
    for one in findings:
        kept[one.code, one.member, one.column] = one
    order = {"blocker": 0, "warning": 1, "note": 2}
    return sorted(kept.values(), key=lambda one: order[one.severity.value])
