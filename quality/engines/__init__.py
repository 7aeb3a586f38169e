"""Where the parts of a table are counted: the same report by any engine, to the byte.

A table is cut into jobs (``orders.Job``): some of its cells, and the plan by which they are counted. A job is
done by a sandboxed child, wherever the engine has it done, and its answer are counts as bytes that nobody
reads but another sandboxed child, which joins those of all jobs in their order.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Final, Protocol

from quality.engines.orders import Job

# Kinds of files of which any part can be read alone.
SPLIT: Final = ("csv", "jsonl", "parquet")
# Says whether what is being done is to end.
Stopped = Callable[[], bool]
# Has a job done where it is called, and returns what the child said, or how it ended.
Do = Callable[[Job, Stopped], bytes]


class Engine(Protocol):
    """Has jobs done somewhere.

    Args:
        workers: how many jobs are done at once
        cells_in_flight: how many cells are read, counted or waiting to be joined, all jobs together
        remote: whether jobs are done by other processes or machines than this one
    """

    @property
    def workers(self) -> int: ...

    @property
    def cells_in_flight(self) -> int: ...

    @property
    def remote(self) -> bool: ...

    def map(
        self, do: Do, jobs: Sequence[Job], *, in_flight: int, stopped: Stopped
    ) -> Generator[bytes]:
        """Yield what each job came to, in the order of the jobs.

        Args:
            do: can be pickled where jobs are done in other processes
            in_flight: jobs handed out and not yet yielded
            stopped: asked again and again; when it is true, jobs are ended and no more is yielded

        Raises:
            EngineUnavailable: it does not answer
        """
        ...
