"""Have a job done by a sandboxed child on this machine, whichever machine this is."""

from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec import Struct

from quality import sandbox
from quality.asking import ask
from quality.engines import Stopped
from quality.engines.feeding import Feeder
from quality.engines.orders import ENDED, CountRequest, Job
from quality.noting import Taken
from quality.orders import Bounds
from quality.sandbox import Answer
from quality.sources import OpenFile, ReadRange

# A child that waits for bytes from elsewhere uses no processor meanwhile.
WALL_FACTOR: Final = 10


class Counter(Struct, frozen=True):
    """Does jobs of one file; it can be pickled where ``read_range`` can.

    Args:
        read_range: gives the file's bytes; the child asks for those that it needs
        counted: is told of bytes while they are counted, where that is possible
    """

    read_range: ReadRange
    counted: Callable[[int], None] | None = None

    def __call__(self, job: Job, stopped: Stopped) -> bytes:
        """Return what the child said, or how it ended.

        Raises:
            ExaminationCancelled: it was stopped
            OSError, or what ``read_range`` raises: the file cannot be read
            SandboxUnavailable: the kernel cannot keep a child in
        """
        with Feeder(self.read_range, job.size_bytes) as feeder:
            file = OpenFile(feeder.fd, job.size_bytes)
            answer = _asked(_request(job, fed=True), job, file, (self.counted, stopped))
        if feeder.error is not None:
            raise feeder.error
        return _said(answer)


class LocalCounter(Struct, frozen=True):
    """Does jobs of a file that is open here.

    Args:
        file: read by the children themselves
        counted: as of ``Counter``
    """

    file: OpenFile
    counted: Callable[[int], None] | None = None

    def __call__(self, job: Job, stopped: Stopped) -> bytes:
        """Return what the child said, or how it ended.

        Raises:
            ExaminationCancelled: it was stopped
            SandboxUnavailable: the kernel cannot keep a child in
        """
        return _said(_asked(_request(job, fed=False), job, self.file, (self.counted, stopped)))


def _request(job: Job, *, fed: bool) -> CountRequest:
    return CountRequest(
        table=job.table, limits=job.limits, low=job.low, high=job.high, fed=fed, noted=True
    )


def _asked(
    request: CountRequest,
    job: Job,
    file: OpenFile,
    by: tuple[Callable[[int], None] | None, Stopped],
) -> Answer:
    counted, stopped = by
    bounds = bounds_of(job, fed=request.fed)
    run = partial(sandbox.run, stopped=stopped)
    with Taken(counted or _nobody) as notes:
        return ask(run, "count", request, OpenFile(file.fd, file.size_bytes, (notes.fd,)), bounds)


def _nobody(_: int) -> None:
    """Nobody wants to know."""


def bounds_of(job: Job, *, fed: bool) -> Bounds:
    """Return what a child may use for a job."""
    limits = job.limits
    more_s = limits.more_s(job.share_bytes)
    return Bounds(
        memory_bytes=limits.profile_memory_bytes,
        cpu_s=limits.cpu_s + more_s,
        wall_s=(limits.wall_s + 2 * more_s) * (WALL_FACTOR if fed else 1),
        answer_bytes=limits.partial_bytes,
        address_bytes=limits.profile_memory_bytes + limits.address_free_bytes,
    )


def _said(answer: Answer) -> bytes:
    if answer.content is not None:
        return answer.content
    assert answer.exit is not None, "a child that says nothing has ended somehow"
    return ENDED + f"{answer.exit.value}\n{answer.detail}".encode()
