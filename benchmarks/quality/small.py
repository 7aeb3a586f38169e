"""A file of 1 MB from the call to its report: with children started for it, and with children that wait.

Plain, with a suite whose rules are all counted in the pass, and with one that needs great-expectations.

python -m benchmarks.quality --small [--rounds 5]
"""

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.quality.generating import generate
from quality import Limits, Rules, examine
from quality.children import Children
from quality.suites.reading import suite_of

ROWS: Final = 3_700
# What is examined, and within how many seconds with children that wait.
GOALS_S: Final = {"plain": 2.0, "suite": 4.0, "library": 4.0}
# By then a child has loaded its libraries on a quiet machine.
READY_S: Final = {"plain": 3.0, "suite": 4.0, "library": 12.0}


def measure(rounds: int) -> None:
    """Examine the file by both ways in turn and print how long each took."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "table.csv"
        generate(path, ROWS)
        print(f"{path.stat().st_size / 1e6:.2f} MB, load {os.getloadavg()[0]:.1f}")
        for name, rules in _rules(path).items():
            _measured(name, path, rules, rounds)


def _rules(path: Path) -> dict[str, Rules | None]:
    (table,) = examine(path, name="table.csv").tables
    number = next(one.name for one in table.columns if one.kind == "number")
    plain = {
        "type": "expect_column_values_to_be_unique",
        "kwargs": {"column": table.columns[0].name},
    }
    outside = {"type": "expect_column_value_z_scores_to_be_less_than", "kwargs": {"column": number, "threshold": 6, "double_sided": True}}  # fmt: skip
    suites = {"suite": [plain], "library": [plain, outside]}
    made = {name: Rules(suite_of({"name": name, "expectations": one})) for name, one in suites.items()}  # fmt: skip
    return {"plain": None, **made}


def _measured(name: str, path: Path, rules: Rules | None, rounds: int) -> None:
    taken: dict[str, list[float]] = {"cold": [], "warm": []}
    tasks = ("gate", "profile" if rules is None else rules.task)
    for _ in range(rounds):
        taken["cold"].append(_seconds(path, None, rules))
        with Children(tasks, files=1) as waiting:
            time.sleep(READY_S[name])
            taken["warm"].append(_seconds(path, waiting, rules))
    for way, times in taken.items():
        print(f"{name:<8} {way} {min(times):.2f} / {statistics.median(times):.2f} / {max(times):.2f} s")  # fmt: skip
    ratio = statistics.median(
        warm / cold for warm, cold in zip(taken["warm"], taken["cold"], strict=True)
    )
    verdict = "reached" if statistics.median(taken["warm"]) <= GOALS_S[name] else "MISSED"
    print(f"{name:<8} warm/cold {ratio:.2f}, goal {GOALS_S[name]:.0f} s with children that wait: {verdict}")  # fmt: skip


def _seconds(path: Path, children: Children | None, rules: Rules | None) -> float:
    begun = time.monotonic()
    report = examine(path, name="table.csv", limits=Limits(), children=children, rules=rules)
    assert report.tables, report.findings
    assert rules is None or all(one.ran for one in report.suites[0].results), report.suites
    return time.monotonic() - begun
