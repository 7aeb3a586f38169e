"""The whole profile of a generated table against Arrow's own typed parse of the same file, and its other figures.

Whole processes, imports included, one after the other in each round; processor time is compared, because a
shared machine stretches wall time. The planted faults must all be found. Prints the peak memory of each.

    python -m benchmarks.quality [--rows 400000] [--rounds 3] [--folder KEPT]

With one of the following options another figure, each in the module of its name: ``--small`` (a file of 1 MB),
``--peers``, ``--kinds``, ``--suite``, ``--large GB``, ``--exact``. ``--folder`` keeps generated tables.
"""

import argparse
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.quality import exactness, kinds, large, peers, small, suites
from benchmarks.quality.children import PARSE, PROFILE, compare, in_turn, run
from benchmarks.quality.tables import table

GOAL: Final = 2.5
# Below about 1 GB imports and the plan weigh more than the pass, and there is no goal.
GOAL_ROWS: Final = 4_000_000


def main() -> None:
    """Run the benchmark and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keeps generated tables for the next run")
    parser.add_argument("--small-rows", type=int, default=400_000, help="of --peers, at 100 MB")
    parser.add_argument("--install", action="store_true", help="what --peers compares with")
    parser.add_argument("--without-pandas", action="store_true", help="of --suite")
    figures = parser.add_mutually_exclusive_group()
    for name in ("small", "peers", "kinds", "suite", "exact"):
        figures.add_argument(f"--{name}", action="store_true")
    figures.add_argument("--large", type=float, action="append", metavar="GB")
    options = parser.parse_args()
    rows, rounds, folder = options.rows, options.rounds, options.folder
    if options.small:
        small.measure(rounds)
    elif options.peers:
        peers.measure(rows, options.small_rows, rounds, folder, install=options.install)
    elif options.kinds:
        kinds.measure(rows, rounds, folder)
    elif options.suite:
        suites.measure(rows, rounds, folder, pandas=not options.without_pandas)
    elif options.exact:
        exactness.measure(rows, folder)
    elif options.large:
        large.measure(options.large, rounds, folder)
    else:
        _measure(rows, rounds, folder)


def _measure(rows: int, rounds: int, folder: Path | None) -> None:
    with table(rows, folder) as (path, planted):
        programs = {"parse": partial(run, PARSE, path), "profile": partial(run, PROFILE, path)}
        taken = in_turn(programs, rounds)
        compare(taken, "profile", "parse", GOAL if rows >= GOAL_ROWS else None)
        exactness.faults(taken["profile"][-1].said, planted)


if __name__ == "__main__":
    main()
