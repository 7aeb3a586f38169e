"""Thousands of good files with a few bytes changed, examined as uploads are: a table of how they ended.

No mutant may raise an exception, end without a code, or take more than a minute or its child's memory. Reading
other files and sockets are what the kernel refuses every child (tests/quality/test_sandbox.py); nothing that a
mutant did there is counted here. Ctrl-C prints the table of those done.

    python -m benchmarks.quality.mutants [--mutants 6000] [--first 0] [--threads 2]
"""

import argparse
import logging
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from typing_extensions import override

from quality import FileReport, Limits, Severity, examine
from quality.children import Children
from tests.quality.mutants import BASES, mutant, mutants

SECONDS_MAX: Final = 60.0
SAY_EVERY: Final = 250
LIMITS: Final = Limits()


class Ends(logging.Handler):
    """Counts the children that ended without an answer, by how."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.counts: Counter[str] = Counter()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Count what ``quality.asking`` warns of."""
        how = record.args[1] if isinstance(record.args, tuple) and len(record.args) > 1 else "other"
        self.counts[str(how)] += 1


class Table:
    """How mutants ended, by form and by code; threads add to it."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.refused: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.wrong: list[str] = []
        self.seconds: dict[str, float] = {}
        self.memory: dict[str, int] = {}
        self._lock = threading.Lock()
        self._begun = time.monotonic()

    @property
    def count(self) -> int:
        """How many were added."""
        return self.accepted.total() + sum(codes.total() for codes in self.refused.values())

    def add(self, form: str, seed: int, report: FileReport, seconds: float) -> None:
        """Add one."""
        codes = [one.code for one in report.findings if one.severity is Severity.blocker]
        with self._lock:
            self.seconds[form] = max(self.seconds.get(form, 0.0), seconds)
            self.memory[form] = max(self.memory.get(form, 0), report.memory_bytes)
            if codes:
                self.refused[form][codes[0]] += 1
            else:
                self.accepted[form] += 1
                if not report.tables and not report.images:
                    self.wrong.append(f"{form} {seed}: accepted, and nothing in it")
            if seconds > SECONDS_MAX or report.memory_bytes > LIMITS.profile_memory_bytes:
                self.wrong.append(f"{form} {seed}: {seconds:.0f} s, {report.memory_bytes:,} bytes")
            if self.count % SAY_EVERY == 0:
                passed = time.monotonic() - self._begun
                print(f"{self.count:,} in {passed:,.0f} s", file=sys.stderr, flush=True)

    def fail(self, form: str, seed: int) -> None:
        """Add one that raised an exception."""
        with self._lock:
            self.wrong.append(f"{form} {seed}: {traceback.format_exc()}")
            self.refused[form]["EXCEPTION"] += 1

    def lines(self, ends: Counter[str]) -> Iterator[str]:
        """Yield the table."""
        yield "| form | mutants | accepted | refused, by code | longest [s] | memory [MB] |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for form in BASES:
            codes = self.refused[form]
            count = self.accepted[form] + codes.total()
            if count:
                told = ", ".join(f"{code} {number}" for code, number in codes.most_common())
                memory = self.memory.get(form, 0) / 1e6
                yield f"| {form} | {count} | {self.accepted[form]} | {told} | {self.seconds.get(form, 0):.1f} | {memory:.0f} |"
        passed = time.monotonic() - self._begun
        accepted = self.accepted.total()
        yield f"{self.count:,} mutants in {passed:,.0f} s, {accepted:,} accepted"
        yield f"children without an answer: {dict(ends) or 'none'}"
        yield from (self.wrong or ["no exception, none too slow, none beyond its memory"])


def main() -> None:
    """Run the mutants and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=6_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    table, ends = Table(), Ends()
    logging.getLogger("quality").addHandler(ends)
    logging.getLogger("quality").propagate = False
    stop = threading.Event()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:

        def one(given: tuple[str, int]) -> None:
            if not stop.is_set():
                _examine(Path(folder), *given, children, table)

        with Children() as children, ThreadPoolExecutor(options.threads) as pool:
            given = list(mutants(options.first + options.mutants))[options.first :]
            try:
                for _ in pool.map(one, given):
                    pass
            except KeyboardInterrupt:
                stop.set()
    print("\n".join(table.lines(ends.counts)))
    sys.exit(1 if table.wrong else 0)


def _examine(folder: Path, form: str, seed: int, children: Children, table: Table) -> None:
    path = folder / f"{form} {seed}"
    path.write_bytes(mutant(form, seed))
    begun = time.monotonic()
    try:
        report = examine(path, name=BASES[form].name, limits=LIMITS, children=children)
    except Exception:  # noqa: BLE001 - that none is raised is what is proved
        table.fail(form, seed)
    else:
        table.add(form, seed, report, time.monotonic() - begun)
    path.unlink()


if __name__ == "__main__":
    main()
