"""A file of 1 MB from the call to its report: with children started for it, and with children that wait.

python -m benchmarks.quality --small [--rounds 5]
"""

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.quality.generating import generate
from quality import Limits, examine
from quality.children import Children

ROWS: Final = 3_700
GOAL_S: Final = 2.0
# By then a child has loaded its libraries on a quiet machine.
READY_S: Final = 3.0


def measure(rounds: int) -> None:
    """Examine the file by both ways in turn and print how long each took."""
    taken: dict[str, list[float]] = {"cold": [], "warm": []}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "table.csv"
        generate(path, ROWS)
        print(f"{path.stat().st_size / 1e6:.2f} MB, load {os.getloadavg()[0]:.1f}")
        for _ in range(rounds):
            taken["cold"].append(_seconds(path, None))
            with Children(files=1) as waiting:
                time.sleep(READY_S)
                taken["warm"].append(_seconds(path, waiting))
    for name, times in taken.items():
        print(f"{name:<8} {min(times):.2f} / {statistics.median(times):.2f} / {max(times):.2f} s")
    ratio = statistics.median(
        warm / cold for warm, cold in zip(taken["warm"], taken["cold"], strict=True)
    )
    verdict = "reached" if statistics.median(taken["warm"]) <= GOAL_S else "MISSED"
    print(f"warm/cold {ratio:.2f}, goal {GOAL_S:.0f} s with children that wait: {verdict}")


def _seconds(path: Path, children: Children | None) -> float:
    begun = time.monotonic()
    report = examine(path, name="table.csv", limits=Limits(), children=children)
    assert report.tables, report.findings
    return time.monotonic() - begun
