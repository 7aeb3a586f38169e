"""The child process that parses: one file, few rights, hard limits, JSON out (facts e.8).

``sandlock`` (Landlock and seccomp) keeps the child to the interpreter, the libraries and its one
file: no network, no other file, no writing, no more memory or time than given. It runs as an
unprivileged user when we are root. The address space is limited too, so that a library that asks for
terabytes fails inside the child.
"""

import os
import re
import signal
import sys
import sysconfig
import warnings
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct, json

from quality.errors import SandboxUnavailable
from quality.orders import EXIT_MEMORY, Bounds

if TYPE_CHECKING:
    import sandlock

# Since this version Landlock also keeps the child from the network.
LANDLOCK_NEEDED: Final = 6
UNPRIVILEGED_UID: Final = 65_534
PROCESSES_MAX: Final = 64  # threads of the libraries count too
FILES_MAX: Final = 64
SYSTEM: Final = (
    "/usr/lib", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/etc/mime.types", "/usr/share/zoneinfo",
    "/dev/null", "/dev/urandom", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
)  # fmt: skip
NO_MEMORY: Final = re.compile(r"memory allocation of \d+ bytes failed")
# One thread a library: a child serves one file, and two cores serve everybody.
ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "LC_ALL": "C.UTF-8",
}


# Loads the package from its folder alone, since the folder above may not be looked into.
PROGRAM: Final = """
import importlib.util, sys
place = sys.argv.pop(1)
spec = importlib.util.spec_from_file_location(
    "quality", place + "/__init__.py", submodule_search_locations=[place])
package = importlib.util.module_from_spec(spec)
sys.modules["quality"] = package
spec.loader.exec_module(package)
import quality.child
quality.child.main()
"""


class Exit(StrEnum):
    """How a child ended when it gave no answer.

    ``memory`` is what it said itself; ``killed`` is by the bound on memory, or from outside.
    """

    memory = "memory"
    killed = "killed"
    time = "time"
    crash = "crash"


class Answer(Struct, frozen=True):
    """What a child said, or how it ended without a word."""

    content: bytes | None
    exit: Exit | None = None
    detail: str = ""


def run(
    task: str, request: Struct, path: Path, bounds: Bounds, *, program: str = PROGRAM
) -> Answer:
    """Run a task of ``quality.child`` on one file and return what it said; blocks.

    Args:
        task: a name of ``quality.child.TASKS``
        request: handed on as JSON
        path: the only file of others that the child can read
        program: what the child runs

    Raises:
        SandboxUnavailable: the kernel cannot keep a child in
    """
    import sandlock  # noqa: PLC0415 - the child imports this package too, and must not load it

    real, root = path.resolve(), os.getuid() == 0
    policy = sandlock.Sandbox(
        fs_readable=[*_code_places(), str(real)],
        max_memory=bounds.memory_bytes,
        max_cpu=None,
        max_processes=PROCESSES_MAX,
        max_open_files=FILES_MAX,
        no_coredump=True,
        clean_env=True,
        env=ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(_libraries())},
        uid=UNPRIVILEGED_UID if root else None,
        gid=UNPRIVILEGED_UID if root else None,
    )
    order = json.encode(
        {"task": task, "path": str(real), "bounds": bounds, "request": request}
    ).decode()
    command = [os.path.realpath(sys.executable), "-s", "-c", program, str(_own_place()), order]
    try:
        with warnings.catch_warnings():
            # It asks for both ids and warns that it uses one.
            warnings.filterwarnings("ignore", message="Policy field 'gid'", category=UserWarning)
            result = policy.run(command, timeout=bounds.wall_s)
    except sandlock.SandlockError as error:
        raise SandboxUnavailable(str(error)) from error
    return _answer(result, bounds)


def _answer(result: "sandlock.Result", bounds: Bounds) -> Answer:
    detail = (result.stderr or b"")[-2_000:].decode("utf-8", "replace")
    if result.success and result.stdout and len(result.stdout) <= bounds.answer_bytes:
        return Answer(result.stdout)
    reason = result.reason.name.lower() if result.reason is not None else ""
    if reason == "timeout" or result.signal == signal.SIGXCPU:
        return Answer(None, Exit.time, detail)
    # A library in Rust says this and aborts.
    if result.exit_code == EXIT_MEMORY or NO_MEMORY.search(detail):
        return Answer(None, Exit.memory, detail)
    # The bound on memory kills outright, but so do a person and a machine that is short of memory.
    if reason == "killed":
        return Answer(None, Exit.killed, detail)
    return Answer(None, Exit.crash, f"{reason} {result.exit_code} {result.signal} {detail}")


def _code_places() -> list[str]:
    """Return the folders and files of the system and of Python that exist here."""
    places = [*SYSTEM, sys.base_prefix, sysconfig.get_paths()["stdlib"], *_libraries()]
    there = {os.path.realpath(place) for place in places if Path(place).exists()}
    return sorted({*there, str(_own_place())})


def _own_place() -> Path:
    """Return the folder of this package; what lies beside it is not the child's business."""
    return Path(str(resources.files("quality"))).resolve()


def _libraries() -> list[str]:
    paths = sysconfig.get_paths()
    return [paths["purelib"], paths["platlib"]]


def probes() -> dict[str, bool]:
    """Return what the kernel offers to keep a child in, by name, for an installation's check."""
    import sandlock  # noqa: PLC0415 - as above

    try:
        version = sandlock.landlock_abi_version()
    except sandlock.SandlockError:
        version = 0
    return {"landlock": version > 0, "landlock_network": version >= LANDLOCK_NEEDED}
