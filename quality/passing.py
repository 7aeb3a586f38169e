"""The second look: a file that passed the first is read whole and counted, in the way that was asked for."""

import logging
import os
import tempfile
from pathlib import Path
from typing import IO

from msgspec import Struct
from msgspec.structs import replace

from quality.asking import Run, ask, understood
from quality.engines import SPLIT, Engine
from quality.engines.counting import Counter, LocalCounter
from quality.engines.local import Processes, Threads
from quality.engines.orders import Planned
from quality.engines.spreading import Spread
from quality.errors import EngineUnavailable
from quality.findings import found
from quality.noting import Taken
from quality.orders import Bounds, ExamineRequest, Working
from quality.report import FileReport, Finding
from quality.sandbox import Answer
from quality.sources import CHUNK_BYTES, OpenFile, ReadRange
from quality.ways import Meter, Way

logger = logging.getLogger(__name__)


class Pass(Struct, frozen=True, kw_only=True):
    """How a file is read whole.

    Args:
        run: has a child do a task
        request: of the examination, with what the first look found
        kind: of the file
        read_range: gives the file's bytes on other machines
        stage: the folder that gets its tables as Parquet
    """

    run: Run
    request: ExamineRequest
    file: OpenFile
    kind: str
    bounds: Bounds
    way: Way
    meter: Meter
    read_range: ReadRange
    stage: Path | None = None

    def go(self) -> FileReport | Answer:
        """Return the report, or how a child ended; blocks.

        Raises:
            ExaminationCancelled: it was stopped
            EngineUnavailable: the engine does not answer, or cannot do what is asked for
            SandboxUnavailable: the kernel cannot keep a child in
        """
        engine = self.way.engine
        if isinstance(engine, Threads):
            return self._alone(engine)
        if self.stage is not None:
            if not isinstance(engine, Processes):
                raise EngineUnavailable("Parquet is written by one child, on this machine")
            return self._alone(Threads(engine.workers, engine.cells_in_flight))
        if self.kind not in SPLIT:
            logger.info("%s is counted in one thread, whatever the engine", self.kind)
            return self._alone(Threads())
        return self._spread(engine)

    def _alone(self, how: Threads) -> FileReport | Answer:
        """Have one child count everything."""
        if self.stage is None:
            return self._counted(how, None)
        with tempfile.TemporaryFile() as written:
            return self._counted(how, written)

    def _counted(self, how: Threads, written: IO[bytes] | None) -> FileReport | Answer:
        taken: list[Taken] = []

        def run(task: str, request: Struct, file: OpenFile, bounds: Bounds) -> Answer:
            with Taken(self.meter.add) as notes:
                taken[:] = [notes]
                fds = (notes.fd,) if written is None else (notes.fd, written.fileno())
                return self.run(task, request, replace(file, more=fds), bounds)

        working = Working(how.workers, how.cells_in_flight, noted=True, staged=written is not None)
        request = replace(self.request, working=working)
        limits = request.limits
        allowed = limits.written_free_bytes + int(limits.written_share * self.file.size_bytes)
        bounds = replace(self.bounds, written_bytes=0 if written is None else allowed)
        answer = ask(run, "profile", request, self.file, bounds)
        report = understood(answer, FileReport)
        if isinstance(report, Answer) or written is None or self.stage is None:
            return report
        return staged(report, taken[0], written, self.stage)

    def _spread(self, engine: Engine) -> FileReport | Answer:
        """Have children count parts of it, wherever the engine starts them."""
        planned = understood(ask(self.run, "plan", self.request, self.file, self.bounds), Planned)
        if isinstance(planned, Answer):
            return planned
        if planned.refused is not None:
            size_bytes = self.file.size_bytes
            return refused(self.request.name, size_bytes, planned.refused)
        if not planned.cell_count:
            return self._alone(Threads())
        here = not engine.remote
        spread = Spread(
            engine=engine,
            do=LocalCounter(self.file, self.meter.add) if here else Counter(self.read_range),
            name=self.request.name,
            kind=self.kind,
            size_bytes=self.file.size_bytes,
            planned=planned,
            limits=self.request.limits,
            settings=self.request.settings,
            stopped=self.way.stopped,
            counted=None if here else self.meter.add,
        )
        return understood(spread.run(), FileReport)


def refused(name: str, size_bytes: int, finding: Finding) -> FileReport:
    """Return the report on a file that is not read."""
    return FileReport(name=name, kind="refused", size_bytes=size_bytes, findings=(finding,))


def staged(report: FileReport, notes: Taken, written: IO[bytes], folder: Path) -> FileReport:
    """Put what a child wrote into a folder, ``1.parquet`` and so on in the order of the report's tables.

    What it wrote is nothing but bytes here. Returns the report, which says so where they were too many.
    """
    if report.blocked and not report.tables:
        return report
    size_bytes = os.fstat(written.fileno()).st_size
    if (
        notes.too_large
        or size_bytes != sum(notes.staged)
        or len(notes.staged) != len(report.tables)
    ):
        return replace(report, findings=(*report.findings, found("STAGE_TOO_LARGE")))
    folder.mkdir(parents=True, exist_ok=True)
    written.seek(0)
    for number, size in enumerate(notes.staged, 1):
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
            copy(written, part, size)
        Path(part.name).replace(folder / f"{number}.parquet")
    return report


def copy(source: IO[bytes], target: IO[bytes], size_bytes: int) -> None:
    """Copy so many bytes."""
    while size_bytes and (piece := source.read(min(size_bytes, CHUNK_BYTES))):
        target.write(piece)
        size_bytes -= len(piece)
