"""The time of each engine over a generated table, the first one named being the reference; reports must be equal.

By the clock, since that is what engines are for, and by the processor time of this process and all below it: on
a machine that does other work the clock says little, and of it only the ratios of several rounds.

    python -m benchmarks.quality.engines [--rows 400000] [--rounds 3] [--engine processes:2 --engine dask ...]

``dask`` starts a cluster of two workers on this machine, and does not count its start.
"""

import argparse
import contextlib
import os
import statistics
import time
from pathlib import Path
from typing import Any, Final

from benchmarks.quality.children import spread, told
from benchmarks.quality.tables import table
from quality import canonical, examine
from quality.terminal.engines import engine_of
from quality.ways import Way

# Of Dask against as many processes, at 1 GB.
GOALS: Final = {"dask": 1.4}


def main() -> None:
    """Run the benchmark and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engine", action="append")
    parser.add_argument("--folder", type=Path, help="keeps the generated table")
    options = parser.parse_args()
    names = options.engine or ["processes:2", "thread", "threads:2", "dask"]
    with (
        table(options.rows, options.folder) as (path, _),
        _cluster(wanted="dask" in names) as address,
    ):
        _measure(path, options.rounds, {one: address if one == "dask" else one for one in names})


def _cluster(*, wanted: bool) -> Any:
    if not wanted:
        return contextlib.nullcontext("")
    import distributed

    @contextlib.contextmanager
    def started() -> Any:
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as one:
            yield f"dask:{one.scheduler_address}"

    return started()


def _measure(path: Path, rounds: int, engines: dict[str, str]) -> None:
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
    reports = {}
    for _ in range(rounds):
        for name, engine in engines.items():
            begun, before = time.monotonic(), _processor_s()
            report = examine(path, name=path.name, way=Way(engine=engine_of(engine)))
            taken[name].append((time.monotonic() - begun, _processor_s() - before))
            reports[name] = canonical(report)
    first = next(iter(engines))
    for name, times in taken.items():
        same = "the same report" if reports[name] == reports[first] else "ANOTHER REPORT"
        clock, processor = ([one[at] for one in times] for at in (0, 1))
        print(f"{name:<14} {spread(clock)} s, {spread(processor)} s of processor, {same}")
        if name != first:
            ratios = [
                [own[at] / other[at] for own, other in zip(times, taken[first], strict=True)]
                for at in (0, 1)
            ]
            what = f"{name} / {first}: processor {spread(ratios[1])}, clock {spread(ratios[0])}"
            told(what, statistics.median(ratios[0]), GOALS.get(name))


def _processor_s() -> float:
    """Return the processor time of this process, of all below it and of those of them that have ended [s]."""
    parents, ticks = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
                ticks[int(entry.name)] = sum(map(int, fields[11:15]))
    ours = {os.getpid()}
    while more := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks.get(one, 0) for one in ours) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
