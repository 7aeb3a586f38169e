"""What a child is kept to: what it can read, as whom, and in which surroundings; sandlock is told so."""

import os
import sys
import sysconfig
from importlib import resources
from pathlib import Path
from typing import Any, Final

UNPRIVILEGED_UID: Final = 65_534
# The child itself; threads are none.
PROCESSES_MAX: Final = 1
FILES_MAX: Final = 64
SYSTEM: Final = (
    "/usr/lib", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/etc/mime.types", "/usr/share/zoneinfo",
    "/dev/null", "/dev/urandom", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
)  # fmt: skip
# One thread a library: a child serves one file, and two cores serve everybody.
ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    # Blocks come and go; memory that is given back each time is cleared anew by the kernel each time.
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "268435456",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "LC_ALL": "C.UTF-8",
}


def policy() -> dict[str, Any]:
    """Return what sandlock is told: the libraries can be read, and that is all."""
    user = UNPRIVILEGED_UID if os.getuid() == 0 else None
    return {
        "fs_readable": _code_places(),
        "max_processes": PROCESSES_MAX,
        "max_open_files": FILES_MAX,
        "no_coredump": True,
        "clean_env": True,
        "env": ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(libraries())},
        "uid": user,
        "gid": user,
    }


def _code_places() -> list[str]:
    """Return the folders and files of the system and of Python that exist here."""
    places = [*SYSTEM, sys.base_prefix, sysconfig.get_paths()["stdlib"], *libraries()]
    there = {os.path.realpath(place) for place in places if Path(place).exists()}
    return sorted({*there, str(own_place())})


def interpreter() -> str:
    """Return the interpreter that runs, where it lies."""
    return os.path.realpath(sys.executable)


def own_place() -> Path:
    """Return the folder of this package; what lies beside it is not the child's business."""
    return Path(str(resources.files("quality"))).resolve()


def libraries() -> list[str]:
    """Return the folders of what is installed beside this package."""
    paths = sysconfig.get_paths()
    return [paths["purelib"], paths["platlib"]]
