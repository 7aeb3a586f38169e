"""Good files with a few bytes changed: any outcome but an exception, a hang or too much memory."""

import random
from pathlib import Path

import pytest

from quality import FileReport, Limits, examine
from quality.children import Children
from tests.quality import corpus_arrow, corpus_json, corpus_mat, corpus_xls
from tests.quality.corpus import GOOD, table, workbook, zipped

pytestmark = pytest.mark.slow  # each mutant starts one or two real children
MUTANTS = 12
BASES = {
    "a.csv": GOOD * 3,
    "b.csv": "시각,온도\n2026-01-01 00:00:00,1.5\n2026-01-01 00:00:01,1.6\n".encode("cp949"),
    "a.jsonl": corpus_json.GOOD * 3,
    "a.json": corpus_json.array(20),
    "a.xlsx": workbook(),
    "a.xls": corpus_xls.contained(corpus_xls.stream()),
    "a.arrow": corpus_arrow.written(corpus_arrow.good(), compression="zstd"),
    "a.arrows": corpus_arrow.written(corpus_arrow.good(), file=False),
    "a.mat": corpus_mat.good(),
    "a.zip": zipped(("a.csv", GOOD), ("b.csv", GOOD)),
    "a.parquet": table({"a": list(range(100)), "b": ["x", None] * 50}),
}


def mutant(content: bytes, seed: int) -> bytes:
    """Change 1 to 16 bytes, or cut the end."""
    chance = random.Random(seed)
    changed = bytearray(content)
    for _ in range(chance.randint(1, 16)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randint(1, len(changed))] if seed % 4 == 0 else changed)


@pytest.mark.parametrize("name", BASES)
def test_no_mutant_breaks_anything(name: str, tmp_path: Path, children: Children) -> None:
    limits, path = Limits(), tmp_path / "upload"
    for seed in range(MUTANTS):
        path.write_bytes(mutant(BASES[name], seed))

        report = examine(path, name=name, limits=limits, children=children)

        assert isinstance(report, FileReport)
        assert report.tables or report.blocked, (name, seed)
        assert report.memory_bytes < limits.profile_memory_bytes
