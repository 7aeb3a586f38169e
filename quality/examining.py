"""Examine a file: start the children, and turn how they ended into findings."""

import unicodedata
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from quality import sandbox
from quality.asking import Run, ask, bounds_of, understood
from quality.children import Children
from quality.errors import QualityError
from quality.findings import found
from quality.limits import Limits
from quality.orders import Beside, ExamineRequest, Looked, Rows, RowsRequest, SuiteRequest
from quality.report import FileReport, Finding
from quality.sandbox import Answer, Exit
from quality.sources import OpenFile, opened_at
from quality.suites.suite import Suite

ROWS_MAX: Final = 1_000
PATH_CHARS: Final = 1_000

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


class Rules(Struct, frozen=True):
    """A suite, and the files that its rules may refer to: where each lies, and its name."""

    suite: Suite
    beside: tuple[tuple[Path, str], ...] = ()


class RowsRefused(QualityError):
    """Rows cannot be shown, because the file or the table cannot be read."""


def examine(
    path: Path,
    *,
    name: str,
    limits: Limits | None = None,
    children: Children | None = None,
    rules: Rules | None = None,
) -> FileReport:
    """Say what a file holds and what is wrong with it. Blocks; never fails because of the file.

    A small child looks first: kind, archive, encoding, damage. Only a file that it lets pass is read
    whole by a second one. Each serves this file alone and ends.

    Args:
        path: the bytes; the child can read no other file
        name: as people gave it, with its extension; folders before it are dropped
        children: where children wait, for who examines many files
        rules: are run in the same pass; what came of them is in ``suites``

    Raises:
        OSError: it is not there or cannot be read
        SandboxUnavailable: the kernel cannot keep a child in
    """
    limits = limits or Limits()
    with opened_at(path) as file:
        if file.size_bytes == 0:
            return _refused(name, 0, found("FILE_EMPTY"))
        if file.size_bytes > limits.file_bytes:
            most = f"{limits.file_bytes:,}"
            return _refused(name, file.size_bytes, found("FILE_TOO_LARGE", most=most))
        request = ExamineRequest(name, limits)
        if children is not None:
            return _examined(children, request, file, rules)
        # The second loads its libraries while the first looks.
        tasks = ("gate", "profile" if rules is None else "suite")
        with Children(tasks, files=1) as both:
            return _examined(both, request, file, rules)


def _examined(
    children: Children, request: ExamineRequest, file: OpenFile, rules: Rules | None
) -> FileReport:
    bounds = bounds_of("gate", file.size_bytes, request.limits)
    looked = understood(ask(children.run, "gate", request, file, bounds), Looked)
    if isinstance(looked, Answer):
        return _refused(request.name, file.size_bytes, _ending(looked, "file"))
    first = looked.report
    if first.blocked:
        return first
    image_count = first.images.image_count if first.images else 0
    known = replace(request, handed=looked.handed)
    if rules is None:
        bounds = bounds_of("profile", file.size_bytes, request.limits, image_count)
        whole = understood(ask(children.run, "profile", known, file, bounds), FileReport)
    else:
        whole = _ruled(children.run, known, file, rules, image_count=image_count)
    if isinstance(whole, Answer):
        whole = _refused(request.name, file.size_bytes, _ending(whole, first.kind))
    return replace(
        whole,
        members=first.members,
        path=folders_of(request.name),
        sha256=first.sha256,
        findings=tuple(_once([*first.findings, *whole.findings])),
        memory_bytes=max(first.memory_bytes, whole.memory_bytes),
    )


def folders_of(name: str) -> str:
    """Return a name with its folders, composed; nothing where it has none."""
    composed = unicodedata.normalize("NFC", name).replace("\\", "/")
    parts = [part for part in composed.split("/") if part not in ("", ".", "..")]
    return "/".join(parts)[:PATH_CHARS] if len(parts) > 1 else ""


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
    with opened_at(path) as file:
        bounds = bounds_of("rows", file.size_bytes, limits)
        answer = understood(ask(sandbox.run, "rows", request, file, bounds), Rows)
    if isinstance(answer, Answer):
        raise RowsRefused(answer.detail)
    return answer


def check(path: Path, *, name: str, rules: Rules, limits: Limits | None = None) -> FileReport:
    """Run rules on a file that was examined before; blocks.

    Returns:
        A report with ``suites`` alone, or with a finding that says why the file could not be read.

    Raises:
        OSError: it is not there or cannot be read
        SandboxUnavailable: the kernel cannot keep a child in
    """
    request = ExamineRequest(name, limits or Limits())
    with opened_at(path) as file:
        found_rules = _ruled(sandbox.run, request, file, rules, whole=False)
    if isinstance(found_rules, Answer):
        return _refused(name, path.stat().st_size, _ending(found_rules, "file"))
    return found_rules


def _ruled(
    run: Run,
    request: ExamineRequest,
    file: OpenFile,
    rules: Rules,
    *,
    whole: bool = True,
    image_count: int = 0,
) -> FileReport | Answer:
    """Return what the child says that runs rules; it gets the files that they refer to."""
    bounds = bounds_of("suite", file.size_bytes, request.limits, image_count)
    with ExitStack() as opened:
        others = [opened.enter_context(opened_at(path)) for path, _ in rules.beside]
        names = [name for _, name in rules.beside]
        asked = SuiteRequest(
            request.name,
            request.limits,
            rules.suite.stored().decode(),
            whole,
            tuple(Beside(name, one.size_bytes) for name, one in zip(names, others, strict=True)),
            request.handed,
        )
        given = replace(file, more=tuple(one.fd for one in others))
        return understood(ask(run, "suite", asked, given, bounds), FileReport)


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
