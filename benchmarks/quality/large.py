"""A table of several GB: processor time against Arrow's typed parse, and whether memory stays flat.

    python -m benchmarks.quality --large 5 --large 10 [--rounds 1] [--folder /where/there/is/room]

Of the first size the ratio is measured; of each further one the peak memory of our process against the first's.
The rows go on where the smaller table ended, none is repeated to fill the file. What is written goes afterwards.
"""

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.quality.children import PARSE, PROFILE, Ran, compare, in_turn, run, told
from benchmarks.quality.exactness import faults
from benchmarks.quality.generating import generate

BYTES_A_ROW: Final = 247
RATIO_GOAL: Final = 2.2
PEAK_MB: Final = 768
GROWTH: Final = 1.1


def measure(sizes_gb: list[float], rounds: int, folder: Path | None) -> None:
    """Compare and print."""
    peaks: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as passing:
        for size_gb in sizes_gb:
            if shutil.disk_usage(passing).free < 1.5e9 * size_gb:
                raise SystemExit(f"no room for {size_gb:g} GB in {passing}, see --folder")
            path = Path(passing) / "table.csv"
            planted = generate(path, round(size_gb * 1e9 / BYTES_A_ROW))
            print(f"{planted['rows']:,} rows, {path.stat().st_size / 1e9:.2f} GB, load {os.getloadavg()[0]:.1f}")  # fmt: skip
            ran = _measured(path, rounds, with_parse=not peaks)
            faults(ran[-1].said, planted)
            peaks.append(max(one.memory_bytes for one in ran) / 1e6)
            told(f"peak memory {peaks[-1]:,.0f} MB", peaks[-1], PEAK_MB)
            if len(peaks) > 1:
                grown = peaks[-1] / peaks[0]
                told(f"peak memory {grown:.2f} of that at {sizes_gb[0]:g} GB", grown, GROWTH)


def _measured(path: Path, rounds: int, *, with_parse: bool) -> list[Ran]:
    programs = {"profile": partial(run, PROFILE, path)}
    if not with_parse:
        return in_turn(programs, 1)["profile"]
    taken = in_turn({"parse": partial(run, PARSE, path), **programs}, rounds)
    compare(taken, "profile", "parse", RATIO_GOAL)
    return taken["profile"]
