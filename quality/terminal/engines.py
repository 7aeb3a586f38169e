"""What ``--engine`` means."""

from typing import Final

import typer

from quality.engines import Engine
from quality.engines.dasked import Dask
from quality.engines.local import Processes, Threads, cores

HELP: Final = (
    "세는 방법: thread, threads[:수], processes[:수], dask:주소. CSV, JSON Lines, Parquet만 나눕니다. "
    "Where to count; the report is the same."
)
WORKERS_MAX: Final = 64


def engine_of(text: str) -> Engine | Threads:
    """Return the engine of a name.

    Raises:
        typer.BadParameter: there is none of that name
    """
    kind, _, rest = text.partition(":")
    if kind == "dask" and rest:
        return Dask(rest)
    if kind == "thread" and not rest:
        return Threads()
    workers = int(rest) if rest.isdecimal() else 0 if ":" in text else cores()
    if kind not in ("threads", "processes") or not 1 <= workers <= WORKERS_MAX:
        raise typer.BadParameter(text, param_hint="--engine")
    in_flight = 4 * (workers + 1)
    return Threads(workers, in_flight) if kind == "threads" else Processes(workers, in_flight)
