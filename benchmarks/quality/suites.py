"""What a suite of 39 expectations adds to the pass over a table, and great-expectations on pandas as its reference.

    python -m benchmarks.quality --suite [--rows 5000000] [--rounds 3] [--without-pandas]

The profile alone and the profile with the suite in turn, whole processes; then the library once on pandas, where
the machine has the memory for it (about 1.2 kB a row). Every verdict must be the same.
"""

import json
import os
import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.quality.children import PROFILE, ROOT, in_turn, run, spread, told
from benchmarks.quality.generating import STEPS
from benchmarks.quality.tables import table
from quality.report import FileReport

GOAL_S: Final = 5.0
GOAL_GB: Final = 1.5
PANDAS_BYTES_A_ROW: Final = 1_200
PANDAS: Final = str(ROOT / "tests" / "quality" / "gx_on_pandas.py")
WITH_RULES: Final = """
import json, sys
from pathlib import Path
import msgspec
from quality.limits import Limits
from quality.profile import profile
from quality.profile.pieces import Work
from quality.sources import opened_at
from quality.suites.reading import suite_of
from quality.suites.references import References
from quality.suites.running import Running
path, limits = Path(sys.argv[1]), Limits()
suite = suite_of(json.loads(Path(sys.argv[2]).read_text()))
rules = Running(suite, path.name, References((), (), limits), None)
with opened_at(path) as file:
    report = profile(file, path.name, limits, work=Work(rules=rules))
    sys.stdout.buffer.write(msgspec.json.encode(report))
"""


def suite() -> dict[str, Any]:
    """Return 39 rules about the generated table; the one about serial numbers is broken by repeated rows."""
    rules: list[tuple[str, dict[str, Any]]] = [
        ("expect_table_row_count_to_be_between", {"min_value": 1_000}),
        ("expect_table_column_count_to_equal", {"value": 34}),
        ("expect_column_values_to_not_be_null", {"column": "ts"}),
        ("expect_column_values_to_not_be_null", {"column": "machine"}),
        ("expect_column_values_to_be_unique", {"column": "serial"}),
        ("expect_column_values_to_be_in_set", {"column": "판정", "value_set": ["정상", "불량"]}),
        ("expect_column_values_to_be_in_set", {"column": "process", "value_set": list(STEPS)}),
        ("expect_column_unique_value_count_to_be_between", {"column": "machine", "min_value": 20, "max_value": 20}),
        ("expect_column_mean_to_be_between", {"column": "pieces", "min_value": 39, "max_value": 41}),
        ("expect_column_median_to_be_between", {"column": "s03", "min_value": 49, "max_value": 51}),
        ("expect_column_stdev_to_be_between", {"column": "s03", "min_value": 5, "max_value": 15}),
        ("expect_column_min_to_be_between", {"column": "pieces", "min_value": 0}),
        ("expect_column_values_to_match_regex", {"column": "machine", "regex": r"^EQ-\d{2}$"}),
        ("expect_column_values_to_match_regex", {"column": "serial", "regex": r"^SN\d{10}$"}),
    ]  # fmt: skip
    sensors = [f"s{at + 1:02d}" for at in range(25)]
    ends = {"min_value": -200, "max_value": 400, "mostly": 0.99}
    filled = "expect_column_values_to_not_be_null"
    rules += [(filled, {"column": name, "mostly": 0.95}) for name in sensors[:13]]
    within = "expect_column_values_to_be_between"
    rules += [(within, {"column": name, **ends}) for name in sensors[13:]]
    listed = [{"type": kind, "kwargs": kwargs} for kind, kwargs in rules]
    return {"name": "benchmark", "expectations": listed}


def measure(rows: int, rounds: int, folder: Path | None, *, pandas: bool) -> None:
    """Compare and print."""
    with table(rows, folder) as (path, _), tempfile.TemporaryDirectory(prefix="bench-") as passing:
        note = Path(passing) / "suite.json"
        note.write_text(json.dumps(suite()))
        programs = {
            "profile": partial(run, PROFILE, path),
            "with suite": partial(run, WITH_RULES, path, note),
        }
        taken = in_turn(programs, rounds)
        pairs = list(zip(taken["with suite"], taken["profile"], strict=True))
        for name in ("cpu_s", "wall_s"):
            added = [getattr(one, name) - getattr(other, name) for one, other in pairs]
            told(f"adds {name}: {spread(added)} s", statistics.median(added), GOAL_S)
        peak = max(one.memory_bytes for one in taken["with suite"]) / 1e9
        told(f"peak memory {peak:.2f} GB", peak, GOAL_GB)
        verdicts = _verdicts(taken["with suite"][-1].said)
        print(f"{len(verdicts)} rules, {sum(verdicts)} kept")
        if pandas:
            _reference(path, Path(passing), verdicts, rows)


def _verdicts(said: bytes) -> list[bool]:
    (found,) = msgspec.json.decode(said, type=FileReport).suites
    not_run = [one.type for one in found.results if one.reason_en]
    assert not not_run, f"not run: {not_run}"
    return [one.success for one in found.results]


def _reference(path: Path, folder: Path, verdicts: list[bool], rows: int) -> None:
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if free < rows * PANDAS_BYTES_A_ROW:
        print(f"the library on pandas is left out: {free / 1e9:.1f} GB of memory are free")
        return
    cases = folder / "cases.json"
    case = {"file": str(path), "encoding": "utf-8", "times": ["ts"], "suite": suite()}
    cases.write_text(json.dumps([case]))
    ran = run(PANDAS, cases)
    (answers,) = json.loads(ran.said)
    same = sum(one["success"] == mine for one, mine in zip(answers, verdicts, strict=True))
    print(f"great-expectations on pandas: {ran.cpu_s:.1f} s of processor, {ran.memory_bytes / 1e9:.2f} GB")  # fmt: skip
    print(f"verdicts: {same} of {len(verdicts)} the same{'' if same == len(verdicts) else ' DIFFERS'}")  # fmt: skip
