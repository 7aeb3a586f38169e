"""Runs inside the sandbox: one task on one file, the answer as JSON on standard output."""

import contextlib
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct, convert, json

from quality.findings import Refused
from quality.orders import EXIT_MEMORY, Bounds, ExamineRequest, Order, Rows, RowsRequest
from quality.report import FileReport


def gate(path: Path, given: dict[str, object]) -> Struct:
    """Say what kind of file it is and what is wrong before anything is parsed."""
    from quality.gate import look  # noqa: PLC0415 - each task loads only what it needs

    request = convert(given, ExamineRequest)
    return look(path, request.name, request.limits)


def profile(path: Path, given: dict[str, object]) -> Struct:
    """Read the whole file and count."""
    from quality.profile import profile as counted  # noqa: PLC0415

    request = convert(given, ExamineRequest)
    return counted(path, request.name, request.limits)


def rows(path: Path, given: dict[str, object]) -> Struct:
    """Return some rows of a table."""
    from quality.profile import rows_of  # noqa: PLC0415

    request = convert(given, RowsRequest)
    columns, found = rows_of(
        path, request.name, request.table, request.first_row, request.row_count, request.limits
    )
    return Rows(columns, found)


TASKS: Final[dict[str, Callable[[Path, dict[str, object]], Struct]]] = {
    "gate": gate,
    "profile": profile,
    "rows": rows,
}


def main() -> None:
    """Do what the one argument says and end."""
    order = json.decode(sys.argv[1].encode(), type=Order)
    _limit(order.bounds)
    path = Path(order.path)
    try:
        answer = TASKS[order.task](path, order.request)
    except Refused as refused:
        name = str(order.request.get("name", ""))
        answer = FileReport(
            name=name,
            kind="refused",
            size_bytes=path.stat().st_size,
            findings=(refused.finding,),
            memory_bytes=_peak_bytes(),
        )
    except MemoryError:
        os._exit(EXIT_MEMORY)
    sys.stdout.buffer.write(json.encode(answer))
    sys.stdout.buffer.flush()
    # The libraries' threads and clean-up have nothing left to do.
    os._exit(0)


def _limit(bounds: Bounds) -> None:
    # Imports map about half a gigabyte of addresses that are never touched.
    address_bytes = bounds.memory_bytes + (1 << 30)
    for kind, soft, hard in (
        (resource.RLIMIT_AS, address_bytes, address_bytes),
        # The first limit ends it by a signal that says why, the second by force.
        (resource.RLIMIT_CPU, bounds.cpu_s, bounds.cpu_s + 5),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
