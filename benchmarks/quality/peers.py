"""The whole profile against what people would take instead, by processor time of whole processes.

    python -m benchmarks.quality --peers [--rows 5000000] [--small-rows 400000] [--rounds 3] [--install]

At 1 GB DuckDB's SUMMARIZE, by one thread and by all; at 100 MB ydata-profiling's minimal report in a virtual
environment of its own (``--install`` makes it in ``var/ydata``, without it the comparison is left out).
"""

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.quality.children import PARSE, PROFILE, ROOT, compare, in_turn, run
from benchmarks.quality.tables import table

YDATA: Final = ROOT / "var" / "ydata" / "bin" / "python"
YDATA_VERSION: Final = "4.18.4"
# Five times less.
YDATA_GOAL: Final = 0.2
SUMMARIZE: Final = """
import sys
import duckdb
connection = duckdb.connect()
if len(sys.argv) > 2:
    connection.execute(f"SET threads = {int(sys.argv[2])}")
print(len(connection.execute("SUMMARIZE SELECT * FROM read_csv(?)", [sys.argv[1]]).fetchall()))
"""
MINIMAL: Final = """
import sys
import pandas as pd
from ydata_profiling import ProfileReport
report = ProfileReport(pd.read_csv(sys.argv[1], parse_dates=["ts"]), minimal=True, progress_bar=False)
print(len(report.to_json()))
"""


def measure(rows: int, small_rows: int, rounds: int, folder: Path | None, *, install: bool) -> None:
    """Compare and print."""
    if rows:
        with table(rows, folder) as (path, _):
            programs = {
                "parse": partial(run, PARSE, path),
                "profile": partial(run, PROFILE, path),
                "summarize": partial(run, SUMMARIZE, path),
                "summarize-1": partial(run, SUMMARIZE, path, "1"),
            }
            taken = in_turn(programs, rounds)
        for other in ("summarize", "summarize-1"):
            compare(taken, "profile", other, 1.0)
    if install:
        _install()
    if not YDATA.exists():
        print(f"ydata-profiling is left out: {YDATA} is missing, --install makes it")
        return
    with table(small_rows, folder) as (path, _):
        programs = {
            "profile": partial(run, PROFILE, path),
            "ydata": partial(run, MINIMAL, path, python=YDATA),
        }
        compare(in_turn(programs, rounds), "profile", "ydata", YDATA_GOAL)


def _install() -> None:
    if YDATA.exists():
        return
    subprocess.run([sys.executable, "-m", "venv", YDATA.parents[1]], check=True)
    wanted = f"ydata-profiling=={YDATA_VERSION}"
    subprocess.run([YDATA, "-m", "pip", "install", "--quiet", wanted], check=True)
