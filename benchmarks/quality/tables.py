"""The generated table of a benchmark, in a folder that goes afterwards or in one that is kept."""

import contextlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.quality.generating import generate


@contextlib.contextmanager
def table(rows: int, folder: Path | None) -> Iterator[tuple[Path, Counter[str]]]:
    """Give a table of so many rows and what was planted in it.

    Args:
        folder: keeps the table for the next benchmark, or has it from the last one
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as passing:
        path = (folder or Path(passing)) / f"table-{rows}.csv"
        note = path.with_suffix(".json")
        if not note.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(json.dumps(generate(path, rows)))
        planted = Counter(json.loads(note.read_text()))
        size = path.stat().st_size / 1e6
        print(f"{planted['rows']:,} rows, {size:,.0f} MB, load {os.getloadavg()[0]:.1f}")
        yield path, planted
