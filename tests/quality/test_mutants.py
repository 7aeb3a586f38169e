"""Good files with a few bytes changed: any outcome but an exception, a hang or too much memory."""

from pathlib import Path

import pytest

from quality import FileReport, Limits, examine
from quality.children import Children
from tests.quality.mutants import BASES, mutant

# A directory that leads to before the file's beginning.
BEFORE = [("ZIP", 34, "ARCHIVE_BROKEN"), ("XLSX", 67, "XLSX_BROKEN")]
pytestmark = pytest.mark.slow  # each mutant is given to one or two real children
# With the forms that there are, 200 in all; `make proof-mutants` takes 6,000.
MUTANTS = 9


@pytest.mark.parametrize("form", BASES)
def test_a_good_file_is_accepted(form: str, tmp_path: Path, children: Children) -> None:
    base, path = BASES[form], tmp_path / "upload"
    path.write_bytes(base.packed(base.content))

    report = examine(path, name=base.name, children=children)

    assert not report.blocked, report.findings


@pytest.mark.parametrize(("form", "seed", "code"), BEFORE)
def test_a_place_before_the_beginning_has_its_code(
    form: str, seed: int, code: str, tmp_path: Path, children: Children
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(mutant(form, seed))

    report = examine(path, name=BASES[form].name, children=children)

    assert [one.code for one in report.findings] == [code]


@pytest.mark.parametrize("form", BASES)
def test_no_mutant_breaks_anything(form: str, tmp_path: Path, children: Children) -> None:
    limits, path = Limits(), tmp_path / "upload"
    for seed in range(MUTANTS):
        path.write_bytes(mutant(form, seed))

        report = examine(path, name=BASES[form].name, limits=limits, children=children)

        assert isinstance(report, FileReport)
        assert report.tables or report.images or report.blocked, (form, seed)
        assert report.memory_bytes < limits.profile_memory_bytes
