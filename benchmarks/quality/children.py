"""Run whole programs on a table, the reference and ours in turn, and compare their processor time.

Imports are included. A machine that does other work stretches wall time, so ratios within one round count.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

ROOT: Final = Path(__file__).resolve().parents[2]
ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONPATH": str(ROOT),
}
PARSE: Final = """
import sys
from pyarrow import csv
for _ in csv.open_csv(sys.argv[1], read_options=csv.ReadOptions(use_threads=False)):
    pass
"""
PROFILE: Final = """
import sys
from pathlib import Path
import msgspec
from quality.limits import Limits
from quality.profile import profile
from quality.sources import opened_at
path = Path(sys.argv[1])
with opened_at(path) as file:
    sys.stdout.buffer.write(msgspec.json.encode(profile(file, path.name, Limits())))
"""


class Ran(Struct, frozen=True):
    """A program that came to its end: processor and wall seconds, peak memory [bytes], what it said."""

    cpu_s: float
    wall_s: float
    memory_bytes: int
    said: bytes


def run(program: str, *arguments: str | Path, python: str | Path = sys.executable) -> Ran:
    """Run a program, by its text or as a file of ours, with all that it starts.

    Raises:
        SystemExit: it failed
    """
    given = [program] if program.endswith(".py") else ["-c", program]
    command = [str(python), *given, *map(str, arguments)]
    with tempfile.TemporaryFile() as said:
        begun = time.monotonic()
        child = subprocess.Popen(command, stdout=said, env=os.environ | ENVIRONMENT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"a child ended with {child.returncode}: {' '.join(command[1:])}")
        said.seek(0)
        cpu = usage.ru_utime + usage.ru_stime
        return Ran(cpu, wall, usage.ru_maxrss * 1024, said.read())


def in_turn(programs: Mapping[str, Callable[[], Ran]], rounds: int) -> dict[str, list[Ran]]:
    """Run the programs one after the other, each once a round, and print what each took."""
    taken: dict[str, list[Ran]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            taken[name].append(program())
    for name, runs in taken.items():
        peak = max(one.memory_bytes for one in runs) / 1e6
        print(f"{name:<14} {spread([one.cpu_s for one in runs])} s of processor, {peak:,.0f} MB")
    return taken


def spread(values: Sequence[float]) -> str:
    """Return the least, the middle and the greatest of some values as text."""
    return f"{min(values):.2f} / {statistics.median(values):.2f} / {max(values):.2f}"


def compare(taken: Mapping[str, list[Ran]], ours: str, other: str, most: float | None) -> None:
    """Print the ratios of the processor time of two programs, round by round, beside the goal."""
    ratios = [
        one.cpu_s / reference.cpu_s
        for one, reference in zip(taken[ours], taken[other], strict=True)
    ]
    told(f"{ours} / {other}: {spread(ratios)}", statistics.median(ratios), most)


def told(what: str, value: float, most: float | None) -> None:
    """Print a figure, and whether it is within its goal."""
    if most is None:
        print(what)
    else:
        print(f"{what}, goal {most:g}: {'reached' if value <= most else 'MISSED'}")
