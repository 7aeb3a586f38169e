"""Examine a file: start the children, and turn how they ended into findings."""

import unicodedata
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from quality import sandbox
from quality.asking import Run, ask, bounds_of, understood
from quality.checks import aged, judged
from quality.children import Children
from quality.errors import QualityError
from quality.findings import found
from quality.limits import Limits
from quality.orders import Beside, ExamineRequest, Looked, Rows, RowsRequest, SuiteRequest
from quality.passing import Pass, refused
from quality.report import FileReport, Finding
from quality.sandbox import Answer, Exit, never
from quality.settings import NOTHING_SAID, Settings
from quality.sources import LocalFile, OpenFile, opened_at
from quality.suites.suite import Suite
from quality.suites.types import PASS, TYPES
from quality.ways import Meter, Way

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

    @property
    def task(self) -> str:
        """The child that runs them: with great-expectations loaded where a rule needs it, which takes seconds."""
        outside = any(TYPES[one.type].way != PASS for one in self.suite.expectations)
        return "library" if outside else "suite"


class RowsRefused(QualityError):
    """Rows cannot be shown, because the file or the table cannot be read."""


def examine(  # noqa: PLR0913 - what is examined, how, and what else comes of it
    path: Path,
    *,
    name: str,
    limits: Limits | None = None,
    settings: Settings = NOTHING_SAID,
    children: Children | None = None,
    way: Way | None = None,
    stage: Path | None = None,
    rules: Rules | None = None,
) -> FileReport:
    """Say what a file holds and what is wrong with it. Blocks; never fails because of the file.

    A small child looks first: kind, archive, encoding, damage. Only a file that it lets pass is read
    whole by a second one. Each serves this file alone and ends.

    Args:
        path: the bytes; the child can read no other file
        name: as people gave it, with its extension; folders before it are dropped
        settings: what is said of the data, looked over by ``settings_files.checked``
        children: where children wait, for who examines many files
        way: by which engine, and who is told of progress; one thread without it
        stage: a folder that gets the tables as typed Parquet, ``1.parquet`` the first of the report
        rules: run in the same pass, by one child whatever the engine; what came of them is in ``suites``

    Raises:
        EngineUnavailable: the engine does not answer, or cannot stage
        ExaminationCancelled: ``way`` says so
        OSError: it is not there or cannot be read
        SandboxUnavailable: the kernel cannot keep a child in
    """
    said = None if settings == NOTHING_SAID else settings
    request = ExamineRequest(name, limits or Limits(), settings=settings)
    seen = _opened(_Asked(request, path, way or Way(), stage, rules), children)
    report = judged(replace(seen, settings=said, settings_id=settings.id))
    return report if settings.as_of is None else aged(report, settings.as_of)


class _Asked(Struct, frozen=True):
    request: ExamineRequest
    path: Path
    way: Way
    stage: Path | None
    rules: Rules | None

    @property
    def tasks(self) -> tuple[str, ...]:
        """Children that are needed."""
        return self.way.tasks if self.rules is None else ("gate", self.rules.task)


def _opened(asked: _Asked, children: Children | None) -> FileReport:
    name, limits = asked.request.name, asked.request.limits
    with opened_at(asked.path) as file:
        if file.size_bytes == 0:
            return refused(name, 0, found("FILE_EMPTY"))
        if file.size_bytes > limits.file_bytes:
            most = f"{limits.file_bytes:,}"
            return refused(name, file.size_bytes, found("FILE_TOO_LARGE", most=most))
        if children is not None:
            return _examined(children, asked, file)
        # The second loads its libraries while the first looks.
        with Children(asked.tasks, files=1) as both:
            return _examined(both, asked, file)


def _examined(children: Children, asked: _Asked, file: OpenFile) -> FileReport:
    request, way = asked.request, asked.way
    run: Run = children.run if way.stopped is never else partial(children.run, stopped=way.stopped)
    bounds = bounds_of("gate", file.size_bytes, request.limits)
    looked = understood(ask(run, "gate", request, file, bounds), Looked)
    if isinstance(looked, Answer):
        return refused(request.name, file.size_bytes, _ending(looked, "file"))
    first = looked.report
    if first.blocked:
        return first
    image_count = first.images.image_count if first.images else 0
    known, meter = replace(request, handed=looked.handed), Meter(file.size_bytes, way.progress)
    if asked.rules is None:
        whole = Pass(
            run=run,
            request=known,
            file=file,
            kind=first.kind,
            bounds=bounds_of("profile", file.size_bytes, request.limits, image_count),
            way=way,
            meter=meter,
            read_range=way.read_range or LocalFile.of(asked.path),
            stage=asked.stage,
        ).go()
    else:
        whole = _ruled(run, known, file, asked.rules, image_count=image_count)
    meter.end()
    if isinstance(whole, Answer):
        whole = refused(request.name, file.size_bytes, _ending(whole, first.kind))
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
        return refused(name, path.stat().st_size, _ending(found_rules, "file"))
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
    bounds = bounds_of(rules.task, file.size_bytes, request.limits, image_count)
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
            request.settings,
        )
        given = replace(file, more=tuple(one.fd for one in others))
        return understood(ask(run, rules.task, asked, given, bounds), FileReport)


def _ending(answer: Answer, kind: str) -> Finding:
    if answer.exit is Exit.time:
        return found("TOO_SLOW")
    if answer.exit in (Exit.memory, Exit.killed):
        return found(_EXPANSION.get(kind, "FILE_EXPANSION"))
    return found(_INVALID.get(kind, "FILE_INVALID"))


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Drop what both children said; the later one knows more."""
    kept: dict[tuple[str, str | None, str | None], Finding] = {}
    for one in findings:
        kept[one.code, one.member, one.column] = one
    order = {"blocker": 0, "warning": 1, "note": 2}
    return sorted(kept.values(), key=lambda one: order[one.severity.value])
