"""Jobs done by the executors of a Spark that is there already; pyspark is not loaded before."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, json

from quality.engines import Do, Stopped
from quality.engines.orders import Job

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA = "number long, said binary"


class Spark(Struct, frozen=True):
    """Takes a session of Spark; executors need this package, and the kernel of a sandbox.

    Args:
        session: of pyspark
        workers: jobs at once
        cells_in_flight: as of ``Engine``
    """

    session: Any
    workers: int = 2
    cells_in_flight: int = 32
    remote: bool = True

    def map(
        self, do: Do, jobs: Sequence[Job], *, in_flight: int, stopped: Stopped
    ) -> Generator[bytes]:
        """Yield what each job came to, in the order of the jobs; as many at once as are in flight."""
        for first in range(0, len(jobs), in_flight):
            some = jobs[first : first + in_flight]
            if stopped():
                return
            yield from self._some(do, some)

    def _some(self, do: Do, jobs: Sequence[Job]) -> Iterator[bytes]:
        rows = [(number, bytearray(json.encode(job))) for number, job in enumerate(jobs)]
        frame = self.session.createDataFrame(rows, "number long, job binary")
        said = frame.repartition(len(jobs), "number").mapInArrow(mapping(do), SCHEMA).collect()
        for row in sorted(said, key=lambda one: one["number"]):
            yield bytes(row["said"])


def never() -> bool:
    """A job of Spark is ended by Spark alone."""
    return False


def mapping(do: Do) -> "Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]":
    """Return what ``mapInArrow`` calls with batches of numbered jobs, and which gives what they came to."""

    def mapped(batches: "Iterable[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa  # noqa: PLC0415 - on the executor

        for batch in batches:
            for row in batch.to_pylist():
                said = do(json.decode(bytes(row["job"]), type=Job), never)
                yield pa.RecordBatch.from_pydict(
                    {"number": [row["number"]], "said": pa.array([said], pa.binary())}
                )

    return mapped
