"""What the servers need to know of the machine: its kind, and which processes live."""

import platform
import sys
from pathlib import Path


def machine_name() -> str:
    """Return system, processor and C library, as in ``Linux x86_64 glibc``."""
    library = platform.libc_ver()[0] or "musl"
    return f"{platform.system()} {platform.machine()} {library}"


def supported() -> bool:
    """Whether the wheels with the servers exist for this machine."""
    return (
        sys.platform == "linux"
        and platform.machine() in {"x86_64", "aarch64"}
        and platform.libc_ver()[0] == "glibc"
    )


def started_at_ticks(pid: int) -> int | None:
    """Return when a process started [clock ticks since boot]; None when it ended or is a zombie.

    Together with the number it names a process for good: numbers are used again.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, started = fields[0], fields[19]
    return None if state in {"Z", "X"} else int(started)


def ended(pid: int) -> bool:
    """Whether a process is gone; a zombie counts as gone, in containers nobody reaps it."""
    return started_at_ticks(pid) is None
