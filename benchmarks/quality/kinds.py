"""What other bytes cost than those of a clean table in UTF-8: CP949, and rows that are broken.

    python -m benchmarks.quality --kinds [--rows 400000] [--rounds 3]

Of a hundred rows one is bad: in ``ragged`` it has a column too few or too many, in ``words`` one of its numbers
is a word, in each column of sensors in turn.
"""

import tempfile
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from benchmarks.quality.children import PROFILE, compare, in_turn, run
from benchmarks.quality.generating import SENSORS
from benchmarks.quality.tables import table

BAD_EVERY: Final = 100
CP949_GOAL: Final = 1.4
BAD_GOAL: Final = 1.5
LINES: Final = 100_000


def measure(rows: int, rounds: int, folder: Path | None) -> None:
    """Compare and print."""
    with table(rows, folder) as (path, _), tempfile.TemporaryDirectory(prefix="bench-") as passing:
        others = {name: Path(passing) / f"{name}.csv" for name in ("cp949", "ragged", "words")}
        _write(path, others)
        programs = {
            name: partial(run, PROFILE, one) for name, one in {"clean": path, **others}.items()
        }
        taken = in_turn(programs, rounds)
    compare(taken, "cp949", "clean", CP949_GOAL)
    compare(taken, "ragged", "clean", BAD_GOAL)
    compare(taken, "words", "clean", BAD_GOAL)


def _write(path: Path, others: dict[str, Path]) -> None:
    with (
        path.open("rb") as source,
        others["cp949"].open("wb") as cp949,
        others["ragged"].open("wb") as ragged,
        others["words"].open("wb") as words,
    ):
        header = source.readline()
        for target, encoding in ((cp949, "cp949"), (ragged, "utf-8"), (words, "utf-8")):
            target.write(header.decode().encode(encoding))
        bad = 0
        while lines := list(islice(source, LINES)):
            cp949.write(b"".join(lines).decode().encode("cp949"))
            bad = _break(lines, bad, ragged, words)


def _break(lines: list[bytes], bad: int, ragged: BinaryIO, words: BinaryIO) -> int:
    """Write some lines with every hundredth broken; return how many were broken until now."""
    one, other = lines.copy(), lines.copy()
    for at in range(BAD_EVERY // 2, len(lines), BAD_EVERY):
        text = lines[at].rstrip(b"\n")
        one[at] = (text.rpartition(b",")[0] if bad % 2 else text + b",1") + b"\n"
        # Cells are cut from the right, where no quotes stand.
        cells = text.rsplit(b",", SENSORS + 2)
        cells[1 + bad % SENSORS] = "오류".encode()
        other[at] = b",".join(cells) + b"\n"
        bad += 1
    ragged.write(b"".join(one))
    words.write(b"".join(other))
    return bad
