"""The time of each engine over a generated table, the first one named being the reference; reports must be equal.

By the clock, since that is what engines are for: on a machine that does other work, take the ratios of several rounds.

    python -m benchmarks.quality.engines [--rows 400000] [--rounds 3] [--engine processes:2 --engine dask ...]

``dask`` starts a cluster of two workers on this machine, and does not count its start.
"""

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.quality.generating import generate
from quality import canonical, examine
from quality.terminal.engines import engine_of
from quality.ways import Way


def main() -> None:
    """Run the benchmark and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", action="append")
    options = parser.parse_args()
    names = options.engine or ["processes:2", "thread", "threads:2", "dask"]
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        _cluster(wanted="dask" in names) as address,
    ):
        path = Path(folder) / "table.csv"
        generate(path, options.rows)
        size = path.stat().st_size
        print(f"{options.rows:,} rows, {size / 1e6:,.0f} MB, load {os.getloadavg()[0]:.1f}")
        _measure(path, options.rounds, {one: address if one == "dask" else one for one in names})


def _cluster(*, wanted: bool) -> Any:
    if not wanted:
        return contextlib.nullcontext("")
    import distributed

    @contextlib.contextmanager
    def started() -> Any:
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as one:
            yield f"dask:{one.scheduler_address}"

    return started()


def _measure(path: Path, rounds: int, engines: dict[str, str]) -> None:
    taken: dict[str, list[float]] = {name: [] for name in engines}
    reports = {}
    for _ in range(rounds):
        for name, engine in engines.items():
            begun = time.monotonic()
            report = examine(path, name=path.name, way=Way(engine=engine_of(engine)))
            taken[name].append(time.monotonic() - begun)
            reports[name] = canonical(report)
    first = next(iter(engines))
    for name, times in taken.items():
        ratio = statistics.median(
            own / other for own, other in zip(times, taken[first], strict=True)
        )
        same = "the same report" if reports[name] == reports[first] else "ANOTHER REPORT"
        print(f"{name:<14} {min(times):6.2f} / {statistics.median(times):6.2f} / {max(times):6.2f} s, {ratio:.2f} of {first}, {same}")  # fmt: skip


if __name__ == "__main__":
    main()
