"""Runs inside the sandbox: one task on one file, the answer as JSON on standard output.

Standard input is the channel of orders; the file, and whatever else the task may use, comes over it as open
descriptors once the libraries are loaded.
"""

import contextlib
import math
import os
import resource
import socket
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Final

from msgspec import Struct, convert, json

from quality.findings import Refused
from quality.orders import (
    EXIT_MEMORY,
    HEAD_BYTES,
    Bounds,
    ExamineRequest,
    Looked,
    Order,
    Rows,
    RowsRequest,
    SuiteRequest,
)
from quality.report import FileReport
from quality.sources import OpenFile

DESCRIPTORS_MAX: Final = 256


def gate(file: OpenFile, given: dict[str, object]) -> Struct:
    """Say what kind of file it is and what is wrong before anything is parsed."""
    from quality.gate import look  # noqa: PLC0415 - each task loads only what it needs

    request = convert(given, ExamineRequest)
    return look(file, request.name, request.limits)


def profile(file: OpenFile, given: dict[str, object]) -> Struct:
    """Read the whole file and count."""
    from quality.profile import profile as counted  # noqa: PLC0415
    from quality.profile.working import work_of  # noqa: PLC0415

    request = convert(given, ExamineRequest)
    return counted(
        file,
        request.name,
        request.limits,
        request.handed,
        request.settings,
        work_of(file, request),
    )


def rows(file: OpenFile, given: dict[str, object]) -> Struct:
    """Return some rows of a table."""
    from quality.profile import rows_of  # noqa: PLC0415

    request = convert(given, RowsRequest)
    columns, found = rows_of(
        file, request.name, request.table, request.first_row, request.row_count, request.limits
    )
    return Rows(columns, found)


def plan(file: OpenFile, given: dict[str, object]) -> Struct:
    """Say how a table is counted in parts."""
    from quality.engines import tasks  # noqa: PLC0415

    return tasks.plan(file, given)


def count(file: OpenFile, given: dict[str, object]) -> bytes:
    """Count a part of a table."""
    from quality.engines import tasks  # noqa: PLC0415

    return tasks.count(file, given)


def join(file: OpenFile, given: dict[str, object]) -> Struct:
    """Join what was counted of the parts."""
    from quality.engines import tasks  # noqa: PLC0415

    return tasks.join(file, given)


def suite(file: OpenFile, given: dict[str, object]) -> Struct:
    """Run a suite on the tables of a file, and profile it in the same pass where that is asked for."""
    from quality.suites.child import run  # noqa: PLC0415

    return run(file, convert(given, SuiteRequest))


TASKS: Final[dict[str, Callable[[OpenFile, dict[str, object]], Struct | bytes]]] = {
    "gate": gate,
    "profile": profile,
    "rows": rows,
    "plan": plan,
    "count": count,
    "join": join,
    "suite": suite,
    "library": suite,
}
# What a child loads before it learns of any file, by its task.
AHEAD: Final = {"gate": ("quality.gate",), "profile": ("quality.profile",), "rows": ("quality.profile",), "plan": ("quality.engines.tasks",), "count": ("quality.engines.tasks",), "join": ("quality.engines.tasks",), "suite": ("quality.suites.child",), "library": ("quality.suites.child", "quality.suites.outside", "duckdb_sqlalchemy", "great_expectations", "great_expectations.execution_engine.sqlalchemy_execution_engine")}  # fmt: skip


# Which count a small table before, since much of what libraries do at their first use takes its time.
REHEARSED: Final = ("profile", "suite", "library")
# And which run a small suite on it by great-expectations, which does most at its first use.
RULED: Final = ("library",)


def main(task: str) -> None:
    """Load what the task needs, wait for the order, do what it says, and end."""
    for module in AHEAD.get(task, ()):
        import_module(module)
    if task in REHEARSED:
        from quality.rehearsing import rehearse  # noqa: PLC0415

        rehearse()
    if task in RULED:
        from quality.suites.rehearsing import rehearse_rules  # noqa: PLC0415

        rehearse_rules()
    received = receive()
    if received is None:
        os._exit(0)
    order, file = received
    _limit(order.bounds)
    try:
        answer = TASKS[task](file, order.request)
    except Refused as refused:
        answer = _ended(task, order, refused)
    except MemoryError:
        os._exit(EXIT_MEMORY)
    # Counts of a part of a table are bytes already.
    sys.stdout.buffer.write(answer if isinstance(answer, bytes) else json.encode(answer))
    sys.stdout.buffer.flush()
    # The libraries' threads and clean-up have nothing left to do.
    os._exit(0)


def _ended(task: str, order: Order, refused: Refused) -> Struct:
    report = FileReport(
        name=str(order.request.get("name", "")),
        kind="refused",
        size_bytes=order.size_bytes,
        findings=(refused.finding,),
        memory_bytes=_peak_bytes(),
    )
    return Looked(report) if task == "gate" else report


def receive() -> tuple[Order, OpenFile] | None:
    """Wait for the order and the file it is about; None when the parent wants nothing any more."""
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=0)
    head, fds, _, _ = socket.recv_fds(channel, HEAD_BYTES, DESCRIPTORS_MAX)
    if not head:
        return None
    with channel.makefile("rb") as stream:
        head += stream.read(HEAD_BYTES - len(head))
        order = json.decode(stream.read(int.from_bytes(head, "big")), type=Order)
    channel.detach()
    folder = os.environ.get("QUALITY_FOLDER")
    return order, OpenFile(fds[0], order.size_bytes, tuple(fds[1:]), folder)


def _limit(bounds: Bounds) -> None:
    # What was spent on libraries before is not the file's.
    cpu_s = math.ceil(time.process_time()) + bounds.cpu_s
    for kind, soft, hard in (
        (resource.RLIMIT_AS, bounds.address_bytes, bounds.address_bytes),
        # The first limit ends it by a signal that says why, the second by force.
        (resource.RLIMIT_CPU, cpu_s, cpu_s + 5),
        (resource.RLIMIT_FSIZE, bounds.written_bytes, bounds.written_bytes),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
