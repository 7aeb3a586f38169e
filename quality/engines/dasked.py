"""Jobs done by the workers of a Dask cluster that is there already; each has its own sandboxed children."""

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from msgspec import Struct

from quality.engines import Do, Stopped
from quality.engines.orders import Job
from quality.errors import EngineUnavailable

if TYPE_CHECKING:
    import distributed

LOOK_EVERY_S: Final = 0.2
# How often a worker asks whether its job is still wanted [s].
ASK_EVERY_S: Final = 1.0
CONNECT_WITHIN_S: Final = 10


class Dask(Struct, frozen=True):
    """A cluster by the address of its scheduler; workers need this package, and the kernel of a sandbox.

    Args:
        address: such as ``tcp://10.0.0.5:8786``
        workers: jobs at once; of other clusters than this machine give the number of its workers
        cells_in_flight: as of ``Engine``
        within_s: how long to wait for the scheduler [s]
    """

    address: str
    workers: int = 2
    cells_in_flight: int = 32
    remote: bool = True
    within_s: int = CONNECT_WITHIN_S

    def map(
        self, do: Do, jobs: Sequence[Job], *, in_flight: int, stopped: Stopped
    ) -> Generator[bytes]:
        """Yield what each job came to, in the order of the jobs.

        Raises:
            EngineUnavailable: distributed is not installed, or nobody answers at the address
        """
        with _client(self.address, self.within_s) as client:
            left, name = iter(jobs), f"quality-{uuid4()}"
            waiting: deque[Any] = deque()
            try:
                for job in islice(left, in_flight):
                    waiting.append(client.submit(_done, do, job, name, pure=False))
                while waiting and not stopped():
                    yield _result(waiting.popleft(), stopped)
                    for job in islice(left, 1):
                        waiting.append(client.submit(_done, do, job, name, pure=False))
            finally:
                _end(client, name, list(waiting))


def _client(address: str, within_s: int) -> "distributed.Client":
    try:
        import distributed  # noqa: PLC0415 - heavy, and not installed everywhere
    except ImportError as error:
        raise EngineUnavailable("Dask needs the package with [dask]") from error
    try:
        return distributed.Client(address, timeout=within_s, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise EngineUnavailable(f"no Dask scheduler answers at {address}") from error


def _end(client: "distributed.Client", name: str, waiting: list[Any]) -> None:
    """Take back what was not begun, and have ended what was."""
    import distributed  # noqa: PLC0415 - loaded already

    if waiting:
        distributed.Event(name, client=client).set()
        client.cancel(waiting)


def _done(do: Do, job: Job, name: str) -> bytes:
    """Do a job on a worker, until the event of that name is set."""
    import distributed  # noqa: PLC0415 - on the worker

    return do(job, _Asked(distributed.Event(name)))


class _Asked:
    """Says whether an event is set; asks the scheduler now and then."""

    def __init__(self, event: "distributed.Event") -> None:
        self._event, self._next_s, self._set = event, 0.0, False

    def __call__(self) -> bool:
        if time.monotonic() >= self._next_s:
            self._set = bool(self._event.is_set())
            self._next_s = time.monotonic() + ASK_EVERY_S
        return self._set


def _result(future: Any, stopped: Callable[[], bool]) -> bytes:
    while not stopped():
        try:
            content: bytes = future.result(timeout=LOOK_EVERY_S)
        except TimeoutError:
            continue
        return content
    future.cancel()
    return b""
