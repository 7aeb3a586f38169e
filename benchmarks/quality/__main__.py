"""The whole profile of a generated table against Arrow's own typed parse of the same file.

Whole processes, imports included, one after the other in each round; processor time is compared, because a
shared machine stretches wall time. The planted faults must all be found. Prints the peak memory of each.

    python -m benchmarks.quality [--rows 400000] [--rounds 3]
    python -m benchmarks.quality --small   (see benchmarks/quality/small.py)
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.quality import small
from benchmarks.quality.generating import generate
from quality.report import FileReport

GOAL: Final = 2.5
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
ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
}


def run(program: str, path: Path) -> tuple[float, int, bytes]:
    """Run a program on the file; return processor seconds, peak memory [bytes] and what it said."""
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdout=said, env=os.environ | ENVIRONMENT
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"a child ended with {child.returncode}")
        said.seek(0)
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, said.read()


def faults(content: bytes) -> dict[str, int]:
    """Return how many planted faults a report says."""
    (table,) = msgspec.json.decode(content, type=FileReport).tables
    series = table.series
    assert series is not None, "the table has stamps"
    return {
        "rows": table.row_count,
        "repeated": table.duplicate_count,
        "early": series.backward_count,
    }


def main() -> None:
    """Run the benchmark and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="a file of 1 MB, from call to report")
    options = parser.parse_args()
    if options.small:
        small.measure(options.rounds)
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "table.csv"
        planted = generate(path, options.rows)
        print(
            f"{planted['rows']:,} rows, {path.stat().st_size / 1e6:,.0f} MB, load {os.getloadavg()[0]:.1f}"
        )
        _measure(path, options.rounds, planted)


def _measure(path: Path, rounds: int, planted: Counter[str]) -> None:
    taken: dict[str, list[float]] = {"parse": [], "profile": []}
    peak = {"parse": 0, "profile": 0}
    said = b""
    for _ in range(rounds):
        for name, program in (("parse", PARSE), ("profile", PROFILE)):
            seconds, memory, said = run(program, path)
            taken[name].append(seconds)
            peak[name] = max(peak[name], memory)
    for name, times in taken.items():
        middle = statistics.median(times)
        print(
            f"{name:<8} {min(times):.2f} / {middle:.2f} / {max(times):.2f} s of processor, {peak[name] / 1e6:,.0f} MB"
        )
    ratios = [ours / parse for ours, parse in zip(taken["profile"], taken["parse"], strict=True)]
    ratio = statistics.median(ratios)
    verdict = "reached" if ratio <= GOAL else "MISSED"
    print(
        f"ratio    {min(ratios):.2f} / {ratio:.2f} / {max(ratios):.2f}, goal {GOAL} at 1 GB: {verdict}"
    )
    found = faults(said)
    for name, count in found.items():
        print(
            f"{name:<8} {count:,} found, {planted[name]:,} planted{'' if count == planted[name] else ' DIFFERS'}"
        )


if __name__ == "__main__":
    main()
