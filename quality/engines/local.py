"""Engines of this machine: threads of one child, and several children."""

import os
import threading
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from msgspec import Struct

from quality.engines import Do, Stopped
from quality.engines.orders import Job


def cores() -> int:
    """Return how many jobs this machine can do at once."""
    return len(os.sched_getaffinity(0))


class Threads(Struct, frozen=True):
    """One child counts, by several threads. One of them is the plain way, in least memory.

    Args:
        workers: threads
        cells_in_flight: as of ``Engine``
    """

    workers: int = 1
    cells_in_flight: int = 4


class Processes(Struct, frozen=True):
    """Several children count, each with its own memory.

    Args:
        workers: children at once
        cells_in_flight: as of ``Engine``
    """

    workers: int = 2
    cells_in_flight: int = 16
    remote: bool = False

    def map(
        self, do: Do, jobs: Sequence[Job], *, in_flight: int, stopped: Stopped
    ) -> Generator[bytes]:
        """Yield what each job came to, in the order of the jobs; a thread of ours waits for each child."""
        left, over = iter(jobs), threading.Event()
        waiting: deque[Future[bytes]] = deque()

        def ended() -> bool:
            return over.is_set() or stopped()

        with ThreadPoolExecutor(self.workers) as pool:
            try:
                waiting.extend(pool.submit(do, job, ended) for job in islice(left, in_flight))
                while waiting and not stopped():
                    yield waiting.popleft().result()
                    waiting.extend(pool.submit(do, job, ended) for job in islice(left, 1))
            finally:
                # Whoever is served no more has its child ended, however this came to an end.
                over.set()
                pool.shutdown(cancel_futures=True)
