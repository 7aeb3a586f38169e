"""Count a table in jobs, wherever an engine has them done, and have the counts joined; knows no engine by name."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from io import FileIO
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from quality import sandbox
from quality.asking import bounds_of
from quality.engines import Do, Engine, Stopped
from quality.engines.counting import WALL_FACTOR
from quality.engines.orders import ENDED, LENGTH_BYTES, Job, JoinRequest, Planned
from quality.errors import ExaminationCancelled
from quality.limits import Limits
from quality.sandbox import Answer, Exit
from quality.settings import Settings
from quality.sources import OpenFile

# So many cells make a job, if there are enough: each job costs a child, and its counts travel.
CELLS_OF_JOB: Final = 8


class Spread(Struct, frozen=True, kw_only=True):
    """A table that is counted in jobs.

    Args:
        do: has a job done, where the engine calls it
        counted: is told of bytes of jobs that are done, where nobody else tells of them
    """

    engine: Engine
    do: Do
    name: str
    kind: str
    size_bytes: int
    planned: Planned
    limits: Limits
    settings: Settings
    stopped: Stopped
    counted: Callable[[int], None] | None = None

    def jobs(self) -> list[Job]:
        """Return the jobs of all cells."""
        count = self.planned.cell_count
        size = self.cells_of_job
        return [
            Job(
                size_bytes=self.size_bytes,
                low=low,
                high=min(low + size, count),
                share_bytes=self._upto(min(low + size, count)) - self._upto(low),
                table=self.planned.table,
                limits=self.limits,
            )
            for low in range(0, count, size)
        ]

    @property
    def cells_of_job(self) -> int:
        """How many cells make a job: few enough for all workers to have some, and to be in flight."""
        engine, count = self.engine, self.planned.cell_count
        even = -(-count // engine.workers)
        bounded = engine.cells_in_flight // (engine.workers + 1)
        return max(min(even, bounded, CELLS_OF_JOB), 1)

    def _upto(self, cell: int) -> int:
        return self.size_bytes * cell // max(self.planned.cell_count, 1)

    def run(self) -> Answer:
        """Have all jobs done and joined, and return what the child that joined them says; blocks.

        Raises:
            ExaminationCancelled: it was stopped
            EngineUnavailable: the engine does not answer
        """
        over = threading.Event()

        def stopped() -> bool:
            return over.is_set() or self.stopped()

        read, write = os.pipe()
        with ThreadPoolExecutor(1) as pool:
            joined = pool.submit(self._join, read, stopped)
            try:
                with open(write, "wb", buffering=0) as pipe:  # noqa: PTH123 - a descriptor
                    failed = self._relay(pipe, stopped)
            except BaseException:
                over.set()
                raise
            if self.stopped():
                raise ExaminationCancelled
            if failed is not None:
                over.set()
                return failed
            return joined.result()

    def _join(self, read: int, stopped: Stopped) -> Answer:
        request = JoinRequest(
            name=self.name,
            kind=self.kind,
            size_bytes=self.size_bytes,
            table=self.planned.table,
            limits=self.limits,
            settings=self.settings,
        )
        bounds = bounds_of("profile", self.size_bytes, self.limits)
        # It waits for all that count, wherever they are.
        patient = replace(bounds, wall_s=bounds.wall_s * WALL_FACTOR)
        try:
            file = OpenFile(read, self.size_bytes)
            return sandbox.run("join", request, file, patient, stopped=stopped)
        finally:
            os.close(read)

    def _relay(self, pipe: FileIO, stopped: Stopped) -> Answer | None:
        """Give each job's counts to the child that joins them, unread; return how a child failed, if one did."""
        jobs = self.jobs()
        in_flight = max(self.engine.cells_in_flight // self.cells_of_job, self.engine.workers)
        with (
            closing(self.engine.map(self.do, jobs, in_flight=in_flight, stopped=stopped)) as parts,
            suppress(BrokenPipeError),
        ):
            # Whoever joins may end before: then its answer says why.
            for job, part in zip(jobs, parts, strict=False):
                if part.startswith(ENDED):
                    return _failure(part)
                _write(pipe, len(part).to_bytes(LENGTH_BYTES, "little"))
                _write(pipe, part)
                if self.counted is not None:
                    self.counted(job.share_bytes)
        return None


def _write(pipe: FileIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[pipe.write(left) or 0 :]


def _failure(part: bytes) -> Answer:
    how, _, detail = part[len(ENDED) :].decode("utf-8", "replace").partition("\n")
    known = how in {one.value for one in Exit}
    return Answer(None, Exit(how) if known else Exit.crash, detail)
